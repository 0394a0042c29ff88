"""The measurement of typed titles."""

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from benchmarks.titles import enlarged, misspelled, outcome, own_titles, with_typing_errors
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.helpers import make_dataset

FILMS = make_dataset(
    [(0, 2, 4.0)], 1, ["Paper Boats Race (1990)", "Comet, The (1991)", "Comet (1970)"]
)


@pytest.mark.parametrize(
    ("typed", "right", "name", "expected"),
    [
        ("Comet, The (1991)", (1,), "Comet, The (1991)", "found"),
        ("comet", (1,), "Comet, The (1991)", "namesake"),
        ("paper boats", (0,), "Paper Boats Race (1990)", "suggested"),
        ("xqzzy", (), "Xqzzy (1999)", "refused"),
        ("paper boats race", (), "Boats (2001)", "wrong"),
    ],
)
def test_an_outcome(typed: str, right: tuple[int, ...], name: str, expected: str) -> None:
    assert outcome(TitleIndex(FILMS), typed, right, name) == expected


def test_a_typing_error_is_one_edit() -> None:
    random = np.random.default_rng(0)
    typed = [misspelled("Paper Boat", random) for _ in range(200)]
    assert {OSA.distance(text, "Paper Boat") for text in typed} <= {0, 1}
    assert {len(text) for text in typed} == {9, 10, 11}


def test_every_title_is_typed_once() -> None:
    assert own_titles(FILMS, True) == {"found": 3}
    assert sum(own_titles(FILMS, False).values()) == 3


def test_errors_are_typed_in_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.titles.SAMPLED", 40)
    counts = with_typing_errors(enlarged(FILMS, 100), True)
    assert sum(counts.values()) == 40
    assert counts["wrong"] == 0


def test_a_catalog_is_enlarged_with_its_own_titles_first() -> None:
    films = enlarged(FILMS, 50).films
    assert len(films) == 50
    assert films.titles[:3].tolist() == FILMS.films.titles.tolist()
