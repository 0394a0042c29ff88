"""The page in a real browser: everything that a person does with it."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.api import LoadedRun
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Demographics, make_query
from movierec_cli.core.recommend.rank import recommend
from movierec_cli.core.recommend.title_search import TitleIndex
from movierec_cli.core.recommend.title_words import normalize_all
from tests.cli.conftest import Cli, cli  # noqa: F401 - the fixture

PROFILES = 200
RECOMMEND = """([content, chosen]) => {
    const { header, Profile, chosenFilters, recommended } = movierec;
    const profile = new Profile(header);
    profile.takeJson({ dataset: header.dataset, ...content });
    return recommended(profile.query, { ...chosenFilters(), ...chosen })
        .map(({ row, score, like }) => ({ id: header.films.ids[row], score, like }));
}"""
SEARCH = (
    "(typed) => movierec.titles.search(typed).rows.map((row) => movierec.header.films.ids[row])"
)


def titles(page: Any, of: str) -> list[str]:
    found: list[str] = page.locator(f"#{of} .title").all_inner_texts()
    return found


def rate(page: Any, typed: str, stars: float) -> None:
    """Find a film and click on its stars."""
    page.fill("#search", typed)
    control = page.locator("#found .stars").first
    key, box = control.get_attribute("data-key"), control.bounding_box()
    control.click(position={"x": box["width"] * stars / 5 - 1, "y": box["height"] / 2})
    page.wait_for_selector(f"#own [data-key='{key}']")


def test_films_are_found_in_any_spelling(page: Any) -> None:
    for typed in ("the godfather", "GODFATHER", "godfater", "godfather 1972"):
        page.fill("#search", typed)
        assert titles(page, "found")[0] == "The Godfather"
    page.fill("#search", "la ceremonie")
    assert titles(page, "found") == ["La Cérémonie"]
    page.fill("#search", "zzzzzz")
    assert page.inner_text("#search-status") == "No film of that name."


def test_a_title_is_only_text(page: Any) -> None:
    page.fill("#search", "alert")
    assert titles(page, "found") == ["<script>alert(1)</script>"]
    page.fill("#search", "bold")
    assert titles(page, "found") == ["</script><b>Bold</b>"]


def test_the_list_follows_ratings_and_forgets_them(page: Any) -> None:
    before = titles(page, "list")
    assert page.inner_text("#heading") == "Liked by most"
    rate(page, "godfather", 4.5)
    assert titles(page, "own") == ["The Godfather"]
    assert page.locator("#own .stars").input_value() == "4.5"
    assert page.inner_text("#heading") == "Recommended for you"
    assert "The Godfather" not in titles(page, "list")
    assert titles(page, "list") != before
    assert re.match(r"10 films, the first is .+\.", page.inner_text("#status"))
    page.click("#own button[name=remove]")
    assert titles(page, "own") == []
    assert titles(page, "list") == before


def test_seen_and_disliked_films_leave_the_list(page: Any) -> None:
    for name in ("seen", "disliked"):
        first = titles(page, "list")[0]
        page.locator(f"#list button[name={name}]").first.click()
        assert first not in titles(page, "list")
        assert titles(page, "own")[0] == first
        assert page.locator("#own [aria-pressed=true]").first.inner_text() != ""


def test_reasons_have_shares_that_add_up(page: Any) -> None:
    rate(page, "godfather", 5)
    rate(page, "ceremonie", 4)
    for why in page.locator("#list .why").all_inner_texts():
        raising = why.split(";")[0]
        assert sum(map(int, re.findall(r"(\d+)\xa0%", raising))) == 100
    assert "widely liked" in page.locator("#list .why").first.inner_text()


def test_filters_choose_genres_and_years(page: Any, run: LoadedRun) -> None:
    page.locator("summary", has_text="Filters").click()
    genre = run.dataset.genres[3]
    page.locator("fieldset", has_text="Only these").get_by_label(genre, exact=True).check()
    assert all(genre in found for found in page.locator("#list .genres").all_inner_texts())
    page.locator("fieldset", has_text="Without").get_by_label(genre, exact=True).check()
    assert page.inner_text("#status") == "No film is left. Use fewer filters."
    page.get_by_role("button", name="No filters").click()
    page.fill("[name=from]", "1990")
    page.wait_for_selector("#list .film")
    years = page.locator("#list .year").all_inner_texts()
    assert years
    assert all(int(year) >= 1990 for year in years)


def test_more_like_a_film_is_shown_and_left(page: Any) -> None:
    first = titles(page, "list")[0]
    page.locator("#list button[name=more]").first.click()
    assert page.inner_text("#heading") == f"More like {first}"
    assert first not in titles(page, "list")
    page.click("#back")
    assert titles(page, "list")[0] == first


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


@pytest.mark.parametrize(
    ("name", "content", "report", "stars"),
    [
        (
            "letterboxd.zip",
            letterboxd(),
            "letterboxd.zip: Letterboxd, 1 films rated, 1 seen",
            "4.5",
        ),
        ("ratings.csv", IMDB.encode(), "ratings.csv: IMDb, 1 films rated, 0 seen", "4.5"),
        ("trakt.csv", TRAKT.encode(), "trakt.csv: Trakt, 1 films rated, 0 seen", "4.5"),
        ("trakt.json", TRAKT_JSON.encode(), "trakt.json: Trakt, 1 films rated, 1 seen", "4.5"),
        (
            "mine.csv",
            b"title;rating\nGodfather, The (1972);3,5\n",
            "mine.csv: Spreadsheet, 1 films",
            "3.5",
        ),
    ],
    ids=["Letterboxd", "IMDb", "Trakt", "Trakt in JSON", "spreadsheet"],
)
def test_exports_of_other_sites_are_read(
    page: Any, name: str, content: bytes, report: str, stars: str
) -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "", "buffer": content})
    page.wait_for_selector("#file-report:not(:empty)")
    assert page.inner_text("#file-report").startswith(report)
    own = page.locator("#own .film", has_text="The Godfather")
    assert own.locator(".stars").input_value() == stars


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


def test_a_film_of_the_map_is_picked_also_after_a_zoom(page: Any) -> None:
    box = page.locator("#map").bounding_box()
    for step in range(2):
        for at in range(1, 40):  # along the diagonal, until there is a film
            place = {"x": box["width"] * at / 40, "y": box["height"] * at / 40}
            page.click("#map", position=place)
            if titles(page, "picked"):
                break
        assert len(titles(page, "picked")) == 1
        page.evaluate("document.querySelector('#picked').replaceChildren()")
        if not step:
            before = page.evaluate("document.querySelector('#map').toDataURL()")
            page.fill("#zoom", "1.5")
            assert page.evaluate("document.querySelector('#map').toDataURL()") != before


def test_a_file_of_movielens_means_films_by_their_ids(page: Any, run: LoadedRun) -> None:
    known = run.dataset.films.ids[5]
    dropped = f"userId,movieId,rating,title\n1,{known},4.0,{run.dataset.films.titles[5]}\n"
    file = {"name": "ratings.csv", "mimeType": "", "buffer": dropped.encode()}
    page.set_input_files("#file", file)
    page.wait_for_selector("#own .film")
    assert page.get_attribute("#own .film", "data-id") == str(known)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 damaged", b"{", b"[1, null]", b"a,b\n1,2\n", b"\0" * 99]
)
def test_a_damaged_file_changes_nothing(page: Any, content: bytes) -> None:
    page.set_input_files("#file", {"name": "x.csv", "mimeType": "", "buffer": content})
    page.wait_for_selector("#file-report:not(:empty)")
    assert page.inner_text("#file-report").startswith("x.csv ")
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


def test_films_are_kept_only_if_that_is_wanted(page: Any) -> None:
    rate(page, "godfather", 5)
    page.reload()
    page.wait_for_selector("#command:not(:empty)", state="attached")
    assert titles(page, "own") == []
    rate(page, "godfather", 5)
    page.locator("summary", has_text="Bring").click()
    page.check("#keep")
    page.reload()
    page.wait_for_selector("#command:not(:empty)", state="attached")
    assert titles(page, "own") == ["The Godfather"]
    page.locator("summary", has_text="Bring").click()
    page.click("#forget")
    page.wait_for_selector("#own:empty", state="attached")
    page.wait_for_selector("#command:not(:empty)", state="attached")
    assert titles(page, "own") == []
    assert page.evaluate("localStorage.length") == 0


def test_the_keyboard_alone_rates_a_film(page: Any) -> None:
    page.focus("#search")
    page.keyboard.type("godfather")
    page.keyboard.press("Tab")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("#own .film")
    assert titles(page, "own") == ["The Godfather"]
    assert page.locator("#own .stars").input_value() == "4"
    assert page.evaluate("document.activeElement.name") == "rate"  # the focus stays


def test_the_key_enter_in_a_field_leaves_the_page_as_it_is(page: Any) -> None:
    page.fill("#search", "godfather")
    page.press("#search", "Enter")
    assert titles(page, "found") == ["The Godfather"]


def test_the_link_to_the_figures_shows_them(page: Any) -> None:
    page.click("footer a[href='#figures']")
    assert page.locator("table#figures").is_visible()


def test_the_command_is_selected_to_be_copied(page: Any) -> None:
    page.locator("summary", has_text="Bring").click()
    page.click("#copy")
    assert page.evaluate("getSelection().toString()").startswith("movierec recommend")


def test_it_fits_narrow_and_wide_screens_and_the_dark(page: Any) -> None:
    rate(page, "godfather", 5)
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", dark))) < 150 < sum(map(int, re.findall(r"\d+", light)))


def test_it_is_accessible(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rate(page, "godfather", 5)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        violations = axe.run(page).response["violations"]
        serious = [one for one in violations if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []


def test_the_lists_are_those_of_the_command_line(page: Any, run: LoadedRun) -> None:
    dataset, generator = run.dataset, np.random.default_rng(0)
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))
    places, same, errors = 0, 0, []
    for number in range(PROFILES):
        length = int(generator.integers(1, 31))
        rows = generator.choice(len(counts), length, replace=False, p=counts / counts.sum())
        ratings = dict(zip(rows.tolist(), generator.integers(1, 6, length) * 1.0, strict=True))
        person = Demographics(age=30, gender="F") if number % 2 else Demographics()
        content = {"ratings": {str(dataset.films.ids[row]): r for row, r in ratings.items()},
                   "age": person.age, "gender": person.gender}  # fmt: skip
        chosen = {"popularity": [0, -0.5][number % 7 == 0], "diversity": [0, 0.4][number % 9 == 0]}
        expected = recommend(
            run.model, dataset, make_query(dataset, ratings, person), Filters(**chosen)
        )
        found = page.evaluate(RECOMMEND, [content, chosen])
        places += len(expected)
        for film, one in zip(expected, found, strict=True):
            if not chosen["diversity"]:  # another film in a place has nearly the same score
                errors.append(abs(one["score"] - film.score) / abs(expected[0].score))
            if film.film_id == one["id"]:
                same += 1
                assert one["like"] == pytest.approx(film.like_probability, abs=0.01)
    assert same / places >= 0.99
    assert max(errors) < 0.01


def test_titles_are_spelled_and_found_as_on_the_command_line(page: Any, run: LoadedRun) -> None:
    typed = ["Doctor & Mister X, The", "Apollo Thirteen", "Rocky III", "L.A. Confidential",
             "Twenty-First Century", "½ Men", "Œuvre à Paris", "Se7en: Part II"]  # fmt: skip
    spelled = page.evaluate("(lines) => movierec.titles.normalized(lines)", "\n".join(typed))
    assert spelled.split("\n") == normalize_all(typed)
    index = TitleIndex(run.dataset)
    for query in ("godfather", "ceremonie", "the", "a"):
        found = page.evaluate(SEARCH, query)
        assert {int(one) for one in found} == {
            int(run.dataset.films.ids[row]) for row in index.search(query)
        }


def test_a_misspelled_title_suggests_the_films_of_the_command_line(
    page: Any, run: LoadedRun
) -> None:
    index, generator = TitleIndex(run.dataset), np.random.default_rng(0)
    titles = run.dataset.films.titles
    for row in generator.choice(len(titles), 60, replace=False):
        typed = str(titles[row]).split(" (")[0]
        at = int(generator.integers(1, len(typed) - 1))
        typed = typed[:at] + typed[at + 1 :]  # a letter is missing
        found = page.evaluate(SEARCH, typed)
        expected = [int(run.dataset.films.ids[other]) for other in index.search(typed)]
        assert [int(one) for one in found][:5] == expected[:5], typed
