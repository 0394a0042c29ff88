"""Files that are dropped on the page, and those that it saves."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.api import LoadedRun
from movierec_cli.core.page import make_page
from movierec_cli.core.page.content import films_by_popularity
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.cli.conftest import Cli, cli  # noqa: F401 - the fixture
from tests.page.actions import rate, titles


def letterboxd() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        header = "Date,Name,Year,Letterboxd URI"
        uri = "2020-01-01,{},https://boxd.it/1"
        rated = uri.format("The Godfather,1972")
        archive.writestr("ratings.csv", f"{header},Rating\n{rated},4.5\n{uri.format('No,1900')},1")
        watched = [rated, uri.format("La Cérémonie,1995")]
        archive.writestr("watched.csv", "\n".join([header, *watched]))
        archive.writestr("deleted/ratings.csv", f"{header},Rating\n{rated},1\n")
    return buffer.getvalue()


IMDB = """Const,Your Rating,Date Rated,Title,Original Title,Title Type,Year
tt1,9,2020-01-01,The Godfather,The Godfather,Movie,1972
tt2,5,2020-01-01,"Series, The",Series,TV Series,1999
"""


TRAKT = """rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,rating
2020-01-01T00:00:00Z,movie,The Godfather,1972,8.5,1,tt1,9
2020-01-01T00:00:00Z,show,The Series,1999,8.5,2,tt2,5
"""


TRAKT_JSON = json.dumps(
    [
        {"rating": 9, "type": "movie", "movie": {"title": "The Godfather", "year": 1972}},
        {"rating": 5, "type": "show", "show": {"title": "The Series", "year": 1999}},
        {"plays": 2, "movie": {"title": "La Cérémonie", "year": 1995, "ids": {"imdb": "tt9"}}},
    ]
)


def zipped(name: str, content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def give(page: Any, name: str, content: bytes) -> str:
    """Give a file to the page and return the report."""
    page.evaluate("document.querySelector('#file-report').textContent = ''")
    page.set_input_files("#file", {"name": name, "mimeType": "", "buffer": content})
    page.wait_for_selector("#file-report:not(:empty)")
    report: str = page.inner_text("#file-report")
    return report


@pytest.mark.parametrize(
    ("name", "content", "report", "stars"),
    [
        ("letterboxd.zip", letterboxd(), "Letterboxd, 1 films rated, 1 seen", "4.5"),
        ("ratings.csv", IMDB.encode(), "IMDb, 1 films rated, 0 seen", "4.5"),
        ("trakt.csv", TRAKT.encode(), "Trakt, 1 films rated, 0 seen", "4.5"),
        ("trakt.json", TRAKT_JSON.encode(), "Trakt, 1 films rated, 1 seen", "4.5"),
        ("trakt.zip", zipped("me/ratings-1.json", TRAKT_JSON), "Trakt, 1 films rated", "4.5"),
        ("mine.csv", b"title;rating\nGodfather, The (1972);3,5\n", "Spreadsheet, 1 films", "3.5"),
    ],
    ids=["Letterboxd", "IMDb", "Trakt", "Trakt in JSON", "Trakt in a zip", "spreadsheet"],
)
def test_exports_of_other_sites_are_read(
    page: Any, name: str, content: bytes, report: str, stars: str
) -> None:
    assert give(page, name, content).startswith(f"{name}: {report}")
    own = page.locator("#own .film", has_text="The Godfather")
    assert own.locator(".stars").input_value() == stars


def test_a_title_of_a_file_is_found_by_its_names_and_by_nothing_less(
    page: Any, run: LoadedRun
) -> None:
    named = [("The Godfather (Der Pate)", 1972), ("GODFATHER", 1973)]
    guessed = [("Mario Puzo's The Godfather", 1972), ("The Godfathr", 1972)]
    index = TitleIndex(run.dataset)
    assert len({index.look_up_title(*one).row for one in named + guessed}) == 1
    for films, report in (
        (named, "1 films rated, 0 seen but not rated."),
        (guessed, "0 films rated, 0 seen but not rated. Not here: 2, such as Mario Puzo's "
                  "The Godfather; The Godfathr."),
    ):  # fmt: skip
        rows = "".join(f"{title},{year},4\n" for title, year in films)
        assert give(page, "a.csv", f"title,year,rating\n{rows}".encode()).endswith(report)


def test_a_file_is_dropped_anywhere(page: Any) -> None:
    dropped = page.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "mine.csv"));
            return transfer;
        }""",
        "title;rating\nGodfather, The (1972);3,5\n",
    )
    page.dispatch_event("header", "drop", {"dataTransfer": dropped})
    page.wait_for_selector("#own .film")
    assert titles(page, "own") == ["The Godfather"]


