"""``movierec recommend``: every kind of user, the interview, all users, wrong input."""

import csv
import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.cli import interview
from movierec_cli.cli.recommendations import explained, recommendations_view
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.recommend.explain import Explanation, Reason
from movierec_cli.core.recommend.rank import Recommendation
from movierec_cli.core.runs.store import load_manifest
from tests.cli.conftest import Cli
from tests.cli.test_tables import in_terminal
from tests.conftest import SMALL


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands find the runs, and keep the profiles of each test apart."""
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    for profile in (home / "data" / "profiles").glob("*.json"):
        profile.unlink()


def titles(result: Any) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return [film["title"] for film in json.loads(result.stdout)["recommendations"]]


def test_favorites_are_enough(cli: Cli, small: Dataset) -> None:
    title = str(small.films.titles[0])
    typed = title.lower().removesuffix(")").replace("(", "")
    liked = titles(cli("recommend", "--like", typed, "--json"))
    assert liked == titles(cli("recommend", "--rate", f"{title}=5", "--json"))
    assert title not in liked
    assert liked != titles(cli("recommend", "--age", "30", "--json"))


def test_the_table_names_the_resolved_films(cli: Cli, small: Dataset) -> None:
    result = cli("recommend", "--like", "1", "--dislike", "2", "-n", "3")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"Your films: {small.films.titles[0]} 5; {small.films.titles[1]} 1." in result.stdout


def test_an_explanation_has_all_terms_of_the_score(cli: Cli) -> None:
    films = [*(("--like", str(film_id)) for film_id in range(1, 6)), ("--age", "30")]
    options = ("recommend", *chain(*films), "-n", "3", "--explain", "--format")
    for film in json.loads(cli(*options, "json").stdout)["recommendations"]:
        terms = film["explanation"]
        assert {reason["film_id"] for reason in terms["reasons"]} == {1, 2, 3, 4, 5}
        films_alone = sum(reason["contribution"] for reason in terms["reasons"])
        total = films_alone + terms["demographics"] + terms["widely_liked"]
        assert total == pytest.approx(film["score"], abs=1e-12)
        assert terms["demographics"] != 0


def test_reasons_are_flat_columns_of_a_csv(cli: Cli) -> None:
    options = ("recommend", "--like", "1", "--dislike", "2", "-n", "3", "--explain", "--format")
    rows = list(csv.DictReader(cli(*options, "csv").stdout.splitlines()))
    films = json.loads(cli(*options, "json").stdout)["recommendations"]
    for row, film in zip(rows, films, strict=True):
        terms = [row[f"reason_{at}_contribution"] for at in (1, 2, 3)]
        terms += [row["other_reasons"], row["demographics"], row["widely_liked"]]
        assert sum(float(term or 0) for term in terms) == pytest.approx(film["score"], abs=1e-12)
        assert {row["reason_1_film_id"], row["reason_2_film_id"]} == {"1", "2"}
        assert row["reason_3_film_id"] == ""
        assert not any(cell.startswith(("[", "{", "(")) for cell in row.values())
    plain = cli(*options[:-2], "--format", "csv").stdout
    assert "reason" not in plain
    assert "explanation" not in plain


def explanation(demographics: float, widely_liked: float, *terms: float) -> Explanation:
    """Return an explanation by the films A (1990), B (1990) ... with these terms."""
    reasons = [Reason(at, f"{chr(65 + at)} (1990)", 5.0, term) for at, term in enumerate(terms)]
    return Explanation(tuple(reasons), demographics, widely_liked)


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ((0.0, 1.0, 2.0, 1.0), "50 % A; 25 % B; 25 % widely liked"),
        ((0.0, 4.0), "100 % widely liked"),
        ((0.5, 0.5, 3.0, -1.0), "75 % A; 13 % demographics; 12 % widely liked; -25 % B"),
        ((0.0, 1.0, 4.0, 3.0, 2.0, 1.0, -1.0), "40 % A; 30 % B; 20 % C; 10 % widely liked"),
        (
            (0.0, 1.0, 3.0, 2.0, 1.5, 1.5, 1.0),
            "30 % A; 20 % B; 15 % C; 25 % other films; 10 % widely liked",
        ),
        ((0.0, -1.0, -2.0), ""),
    ],
)
def test_the_shares_that_raise_a_score_add_up(terms: tuple[float, ...], text: str) -> None:
    assert explained(explanation(*terms)) == text


def test_a_file_of_ratings_counts_and_options_win(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("film,rating\n1,5\n2,1\n")
    of_file = titles(cli("recommend", "--ratings", "mine.csv", "--json"))
    assert of_file == titles(cli("recommend", "--like", "1", "--dislike", "2", "--json"))
    both = titles(cli("recommend", "--ratings", "mine.csv", "--rate", "2=4", "--json"))
    assert both == titles(cli("recommend", "--like", "1", "--rate", "2=4", "--json"))


def test_files_add_up_and_seen_films_are_left_out(cli: Cli, tmp_path: Path, small: Dataset) -> None:
    (tmp_path / "a.csv").write_text("film,rating\n1,5\n2,5\n")
    (tmp_path / "b.csv").write_text("film,rating\n2,1\n3,\n")
    options = ("recommend", "--ratings", "a.csv", "--ratings", "b.csv", "-n", "197", "--json")
    result = cli(*options, "--save-profile", "ann")
    assert "b.csv, line 2 (5, then 1 stars)" in result.stderr
    left = titles(result)
    assert set(left).isdisjoint(small.films.titles[:3].tolist())
    assert left == titles(cli("recommend", "--profile", "ann", "-n", "197", "--json"))
    assert len(titles(cli(*options[:5], "--include-rated", "-n", "200", "--json"))) == 200


def test_strict_refuses_and_a_report_lists_all_rows(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("film,rating\n1,5\nxqzzy,5\n2,0_5\n")
    options = ("recommend", "--ratings", "mine.csv", "--report", "films.csv", "--json")
    result = cli(*options, "--strict")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "line 3: xqzzy: not in the catalog" in result.stderr
    assert "line 4: wrong row (column rating: '0_5' is not a rating" in result.stderr
    rows = list(csv.DictReader((tmp_path / "films.csv").read_text().splitlines()))
    assert [row["outcome"] for row in rows] == ["matched", "not in the catalog", "wrong row"]
    assert titles(cli(*options)) == titles(cli("recommend", "--like", "1", "--json"))


def test_a_profile_is_used_twice_and_grows(cli: Cli) -> None:
    first = cli("recommend", "--like", "1", "--save-profile", "ann", "--json")
    assert "movierec recommend --profile ann" in first.stderr
    assert titles(cli("recommend", "--profile", "ann", "--json")) == titles(first)
    cli("recommend", "--profile", "ann", "--like", "3", "--save-profile", "ann")
    again = titles(cli("recommend", "--profile", "ann", "--json"))
    assert again == titles(cli("recommend", "--like", "1", "--like", "3", "--json"))


def test_a_predicted_rating_takes_the_place_of_the_score(home: Path) -> None:
    manifest, _ = load_manifest("two-tower", home / "data" / "runs")
    film = Recommendation(
        1, 7, "Fargo (1996)", 1996, ("Crime",), None, None, 4.2, rating=4.2, like_probability=0.8
    )
    view = recommendations_view("For you", manifest, [film])
    assert [column.header for column in view.columns][-3:] == ["Genres", "You'd\nlike it", "Rating"]
    assert view.rows == [["1", "Fargo", "1996", "Crime", "80 %", "4.20"]]


def test_the_bar_of_a_score_is_relative_to_the_best(home: Path) -> None:
    manifest, _ = load_manifest("dnn", home / "data" / "runs")
    facts = (7, "Fargo (1996)", 1996, ("Crime",), None, None)

    def bars(*scores: float) -> list[str]:
        films = [Recommendation(1, *facts, score, None, None) for score in scores]
        rows = recommendations_view("For you", manifest, films).rows
        return [row[-1].replace("#", "█") for row in rows]

    best, quarter, none = bars(8.0, 2.0, -1.0)
    assert (best, len(quarter), none) == ("██████", 2, "")  # a quarter of six
    assert bars(-0.5, -1.0, -1.5) == ["██████", "███", "██"]  # films below the average one
    assert bars(0.0, -1.0) == ["██████", ""]


@pytest.mark.parametrize("options", [(), ("--explain",)])
def test_a_table_of_ten_films_fits_a_small_terminal(options: tuple[str, ...], home: Path) -> None:
    words = ("recommend", "--like", "1", "--like", "2", "--dislike", "3", *options)
    written = in_terminal(*words, COLUMNS="80", TERM="dumb", MOVIEREC_HOME=str(home))
    lines = written.replace("\r", "").splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("│") for line in lines) == 10


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (("--user", "3", "--like", "1"), 2, "--user names a user", "alone"),
        (("--user", "3", "--save-profile", "ann"), 2, "cannot be saved", "--like"),
        (("--like", "xqzzy"), 2, "There is no film 'xqzzy'", "movierec films"),
        (("--like", "1", "--strict"), 2, "are for --ratings", "--ratings FILE"),
        (("--like", "1", "--since", "2024"), 2, "are for --ratings", "--ratings FILE"),
        (("--ratings", "r.csv", "--since", "May"), 2, "'May' is not a date", "2024-01-31"),
        (("--profile", "ann", "--profile", "ann"), 2, "named twice", "once"),
        (("--profile", "ann", "--profile", "bob", "--age", "9"), 2, "describe one", "Save"),
        (("--rate", "1=great"), 2, "is not a title and a rating", "=4"),
        (("--user", "3", "--year", "95"), 2, "is not a year", "--year 1990-1995"),
        (("--user", "3", "--run", "none"), 3, "There is no run 'none'", "There are: dnn"),
        (("--profile", "bob"), 3, "There is no profile 'bob'", "--save-profile bob"),
        (("--like", "1", "--save-profile", "../x"), 2, "cannot be the name", "Use letters"),
        (("--user", "3", "--sort", "year"), 2, "no order 'year'", "--sort score or like"),
        ((), 2, "No user is named", "--like"),
        (("--all-users",), 2, "needs a file", "-o recommendations.csv"),
        (("--all-users", "-o", "r.csv", "--user", "3"), 2, "every user", "Leave out"),
        (("--all-users", "-o", "r.csv", "--explain"), 2, "does not explain", "--user 42"),
        (("--user", "3", "-o", "r.jsonl"), 2, "ends with no known format", ".csv"),
        (("--all-users", "-o", "r.csv", "--seen", "3"), 2, "every user", "Leave out"),
        (("--user", "3", "--among", "none.csv"), 3, "There is no file none.csv", "path"),
        (("--user", "3", "--popularity", "-2"), 2, "greater than or equal to -1", ""),
        (("--user", "3", "-n", "0"), 2, "'-n': it must be greater than or equal to 1", ""),
        (("--user", "3", "--format", "xml"), 2, "'--format': 'xml' is not one of", ""),
    ],
)  # fmt: skip
def test_bad_input_gets_an_error_and_the_next_step(
    arguments: tuple[str, ...], code: int, message: str, hint: str, cli: Cli, tmp_path: Path
) -> None:
    result = cli("recommend", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    error, _, next_step = result.stderr.partition("hint: ")
    assert error.startswith("error: ")
    assert message in error
    assert hint in next_step
    assert not (tmp_path / "r.csv").exists()


def test_only_films_of_a_list_are_recommended_and_none_of_another(
    cli: Cli, tmp_path: Path, small: Dataset
) -> None:
    names = small.films.titles.tolist()
    (tmp_path / "program.txt").write_text("\n".join(names[2:6]) + "\nxqzzy\n")
    (tmp_path / "never.csv").write_text(f'title\n"{names[3]}"\n')
    options = ("recommend", "--like", "1", "--among", "program.txt", "--json")
    result = cli(*options)
    assert set(titles(result)) == set(names[2:6])
    assert "Matched: 4 films; left out: 1 row." in result.stderr
    assert "Not in the catalog: 1 film: xqzzy." in result.stderr
    assert set(titles(cli(*options, "--exclude", "never.csv"))) == {names[2], *names[4:6]}
    assert set(titles(cli(*options, "--seen", names[2], "--seen", "6"))) == set(names[3:5])
    assert cli("recommend", "--all-users", "-o", "r.csv", *options[3:5]).exit_code == 0
    rows = csv.DictReader((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines())
    assert {row["title"] for row in rows} == set(names[2:6])


def test_seen_films_are_saved_with_the_profile(cli: Cli) -> None:
    cli("recommend", "--like", "1", "--seen", "3", "--save-profile", "ann")
    saved = json.loads(cli("profiles", "show", "ann", "--json").stdout)
    assert [film["film_id"] for film in saved["seen"]] == [3]


def test_several_profiles_get_films_for_all_of_them(cli: Cli, small: Dataset) -> None:
    cli("recommend", "--like", "1", "--like", "3", "--save-profile", "ann")
    cli("recommend", "--like", "7", "--age", "30", "--save-profile", "bob")
    options = ("recommend", "--profile", "ann", "--profile", "bob", "--explain")
    found = json.loads(cli(*options, "--json").stdout)
    first = found["recommendations"][0]
    assert (found["user"], len(found["recommendations"])) == (None, 10)
    assert list(first)[-2:] == ["score", "members"]
    assert list(first["members"][0]) == [
        "name", "score", "rating", "like_probability", "explanation",
    ]  # fmt: skip
    assert [member["name"] for member in first["members"]] == ["ann", "bob"]
    assert first["score"] == pytest.approx(sum(member["score"] for member in first["members"]))
    ids = {film["film_id"] for film in found["recommendations"]}
    assert ids.isdisjoint({1, 3, 7})
    table = cli(*options, "--format", "md").stdout
    assert "**For ann and bob, by dnn" in table
    assert "| ann | Share, ann | bob | Share, bob |" in table
    rows = list(csv.DictReader(cli(*options, "--format", "csv").stdout.splitlines()))
    assert rows[0]["bob_score"] == str(first["members"][1]["score"])
    assert {"ann_films", "ann_demographics", "ann_widely_liked"} < set(rows[0])


def test_only_newer_ratings_count_for_a_list_and_a_profile(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("film,rating,date\n1,5,2024-05-01\n2,5,2020-01-01\n")
    options = ("--ratings", "r.csv", "--since", "2024", "--json")
    result = cli("recommend", *options)
    assert "Ratings since 2024-01-01: 1; 1 older and 0 without a date" in result.stderr
    assert titles(result) == titles(cli("recommend", "--like", "1", "--seen", "2", "--json"))
    imported = cli("profiles", "import", "ann", "r.csv", "--since", "2024", "--dataset", SMALL)
    assert "1; 1 older" in imported.stderr
    assert titles(cli("recommend", "--profile", "ann", "--json")) == titles(result)


def test_the_films_of_one_user_are_also_written_for_letterboxd(cli: Cli, tmp_path: Path) -> None:
    result = cli("recommend", "--user", "3", "-n", "4", "-o", "watch.csv", "--json")
    rows = list(csv.DictReader((tmp_path / "watch.csv").read_text(encoding="utf-8").splitlines()))
    found = json.loads(result.stdout)["recommendations"]
    assert [row["Year"] for row in rows] == [str(film["year"]) for film in found]
    assert tuple(rows[0]) == ("Title", "Year", "imdbID", "tmdbID")
    assert "Wrote 4 films to watch.csv, which Letterboxd imports." in result.stderr


def test_all_users_get_a_list_in_a_file(cli: Cli, tmp_path: Path) -> None:
    result = cli("recommend", "--all-users", "-o", "r.csv", "-n", "4")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Wrote 480 films for 120 users to r.csv." in result.stderr
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["title"] for row in rows if row["user_id"] == "3"] == titles(
        cli("recommend", "--user", "3", "-n", "4", "--json")
    )


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Simulate a terminal at which some lines are typed before the input ends."""

    def type_lines(*lines: str) -> list[str]:
        waiting = [*lines]

        def typed() -> str:
            if not waiting:
                raise EOFError
            return waiting.pop(0)

        monkeypatch.setattr(interview, "require_terminal", lambda: None)
        monkeypatch.setattr("builtins.input", typed)
        return waiting

    return type_lines


