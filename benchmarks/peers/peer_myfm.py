"""myFM: Bayesian factorization machines by Gibbs sampling.

"ids" knows users and films. "all" adds the films that a user rated, the users who rated a film,
age, gender, occupation, genres and the decade; no dates of ratings.
"""

from typing import Any

import myfm
import numpy as np
from common import Model, Rate, Training, main
from scipy.sparse import csr_matrix, hstack, identity

SAMPLES = 300
BURN_IN = 20


def _one_hot(codes: np.ndarray) -> csr_matrix:
    """Return [n, n_codes]; a negative code is an empty row."""
    rows = np.flatnonzero(codes >= 0)
    shape = (len(codes), int(codes.max()) + 1)
    return csr_matrix((np.ones(len(rows)), (rows, codes[rows].astype(int))), shape)


def _normalized(matrix: csr_matrix) -> csr_matrix:
    counts = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)
    return csr_matrix(matrix.multiply(1 / np.sqrt(counts)[:, None]))


def _blocks(train: Training, known: bool, content: bool) -> tuple[list[Any], list[Any]]:
    """Return the features of users and of films, each a list of matrices."""
    about = train.about
    seen = train.matrix(np.ones_like(train.ratings))
    users, films = [identity(train.n_users)], [identity(train.n_films)]
    if known:
        users.append(_normalized(seen))
        films.append(_normalized(seen.T.tocsr()))
    if content:
        years = np.nan_to_num(about["years"], nan=-1.0)
        users += [
            _one_hot(np.floor(about["age"] / 10).astype(int)),
            _one_hot(about["gender"]),
            _one_hot(about["occupation"]),
        ]
        films += [
            _normalized(csr_matrix(about["genres"].astype(float))),
            _one_hot(np.where(years > 0, (years - 1900) // 10, -1).astype(int)),
        ]
    return users, films


def machine(train: Training, rank: int, known: bool, content: bool) -> Rate:
    """Sample the posterior; predict with the mean of the samples."""
    sides = _blocks(train, known, content)
    matrices = [csr_matrix(hstack(side)) for side in sides]
    model = myfm.MyFMRegressor(rank=rank, random_seed=0)

    def relations(users: np.ndarray, films: np.ndarray) -> list[Any]:
        blocks = []
        for rows, matrix in zip((users, films), matrices, strict=True):
            which, inverse = np.unique(rows, return_inverse=True)
            blocks.append(myfm.RelationBlock(inverse.tolist(), matrix[which]))
        return blocks

    model.fit(
        None,
        train.ratings.astype(float),
        X_rel=relations(train.users, train.films),
        n_iter=SAMPLES,
        n_kept_samples=SAMPLES - BURN_IN,
        group_shapes=[part.shape[1] for side in sides for part in side],
    )
    return lambda users, films: model.predict(None, relations(users, films))


RATING = ("folds", "rating-fold-in")
MODELS = [
    Model(
        "ids", "rating", machine, [{"rank": 10, "known": False, "content": False}], groups=RATING
    ),
    Model(
        "all",
        "rating",
        machine,
        [{"rank": rank, "known": True, "content": True} for rank in (8, 12)],
        groups=(*RATING, "rating-cold"),
    ),
]

if __name__ == "__main__":
    main("myfm", MODELS)