def test_a_file_of_movielens_means_films_by_their_ids(page: Any, run: LoadedRun) -> None:
    known = run.dataset.films.ids[5]
    dropped = f"userId,movieId,rating,title\n1,{known},4.0,{run.dataset.films.titles[5]}\n"
    give(page, "ratings.csv", dropped.encode())
    assert page.get_attribute("#own .film", "data-id") == str(known)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 damaged", b"{", b"[1, null]", b"a,b\n1,2\n", b"\0" * 99]
)
def test_a_damaged_file_changes_nothing(page: Any, content: bytes) -> None:
    assert give(page, "x.csv", content).startswith("x.csv ")
    assert titles(page, "own") == []


def test_a_saved_profile_recommends_the_same_films_on_the_command_line(
    page: Any,
    tmp_path: Path,
    home: Path,
    cli: Cli,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    rate(page, "godfather", 5)
    rate(page, "ceremonie", 2.5)
    page.locator("#list button[name=seen]").first.click()
    page.locator("summary", has_text="Bring").click()
    with page.expect_download() as saved:
        page.click("#save-profile")
    saved.value.save_as(tmp_path / "profile.json")
    with page.expect_download() as listed:
        page.click("#save-list")
    listed.value.save_as(tmp_path / "films.csv")
    result = cli("profiles", "import", "page", str(tmp_path / "profile.json"), "--force")
    assert result.exit_code == 0, result.stderr
    found = json.loads(cli("recommend", "--profile", "page", "--run", "dnn", "--json").stdout)
    ids = [film["film_id"] for film in found["recommendations"]]
    shown = page.locator("#list .film").evaluate_all("found => found.map((one) => one.dataset.id)")
    assert list(map(int, shown)) == ids
    lines = (tmp_path / "films.csv").read_text(encoding="utf-8").splitlines()
    assert [int(line.split(",")[0]) for line in lines[1:]] == ids
    assert "--rate 'The Godfather (1972)=5'" in page.inner_text("#command")
    cli("profiles", "remove", "page", "--yes")


def test_a_page_of_some_films_says_so_and_counts_the_films_that_it_lacks(
    open_page: Callable[[str], Any], address: str, run: LoadedRun, tmp_path: Path
) -> None:
    limit = Path(address.removeprefix("file://")).stat().st_size - 20_000
    made = make_page(run.model, run.manifest, run.dataset, limit)
    assert made.n_films < made.n_catalog
    (tmp_path / "some.html").write_bytes(made.content)
    page = open_page((tmp_path / "some.html").as_uri())
    assert f"the {made.n_films} most rated of {made.n_catalog} films" in page.inner_text("footer")
    ids = run.dataset.films.ids[films_by_popularity(run.dataset)].tolist()
    profile = {"dataset": run.dataset.name, "ratings": {str(ids[0]): 4.5, str(ids[-1]): 5}}
    report = give(page, "me.json", json.dumps(profile).encode())
    assert report == "me.json: a profile; 1 of its films are not here."
    assert len(titles(page, "own")) == 1
    shown = page.locator("#list .film").evaluate_all("found => found.map((one) => one.dataset.id)")
    assert set(map(int, shown)) <= set(ids[: made.n_films])
