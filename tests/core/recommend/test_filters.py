"""Filters keep the wanted films; each title appears once, and no rated film under any id."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.filters import Filters, allowed, filtered
from tests.helpers import make_dataset, make_histories

TITLES = ["Boat (1990)", "Comet (1991)", "Boat (1990)", "unknown", "Duel (1993)", "Comet (1991)"]
GENRES = [[1, 0], [1, 1], [1, 0], [0, 0], [0, 1], [1, 1]]
FILMS = make_dataset([(0, 3, 2.0), (1, 0, 5.0), (1, 4, 1.0)], 2, TITLES, GENRES, ("War", "Drama"))
SCORES = np.float32([[3, 1, 6, 2, 4, 5]])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"genres": ("drama",)}, [1, 4, 5]),
        ({"not_genres": ("War",)}, [3, 4]),
        ({"years": (1991, 1993)}, [1, 4, 5]),
        ({"min_ratings": 1}, [0, 3, 4]),
        ({"max_ratings": 0}, [1, 2, 5]),
        ({"min_ratings": 1, "max_ratings": 1}, [0, 3, 4]),
        ({"among": frozenset({1, 3, 5})}, [1, 3, 5]),
        ({"among": frozenset({1, 3, 5}), "genres": ("war",)}, [1, 5]),
        ({"among": frozenset()}, []),
    ],
)
def test_films_are_kept_by_genre_year_and_ratings(filters: Any, expected: list[int]) -> None:
    assert np.flatnonzero(allowed(FILMS, Filters(**filters))).tolist() == expected


@pytest.mark.parametrize(
    ("history", "filters", "expected"),
    [
        ({}, {}, [2, 3, 4, 5]),  # the better id of each title
        ({3: 5.0}, {}, [2, 4, 5]),
        ({0: 1.0}, {}, [3, 4, 5]),  # row 2 is the same film
        ({5: 1.0, 2: 4.0}, {}, [3, 4]),
        ({2: 5.0, 4: 1.0}, {"include_rated": True}, [2, 3, 4, 5]),
        ({}, {"seen": frozenset({0})}, [3, 4, 5]),  # and so is a film that is seen
        ({}, {"seen": frozenset({4}), "include_rated": True}, [2, 3, 4, 5]),
        ({}, {"excluded": frozenset({0, 4})}, [3, 5]),  # the film of row 2 is that of row 0
        ({}, {"excluded": frozenset({4}), "include_rated": True}, [2, 3, 5]),
        ({}, {"among": frozenset({0, 1, 3})}, [0, 1, 3]),  # though other ids are better
        ({2: 1.0}, {"among": frozenset({0, 1, 3})}, [1, 3]),
        ({}, {"among": frozenset({0, 3}), "excluded": frozenset({3})}, [0]),
        ({}, {"min_ratings": 1}, [0, 3, 4]),  # of the boats, the rated one
    ],
)
def test_left_out_films_have_no_score(
    history: dict[int, float], filters: Any, expected: list[int]
) -> None:
    scores = filtered(SCORES, make_histories(history), FILMS, Filters(**filters))
    assert np.flatnonzero(np.isfinite(scores[0])).tolist() == expected
    assert scores[0, expected].tolist() == SCORES[0, expected].tolist()


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"n": 0}, "0 films cannot be recommended"),
        ({"genres": ("Noir",)}, "There is no genre 'Noir'"),
        ({"years": (1995, 1990)}, "1995 to 1990 are in the wrong order"),
        ({"diversity": 1.5}, "0 to 1, not 1.5"),
        ({"popularity": -1.5}, "-1 to 1, not -1.5"),
        ({"popularity": float("nan")}, "-1 to 1, not nan"),
        ({"min_ratings": 5, "max_ratings": 3}, "at least 5 and at most 3 ratings"),
        ({"max_ratings": -1}, "at least 0 and at most -1 ratings"),
    ],
)
def test_wrong_filters_are_refused(filters: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        allowed(FILMS, Filters(**filters))
