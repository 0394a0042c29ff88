"""Finding the best films among scores: vector search and top k, in numpy alone."""

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories

NOTHING = -1
"""Stands in a list of film rows where fewer films than asked for could be ranked."""


def match_scores(user_vectors: FloatArray, film_vectors: FloatArray) -> FloatArray:
    """Return the dot product of every user with every film, [n_users, n_films].

    Parameters
    ----------
    user_vectors
        [n_users, d].
    film_vectors
        [n_films, d].
    """
    return np.asarray(user_vectors @ film_vectors.T, dtype=np.float32)


def exclude(scores: FloatArray, histories: Histories) -> FloatArray:
    """Return a copy of ``scores`` [n_users, n_films] in which no user's known films are ranked."""
    masked = scores.copy()
    masked[histories.user_rows, histories.film_rows] = -np.inf
    return masked


def top_k(scores: FloatArray, k: int) -> NDArray[np.int64]:
    """Return the rows of the ``k`` films with the highest scores, best first.

    Films of equal score are in the order of the catalogue. Films that score ``-inf`` are not
    ranked; `NOTHING` fills the places that are left.

    Parameters
    ----------
    scores
        [n_users, n_films], not NaN.

    Returns
    -------
    [n_users, k] int64.
    """
    n_users, n_films = scores.shape
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    top = np.full((n_users, k), NOTHING, dtype=np.int64)
    ranked = np.isfinite(np.take_along_axis(scores, order, axis=1))
    top[:, : min(k, n_films)] = np.where(ranked, order, NOTHING)
    return top
