"""``movierec quickstart`` runs the whole path, on packaged data where there is no network."""

import json
from pathlib import Path

import pytest

from movierec_cli.core.data import download
from tests.cli.conftest import Cli

STEPS = ["eda genres", "train dnn", "evaluate dnn", "recommend --user 42"]


def announced(stderr: str) -> list[str]:
    return [line.removeprefix("$ movierec ") for line in stderr.splitlines() if line[:2] == "$ "]


def test_without_a_network_it_recommends_real_films_which_serve_every_command(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(download, "RETRY_PAUSES", ())
    result = cli("quickstart")
    assert result.exit_code == 0
    assert "cannot be reached" in result.stderr
    assert "real ratings of real films up to 2018" in result.stderr
    steps = announced(result.stderr)
    assert steps[:2] == ["download", "download ml-latest-small"]
    assert [step.startswith(start) for step, start in zip(steps[2:], STEPS, strict=True)]
    assert all("ml-latest-small" in step for step in steps[2:])
    last = result.stderr.splitlines()[-2:]
    assert last[0].endswith(": movierec recommend --dataset ml-latest-small")
    assert last[1].endswith(": movierec page --dataset ml-latest-small --open")

    run = ("--run", "dnn-ml-latest-small")
    found = cli("recommend", "--like", "the matrix", "--like", "inception", *run, "--json")
    films = json.loads(found.stdout)["recommendations"]
    assert len(films) == 10
    assert all(film["imdb_id"].startswith("tt") and film["tmdb_id"] > 0 for film in films)
    assert max(film["year"] for film in films) > 1998
    similar = json.loads(cli("similar", "Toy Story (1995)", *run, "--json").stdout)["films"]
    assert "Toy Story 2 (1999)" in [film["title"] for film in similar]
    assert cli("export", "vectors", "-o", "vectors.npz", *run).exit_code == 0
    everything = cli("eda", "all", "--dataset", "ml-latest-small", "--format", "md")
    assert everything.exit_code == 0
    assert "(ml-latest-small)" in everything.stdout
    assert cli("doctor").exit_code == 0


@pytest.mark.ml100k
def test_with_the_data_at_hand_it_uses_it(cli: Cli, archive: Path) -> None:
    assert cli("download", "--from", str(archive)).exit_code == 0
    result = cli("quickstart")
    assert result.exit_code == 0
    assert announced(result.stderr)[0] == "eda genres"
    assert "ml-latest-small" not in result.stdout + result.stderr
    assert "25.75" in result.stdout
    last = result.stderr.splitlines()[-2:]
    assert last[0] == "Films for you, after a few questions: movierec recommend"
    assert last[1].endswith(": movierec page --open")
