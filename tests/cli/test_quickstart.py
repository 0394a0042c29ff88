"""``movierec quickstart`` runs the whole path, with made-up data where there is no network."""

from pathlib import Path

import pytest

from movierec_cli.core.data import download
from tests.cli.conftest import Cli

STEPS = ["eda genres", "train dnn", "evaluate dnn", "recommend --user 42"]


def announced(stderr: str) -> list[str]:
    return [line.removeprefix("$ movierec ") for line in stderr.splitlines() if line[:2] == "$ "]


def test_without_a_network_it_uses_made_up_data(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "RETRY_PAUSES", ())
    result = cli("quickstart")
    assert result.exit_code == 0
    assert "cannot be downloaded" in result.stderr
    assert "made-up data" in result.stderr
    steps = announced(result.stderr)
    assert steps[0] == "download"
    assert [step.startswith(start) for step, start in zip(steps[1:], STEPS, strict=True)]
    assert all("synthetic" in step for step in steps[1:])
    titles = [line for line in result.stdout.splitlines() if "made-up data" in line]
    assert len(titles) == 3  # each table: genres, evaluation, recommendations


@pytest.mark.ml100k
def test_with_the_data_at_hand_it_uses_it(cli: Cli, archive: Path) -> None:
    assert cli("download", "--from", str(archive)).exit_code == 0
    result = cli("quickstart")
    assert result.exit_code == 0
    assert announced(result.stderr)[0] == "eda genres"
    assert "made-up" not in result.stdout + result.stderr
    assert "25.75" in result.stdout
