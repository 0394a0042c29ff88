"""Explanations: terms that add up to the score, and shares that add up to 100 %."""

import math

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.recommend.explain import explain, percentages
from movierec_cli.core.recommend.query import Demographics, make_query, user_query
from tests.helpers import FixedModel


def test_the_terms_are_those_of_the_model_and_add_up_to_the_score(small: Dataset, dnn: Dnn) -> None:
    query = user_query(small, 7)
    scores = dnn.score(query.history, query.users).score[0, [4, 0]].tolist()
    terms = dnn.contributions(query.history, query.users, np.array([4, 0]))
    for at, found in enumerate(explain(dnn, small, query, [5, 1], scores)):
        contributions = [reason.contribution for reason in found.reasons]
        assert contributions == sorted(terms.films[:, at].tolist(), reverse=True)
        assert found.demographics == terms.demographics[at]
        total = math.fsum([*contributions, found.demographics, found.widely_liked])
        assert total == pytest.approx(scores[at], abs=1e-12)
        for reason in found.reasons:
            entry = query.history.film_rows.tolist().index(reason.film_id - 1)
            assert reason.rating == query.history.ratings[entry]
            assert reason.title == small.films.titles[reason.film_id - 1]


def test_nothing_known_leaves_the_popular_part(small: Dataset, dnn: Dnn) -> None:
    nobody, student = make_query(small, {}), make_query(small, {}, Demographics(age=20))
    (of_nobody,) = explain(dnn, small, nobody, [5], [3.5])
    assert (of_nobody.reasons, of_nobody.demographics, of_nobody.widely_liked) == ((), 0.0, 3.5)
    (of_student,) = explain(dnn, small, student, [5], [3.5])
    assert of_student.demographics != 0


def test_a_model_without_terms_is_refused(small: Dataset) -> None:
    model = FixedModel(np.zeros((1, 200), np.float32))
    with pytest.raises(UsageError, match="no reasons") as caught:
        explain(model, small, user_query(small, 7), [10], [0.0])
    assert "--run dnn" in caught.value.hint


@pytest.mark.parametrize(
    ("terms", "shares"),
    [
        ([1.0, 1.0, 2.0], [25, 25, 50]),
        ([1.0, 1.0, 1.0], [34, 33, 33]),
        ([2.0, 2.0, -1.0], [50, 50, -25]),
        ([0.005, 0.995], [1, 99]),
        ([5.0, 0.0], [100, 0]),
        ([-1.0, 0.0], [0, 0]),
        ([], []),
    ],
)
def test_shares_of_what_raises_a_score_add_up_to_100(terms: list[float], shares: list[int]) -> None:
    assert percentages(terms) == shares


def test_shares_of_any_terms_add_up_to_100() -> None:
    generator = np.random.default_rng(0)
    for n in range(1, 60):
        terms = [*generator.normal(size=n).tolist(), 1.0]
        assert sum(share for share in percentages(terms) if share > 0) == 100
