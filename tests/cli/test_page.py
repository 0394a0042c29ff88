"""``movierec page``, and the profile that a page saves."""

import json
import webbrowser
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.conftest import SMALL


def test_a_page_is_written_and_opened(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    result = cli("page", "--run", "dnn", "-o", "mine.html", "--open")
    assert result.exit_code == 0, result.stderr
    assert "The page is in mine.html, " in result.stderr
    assert Path("mine.html").read_text(encoding="utf-16").startswith("<!DOCTYPE html>")
    assert opened == [Path("mine.html").absolute().as_uri()]


def test_other_runs_make_no_page(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    result = cli("page", "--run", "two-tower")
    assert result.exit_code == 2
    assert "Train one with: movierec train dnn" in result.stderr


def profile(**changes: object) -> str:
    return json.dumps(
        {"schema": 1, "dataset": SMALL, "ratings": {"1": 4.5}, "seen": ["2"]} | changes
    )


def test_a_saved_profile_is_imported_whole(cli: Cli, home: Path) -> None:
    Path("saved.json").write_text(profile(age=30), encoding="utf-8")
    assert cli("profiles", "import", "eve", "saved.json").exit_code == 0
    shown = json.loads(cli("profiles", "show", "eve", "--json").stdout)
    assert shown["age"] == 30
    assert [(film["film_id"], film["rating"]) for film in shown["ratings"]] == [(1, 4.5)]
    assert [film["film_id"] for film in shown["seen"]] == [2]


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (profile(ratings={"1": 9}), 3, "is a damaged profile"),
        (profile(ratings={"99999": 4}), 2, "has film 99999, which is not in"),
        (profile(dataset="nowhere"), 2, "There is no data set 'nowhere'"),
    ],
    ids=["a rating of 9", "an unknown film", "an unknown data set"],
)
def test_a_wrong_profile_is_refused(cli: Cli, content: str, code: int, message: str) -> None:
    Path("saved.json").write_text(content, encoding="utf-8")
    result = cli("profiles", "import", "eve", "saved.json")
    assert result.exit_code == code
    assert message in result.stderr
    assert "There is no profile" in cli("profiles", "show", "eve").stderr
