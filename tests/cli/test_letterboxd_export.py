"""A newcomer with an export of Letterboxd: a profile with its report, and a list."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.titles import without_year, year_in
from movierec_cli.core.recommend.title_words import article_first
from tests.cli.conftest import Cli
from tests.conftest import SMALL

N_KNOWN = 20
NEWER = [(f"A Film of the Year {2001 + at}", 2001 + at) for at in range(20)]


def table(films: Iterable[tuple[str, int | None]], ratings: Iterable[float] = ()) -> str:
    """Return a file of an export, with ratings if there are any."""
    text = io.StringIO()
    writer = csv.writer(text)
    stars = [f"{value:g}" for value in ratings]
    writer.writerow(["Date", "Name", "Year", "Letterboxd URI", *(["Rating"] if stars else [])])
    for at, (name, year) in enumerate(films):
        row = ["2024-01-02", name, year, f"https://boxd.it/{at}"]
        writer.writerow([*row, *stars[at : at + 1]])
    return text.getvalue()


@pytest.fixture(autouse=True)
def with_a_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the commands find a trained run; the profile goes after the test."""
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    yield
    (home / "data" / "profiles" / "ann.json").unlink(missing_ok=True)


@pytest.fixture
def export(tmp_path: Path, small: Dataset) -> Path:
    """An export of forty rated films, half of them newer than the catalog, and a watchlist.

    Titles are as Letterboxd has them, "The Iron Bridge" for "Iron Bridge, The (1990)".
    """
    titles = small.films.titles.tolist()
    known = [(article_first(without_year(title)), year_in(title)) for title in titles]
    rated = [film for pair in zip(known[:N_KNOWN], NEWER, strict=True) for film in pair]
    path = tmp_path / "letterboxd-ann-2024-05-01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ratings.csv", table(rated, [0.5 + at % 10 / 2 for at in range(40)]))
        archive.writestr("watched.csv", table([*rated, known[30]]))
        archive.writestr("watchlist.csv", table([*known[40:46], ("Another New Film", 2023)]))
    return path


def test_a_trained_run_and_two_commands_give_a_report_a_profile_and_a_list(
    cli: Cli, export: Path, tmp_path: Path, small: Dataset
) -> None:
    imported = cli(
        "profiles", "import", "ann", export.name, "--report", "films.csv", "--dataset", SMALL
    )
    assert imported.exit_code == 0, imported.stderr
    assert "Matched: 20 films, and 1 seen but not rated; left out: 20 rows." in imported.stderr
    assert "Not in the catalog: 20 films: A Film of the Year 2001 (2001); " in imported.stderr
    with (tmp_path / "films.csv").open(encoding="utf-8") as file:
        outcomes = [row["outcome"] for row in csv.DictReader(file)]
    assert outcomes == ["matched", "not in the catalog"] * 20 + ["seen, not rated"]
    assert imported.stderr.endswith(
        f"Saved. Next: movierec recommend --profile ann --dataset {SMALL}\n"
    )

    recommended = cli("recommend", "--profile", "ann", "--run", "dnn", "--json")
    films = json.loads(recommended.stdout)["recommendations"]
    assert len(films) == 10
    known = {*small.films.titles[:N_KNOWN].tolist(), str(small.films.titles[30])}
    assert {film["title"] for film in films}.isdisjoint(known)


def test_the_watchlist_of_the_export_is_sorted_by_taste_and_goes_back(
    cli: Cli, export: Path, tmp_path: Path, small: Dataset
) -> None:
    options = ("--ratings", export.name, "--among", export.name, "-o", "watch.csv", "--json")
    result = cli("recommend", *options)
    assert "Matched: 6 films; left out: 1 row." in result.stderr
    films = json.loads(result.stdout)["recommendations"]
    assert {film["title"] for film in films} == set(small.films.titles[40:46].tolist())
    with (tmp_path / "watch.csv").open(encoding="utf-8") as file:
        written = [row["Title"] for row in csv.DictReader(file)]
    assert written == [article_first(without_year(film["title"])) for film in films]