def test_the_interview_asks_recommends_and_saves(cli: Cli, answering: Any, small: Dataset) -> None:
    title = str(small.films.titles[0])
    left = answering("xqzzy", "stolen", title, "", "9", "4", "", "q", "x", "o", "a b", "ann")
    result = cli("recommend", "--json")
    assert left == []
    assert "There is no film 'xqzzy'" in result.stderr
    assert re.search(rf"  \d  {re.escape(small.films.titles[5])}\n", result.stderr)  # for "stolen"
    assert "Please: 1 bad to 5 great" in result.stderr
    assert "'a b' cannot be the name" in result.stderr
    assert "Please: w for well-known films" in result.stderr
    again = cli("recommend", "--profile", "ann", "--popularity", "-0.5", "--json")
    assert titles(again) == titles(result)
    assert len(json.loads(cli("profiles", "show", "ann", "--json").stdout)["ratings"]) == 2


def test_the_interview_takes_answers_back(cli: Cli, answering: Any, small: Dataset) -> None:
    first, second = small.films.titles[:2].tolist()
    # a favorite; a rating and a favorite by way of the ratings; then one answer anew
    left = answering("u", first, second, "u", "", "5", "u", "u", "u", "3", "q", "", "", "ann")
    result = cli("recommend")
    assert left == []
    assert "There is no answer to take back." in result.stderr
    assert f"Taken back: {second}" in result.stderr
    assert f"Taken back: {first}" in result.stderr
    ratings = json.loads(cli("profiles", "show", "ann", "--json").stdout)["ratings"]
    assert [film["rating"] for film in ratings] == [3.0]


