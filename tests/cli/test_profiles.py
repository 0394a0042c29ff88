"""``movierec profiles``."""

import csv
import json
from pathlib import Path

import pytest

from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import Profile, save_profile
from tests.cli.conftest import Cli
from tests.conftest import SMALL


@pytest.fixture
def ann(paths: Paths) -> Paths:
    """A profile of two ratings."""
    registry.load_dataset(SMALL, paths)
    save_profile("ann", Profile(SMALL, {"3": 5.0, "1": 1.5}, ("7",), age=30), paths.profiles)
    return paths


def test_profiles_are_listed(cli: Cli, ann: Paths) -> None:
    content = json.loads(cli("profiles", "list", "--json").stdout)
    assert content["profiles"] == [{"name": "ann", "dataset": SMALL, "ratings": 2, "seen": 1}]


def test_a_profile_is_shown_with_titles(cli: Cli, ann: Paths, small: Dataset) -> None:
    content = json.loads(cli("profiles", "show", "ann", "--json").stdout)
    assert (content["age"], content["gender"]) == (30, None)
    assert content["ratings"][0] == {
        "film_id": 3, "title": str(small.films.titles[2]), "rating": 5.0,
    }  # fmt: skip
    assert content["dataset"] == SMALL
    assert content["seen"] == [{"film_id": 7, "title": str(small.films.titles[6])}]
    table = cli("profiles", "show", "ann").stdout
    assert "age: 30" in table
    assert "seen, not rated: 1 film" in table
    assert "gender" not in table


def test_a_profile_is_removed(cli: Cli, ann: Paths) -> None:
    assert "Removed ann." in cli("profiles", "remove", "ann", "-y").stderr
    for command in ("show", "remove"):
        result = cli("profiles", command, "ann")
        assert (result.exit_code, result.stdout) == (3, "")
        assert "There is no profile 'ann'" in result.stderr


@pytest.fixture
def ratings(small: Dataset, tmp_path: Path) -> Path:
    """A file of four rows: two rated films, a seen one, one that is not in the catalog."""
    path = tmp_path / "mine.csv"
    path.write_text("film,rating\n1,4.5\n2,1\n3,\nXyzzy (2022),5\n")
    return path


def test_ratings_become_a_profile_and_a_list(
    cli: Cli, trained: Path, ratings: Path, tmp_path: Path, small: Dataset
) -> None:
    report = tmp_path / "films.csv"
    result = cli(
        "profiles", "import", "eve", str(ratings), "--dataset", SMALL, "--report", str(report)
    )
    assert (result.exit_code, result.stdout) == (0, "")
    for line in (
        f"Spreadsheet: {ratings}, 4 rows, ratings of 1 to 5 stars.",
        "Matched: 2 films, and 1 seen but not rated; left out: 1 row.",
        "Not in the catalog: 1 film: Xyzzy (2022).",
        f"All rows: {report}.",
        f"Saved. Next: movierec recommend --profile eve --dataset {SMALL}",
    ):
        assert line in result.stderr
    rows = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))
    assert [row["outcome"] for row in rows] == [
        "matched", "matched", "seen, not rated", "not in the catalog",
    ]  # fmt: skip
    assert (rows[0]["line"], rows[0]["film_id"], rows[0]["rating"]) == ("2", "1", "4.5")
    recommended = cli("recommend", "--profile", "eve", "--run", "dnn", "-n", "197", "--json")
    films = json.loads(recommended.stdout)["recommendations"]
    assert {film["film_id"] for film in films}.isdisjoint({1, 2, 3})
    cli("profiles", "remove", "eve", "-y")


def test_a_profile_is_replaced_only_where_that_is_confirmed(
    cli: Cli, ann: Paths, ratings: Path
) -> None:
    before = (ann.profiles / "ann.json").read_bytes()
    options = ("profiles", "import", "ann", str(ratings), "--dataset", SMALL)
    result = cli(*options)
    assert result.exit_code == 2
    assert "There is a profile ann already" in result.stderr
    assert "--force" in result.stderr.partition("hint: ")[2]
    assert (ann.profiles / "ann.json").read_bytes() == before
    assert cli(*options, "--force").exit_code == 0
    content = json.loads(cli("profiles", "show", "ann", "--json").stdout)
    assert [film["film_id"] for film in content["ratings"]] == [1, 2]
    assert [film["film_id"] for film in content["seen"]] == [3]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("../x", "mine.csv"), 2, "cannot be the name"),
        (("eve", "none.csv"), 3, "There is no file none.csv"),
        (("eve", "mine.csv", "--strict"), 3, "line 5: Xyzzy (2022): not in the catalog"),
    ],
)
def test_what_is_not_imported_leaves_no_profile(
    arguments: tuple[str, ...], code: int, message: str, cli: Cli, paths: Paths, ratings: Path
) -> None:
    result = cli("profiles", "import", *arguments, "--dataset", SMALL)
    assert result.exit_code == code
    assert message in result.stderr
    assert not paths.profiles.exists()


def test_verbose_lists_the_films_that_are_left_out(cli: Cli, paths: Paths, ratings: Path) -> None:
    options = ("profiles", "import", "eve", str(ratings), "--dataset", SMALL)
    assert "The list of these films: --verbose" in cli(*options).stderr
    assert "line 5: Xyzzy (2022): not in the catalog" in cli(*options, "--force", "-v").stderr
    assert cli(*options, "--force", "-q").stderr == ""


def test_a_damaged_profile_does_not_hide_the_others(cli: Cli, trained: Path) -> None:
    for name in ("ann", "bob"):
        cli("recommend", "--like", "1", "--save-profile", name)
    (trained.parent / "profiles" / "ann.json").write_bytes(b"{")
    result = cli("profiles", "list", "--json")
    assert result.exit_code == 5
    assert [one["name"] for one in json.loads(result.stdout)["profiles"]] == ["bob"]
    assert "movierec profiles import ann FILE --force" in result.stderr
    cli("profiles", "remove", "ann", "-y")
    cli("profiles", "remove", "bob", "-y")
