"""Similar films and users are ordered by cosine, without the one that is asked about."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.recommend.query import user_query
from movierec_cli.core.recommend.similar import neighbors, similar
from tests.helpers import FixedModel


def test_similar_films_are_ordered_by_cosine(small: Dataset, dnn: Dnn) -> None:
    films = similar(dnn, small, 3, n=5)
    assert [film.rank for film in films] == [1, 2, 3, 4, 5]
    assert 4 not in [film.film_id for film in films]
    vectors = dnn.similarity_vectors / np.linalg.norm(dnn.similarity_vectors, axis=1, keepdims=True)
    cosine = np.delete(vectors @ vectors[3], 3)
    expected = np.sort(cosine)[::-1][:5]
    assert [film.similarity for film in films] == pytest.approx(expected.tolist(), abs=1e-5)
    assert films[0].title == small.films.titles[films[0].film_id - 1]


def test_neighbors_are_ordered_by_cosine(small: Dataset, dnn: Dnn) -> None:
    found = neighbors(dnn, small, user_query(small, 7), n=500)
    assert len(found) == 119
    assert 7 not in [neighbor.user_id for neighbor in found]
    similarities = [neighbor.similarity for neighbor in found]
    assert similarities == sorted(similarities, reverse=True)
    own, other = (set(small.histories.take(np.array([row])).film_rows.tolist())
                  for row in (6, found[0].user_id - 1))  # fmt: skip
    assert (found[0].n_shared, found[0].n_ratings) == (len(own & other), len(other))


@pytest.mark.parametrize("search", [similar, neighbors])
def test_a_model_without_vectors_is_refused(search: Any, small: Dataset) -> None:
    asked = 0 if search is similar else user_query(small, 1)
    with pytest.raises(UsageError, match="no vectors"):
        search(FixedModel(np.zeros((1, 200), np.float32)), small, asked)


class _Vectors:
    """A model in which two films have a length."""

    film_vectors = similarity_vectors = np.float32([[3, 0], [0, 0], [4, 3], *[[0, 0]] * 197])

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        return np.zeros((len(users), 2), np.float32)


def test_a_film_without_length_is_like_no_other(small: Dataset) -> None:
    found = similar(_Vectors(), small, 0, n=2)  # type: ignore[arg-type]
    # (3, 0) . (4, 3) / (3 * 5)
    assert [film.film_id for film in found] == [3, 2]
    assert [film.similarity for film in found] == pytest.approx([0.8, 0])