def test_films_marked_as_seen_make_way_for_others(cli: Cli, answering: Any) -> None:
    left = answering("1", "", "q", "", "99", "1 3", "", "ann")
    result = cli("recommend", "-n", "3")
    assert left == []
    assert "Please: numbers from 1 to 3." in result.stderr
    rows = re.findall(r"^│ \d │ (.+?) +│", result.stdout, flags=re.MULTILINE)
    assert len(rows) == 6
    assert rows[3] == rows[1]
    assert not {rows[0], rows[2]} & set(rows[3:])
    profile = json.loads(cli("profiles", "show", "ann", "--json").stdout)
    assert {film["title"].rpartition(" (")[0] for film in profile["seen"]} == {rows[0], rows[2]}


def test_the_questions_fit_a_small_terminal(cli: Cli, answering: Any, small: Dataset) -> None:
    answering(*small.films.titles[:4].tolist(), "", *"12345"[:4], "w")
    asked = cli("recommend", "--json").stderr.partition("\nSave these")[0]
    typed = 4 + 1 + 4 + 1  # lines that end with what is typed, which is not in the output
    lines = asked.count("\n") + typed
    assert lines < 24


def test_the_end_of_input_ends_the_questions(cli: Cli, answering: Any) -> None:
    answering()
    result = cli("recommend", "--json")
    assert "films that most people like" in result.stderr
    assert len(titles(result)) == 10
    answering("1")
    assert len(titles(cli("recommend", "--json"))) == 10
    assert "None yet" in cli("profiles", "list").stdout


def test_asking_for_years_tells_the_years_of_the_catalog(cli: Cli, trained: Path) -> None:
    words = ("recommend", "--user", "3", "--run", "dnn")
    result = cli(*words, "--year", "1900-2000")
    assert re.search(rf"{SMALL} has 200 films, 19\d\d to 1998\.", result.stdout)
    assert "200 films" not in cli(*words).stdout
