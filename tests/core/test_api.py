"""The Python interface: the same answers as the commands, and errors with the next step."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import movierec_cli
from movierec_cli.core.api import LoadedRun, load_run, neighbors, recommend, similar
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend import rank
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Demographics, make_query


@pytest.fixture(scope="module")
def run(home: Path) -> LoadedRun:
    return load_run("dnn", Paths.from_environment({"MOVIEREC_HOME": str(home)}))


def test_a_run_comes_with_its_data(run: LoadedRun, small: Dataset) -> None:
    assert (run.manifest.name, run.dataset.checksum()) == ("dnn", small.checksum())
    assert run.model.score(small.histories, small.users).score.shape == (120, 200)


def test_a_run_is_shown_as_one_line(run: LoadedRun) -> None:
    expected = rf"<run 'dnn': dnn default on {run.dataset.name} \(200 films, 19\d\d to 1998\)>"
    assert re.fullmatch(expected, repr(run))


def test_every_value_of_a_new_user_counts(run: LoadedRun, small: Dataset) -> None:
    title = str(small.films.titles[2])
    demographics = Demographics(
        age=30, gender="F", occupation=small.occupations[0], zip_code="55455"
    )
    query = make_query(small, {0: 5.0, 2: 5.0, 1: 1.0, 8: 4.5}, demographics)
    expected = rank.recommend(run.model, small, query, Filters(n=4, diversity=0.2))
    assert expected == recommend(
        run, like=[1, title], dislike=[2], ratings={"9": 4.5}, age=30, gender="F",
        occupation=small.occupations[0], zip_code="55455", n=4, diversity=0.2,
    )  # fmt: skip


def test_scores_are_explained_if_asked_for(run: LoadedRun) -> None:
    for film in recommend(run, like=[1, 3], explain=True):
        assert film.explanation is not None
        assert {reason.film_id for reason in film.explanation.reasons} == {1, 3}
    assert not any(film.explanation for film in recommend(run))  # nothing is required


def test_a_list_is_sorted_by_like_probability_if_asked_for(run: LoadedRun) -> None:
    found = [film.like_probability for film in recommend(run, user=7, sort="like")]
    assert found == sorted(found, key=lambda probability: -(probability or 0))


def test_films_are_taken_from_a_list_and_not_from_another(run: LoadedRun, small: Dataset) -> None:
    among = [*range(2, 8), str(small.films.titles[8])]
    films = recommend(run, like=[1], among=among, exclude=[3], seen=[4])
    assert {film.film_id for film in films} == {2, 5, 6, 7, 9}


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"user": 7, "like": [1]}, UsageError, "--user names a user of the data set"),
        ({"like": [1], "dislike": [1]}, UsageError, "two ratings: 5 for 1 and 1 for 1"),
        ({"genres": ["Drama"], "not_genres": ["Drama"]}, DataError, "No film is left"),
    ],
)
def test_wrong_values_are_refused(
    values: dict, error: type[Exception], message: str, run: LoadedRun
) -> None:
    with pytest.raises(error, match=message):
        recommend(run, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"like": "Fargo"}, {"like": 7}, {"like": None}, {"ratings": [7]}, {"ratings": {7: "x"}},
        {"age": "30"}, {"age": 30.5}, {"gender": 1}, {"gender": ""}, {"occupation": 1},
        {"zip_code": " "}, {"n": "5"}, {"n": 2.5}, {"n": True}, {"genres": "Drama"},
        {"genres": [1]}, {"years": 1990}, {"years": ("1990", "1995")}, {"years": (1, 2, 3)},
        {"min_ratings": "5"}, {"diversity": "x"}, {"user": [3]}, {"user": 3.0},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_of_another_type_is_refused_with_an_example(values: dict, run: LoadedRun) -> None:
    (name,) = values
    with pytest.raises(UsageError, match=f"^{name} is .*, not ") as caught:
        recommend(run, **values)
    assert "For example: " in caught.value.hint


def test_the_other_functions_refuse_other_types_too(run: LoadedRun) -> None:
    anything: Any = None
    for call in (
        lambda: load_run(anything), lambda: load_run(" "), lambda: load_run("dnn", "/home"),
        lambda: recommend("dnn"), lambda: similar(run, anything), lambda: similar("dnn", 3),
        lambda: similar(run, 3, n="x"), lambda: similar(run, 3, n=0),
        lambda: neighbors(run, anything), lambda: neighbors(run, 3, n=-1),
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.hint


def test_numbers_and_lists_of_numpy_are_numbers_and_lists(run: LoadedRun) -> None:
    expected = recommend(run, like=[1, 3], n=2)
    assert recommend(run, like=np.array([1, 3]), n=np.int64(2)) == expected
    assert recommend(run, like=(film for film in (1, 3)), n=2) == expected


def test_fewer_films_than_wanted_are_all_that_are_left(run: LoadedRun) -> None:
    n_unrated = 200 - len(run.dataset.histories.take([6]).film_rows)
    assert 0 < len(recommend(run, user=7, n=5000)) <= n_unrated


def test_similar_films_and_users_are_found(run: LoadedRun) -> None:
    films = similar(run, 3, n=4)
    assert len(films) == 4
    assert 3 not in [film.film_id for film in films]
    assert similar(run, str(run.dataset.films.titles[2]), n=4) == films
    assert len(neighbors(run, 7, n=3)) == 3


def test_the_package_offers_the_interface() -> None:
    assert movierec_cli.recommend is recommend
    assert movierec_cli.load_run is load_run
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        movierec_cli.nothing  # noqa: B018
