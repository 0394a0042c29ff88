"""Films for several users: the sum of their standardized scores, without films that one knows."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.errors import DataError
from movierec_cli.core.models.base import Scores
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.group import GroupRecommendation, recommend_group
from movierec_cli.core.recommend.query import make_query
from movierec_cli.core.recommend.rank import recommend
from tests.helpers import make_dataset

FILMS = make_dataset([(0, 0, 4.0)], 1, [*"ABCDE"])
SCORES = {1.0: [4, 3, 2, 1, 0], 5.0: [0, 1000, 3000, 2000, 4000]}
"""Rating of the first film of a user -> their scores; the second user's are on another scale."""


class TwoUsers:
    """Model with scores for each of two users."""

    def score(self, histories: Histories, users: Users) -> Scores:
        score = np.float32([SCORES[float(histories.ratings[0])]])
        return Scores(score, like_probability=score / 10_000)


QUERIES = {"ann": make_query(FILMS, {0: 1.0}), "bob": make_query(FILMS, {4: 5.0})}


def together(**filters: Any) -> list[GroupRecommendation]:
    return recommend_group(TwoUsers(), FILMS, QUERIES, Filters(**filters))


def test_standardized_scores_are_added_up() -> None:
    films = together()
    # both have the standard deviation sqrt(2), in thousands for bob; A and E are rated
    assert [film.title for film in films] == ["C", "B", "D"]
    assert [film.rank for film in films] == [1, 2, 3]
    root = np.sqrt(2)
    assert [film.score for film in films] == pytest.approx([1 / root, 0, -1 / root], abs=1e-6)
    first = films[0]
    assert [member.name for member in first.members] == ["ann", "bob"]
    assert [member.score for member in first.members] == pytest.approx([0, 1 / root], abs=1e-6)
    assert [m.like_probability for m in first.members] == pytest.approx([0.0002, 0.3])


def test_films_that_one_of_them_knows_are_left_out_unless_asked_for() -> None:
    assert [film.title for film in together(seen=frozenset({2}))] == ["B", "D"]
    assert len(together(include_rated=True)) == 5
    assert [film.title for film in together(n=1, excluded=frozenset({2}))] == ["B"]
    assert len(together(n=4)) == 3
    with pytest.raises(DataError, match="No film is left"):
        together(seen=frozenset({1, 2, 3}))


def test_one_user_gets_their_own_list_with_filters_and_reasons(small: Dataset, dnn: Dnn) -> None:
    query = make_query(small, {0: 5.0, 3: 4.0})
    filters = Filters(n=6, diversity=0.3, popularity=-0.5)
    alone = recommend(dnn, small, query, filters, explained=True)
    group = recommend_group(dnn, small, {"ann": query}, filters, explained=True)
    assert [film.film_id for film in group] == [film.film_id for film in alone]
    for of_group, film in zip(group, alone, strict=True):
        explanation = of_group.members[0].explanation
        assert explanation is not None and film.explanation is not None
        assert explanation.reasons == film.explanation.reasons
        assert explanation.demographics == film.explanation.demographics
        # the rest of the model's own score, without the weight of popularity
        own = dnn.score(query.history, query.users).score[0, film.film_id - 1]
        terms = sum(reason.contribution for reason in explanation.reasons)
        assert terms + explanation.widely_liked == pytest.approx(own, abs=1e-5)


def test_a_list_is_sorted_by_the_mean_like_probability() -> None:
    films = together(sort="like")
    means = [np.mean([member.like_probability for member in film.members]) for film in films]
    assert [film.title for film in films] == ["C", "D", "B"]
    assert means == sorted(means, reverse=True)
