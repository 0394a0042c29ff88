"""``movierec films``, ``similar`` and ``neighbors``."""

import json
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.data.dataset import Dataset
from tests.cli.conftest import Cli
from tests.conftest import SMALL


def printed(result: Any) -> Any:
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_films_are_searched_and_counted(cli: Cli, trained: Path, small: Dataset) -> None:
    title = str(small.films.titles[0])
    content = printed(cli("films", title, "--dataset", SMALL, "--json"))
    assert (content["dataset"], content["query"]) == (SMALL, title)
    first = content["films"][0]
    rated = small.ratings.values[small.ratings.film_rows == first["film_id"] - 1]
    assert first["ratings"] == len(rated)
    assert first["mean"] == pytest.approx(float(rated.mean()))


def test_the_table_is_cut_and_marked_as_cut(cli: Cli, trained: Path) -> None:
    result = cli("films", "--dataset", SMALL, "-n", "5")
    assert "Found: 200 of 200 films, " in result.stdout
    assert "The first 5 are shown; -n shows more." in result.stdout


def test_films_of_that_name_and_films_with_the_words_are_told_apart(
    cli: Cli, trained: Path, small: Dataset
) -> None:
    title = str(small.films.titles[0])
    first, *others = printed(cli("films", title, "--dataset", SMALL, "--json"))["films"]
    assert (first["title"], first["match"]) == (title, "exact")
    assert {film["match"] for film in others} <= {"exact", "contains"}
    every = printed(cli("films", "--dataset", SMALL, "--json"))["films"]
    assert {film["match"] for film in every} == {None}


def test_similar_titles_are_marked_as_such(cli: Cli, trained: Path, small: Dataset) -> None:
    typed = str(small.films.titles[0]).split(" (", maxsplit=1)[0].replace("e", "z")
    result = cli("films", typed, "--dataset", SMALL)
    assert result.stdout.startswith("No film of that name; near:\n")
    films = printed(cli("films", typed, "--dataset", SMALL, "--json"))["films"]
    assert {film["match"] for film in films} == {"near"}


def test_similar_films_are_shown(cli: Cli, trained: Path, small: Dataset) -> None:
    content = printed(cli("similar", "3", "-n", "4", "--json"))
    assert content["film"] == 3
    assert [film["rank"] for film in content["films"]] == [1, 2, 3, 4]
    assert all(-1 <= film["similarity"] <= 1 for film in content["films"])
    assert f"Like {small.films.titles[2]}" in cli("similar", "3").stdout


def test_users_with_similar_taste_are_shown(cli: Cli, trained: Path) -> None:
    content = printed(cli("neighbors", "--user", "3", "-n", "4", "--json"))
    assert (content["user"], len(content["neighbors"])) == (3, 4)
    assert "Like user 3" in cli("neighbors", "--user", "3").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("films", "xqzzy", "--dataset", SMALL), 2, "No film matches 'xqzzy'"),
        (("films", "--year", "1800-1810", "--dataset", SMALL), 2, "No film matches the filters"),
        (("similar", "xqzzy"), 2, "There is no film 'xqzzy'"),
        (("similar", "3", "--run", "two-tower"), 2, "has no vectors"),
        (("neighbors", "--user", "121"), 2, "There is no user 121"),
    ],
)
def test_bad_input_gets_an_error_and_the_next_step(
    arguments: tuple[str, ...], code: int, message: str, cli: Cli, trained: Path
) -> None:
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "hint: " in result.stderr
