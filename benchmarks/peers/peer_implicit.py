"""implicit: alternating least squares, and item-item neighbors weighted by BM25."""

import warnings
from itertools import product

import numpy as np
from common import Model, Rank, Training, main
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender
from threadpoolctl import threadpool_limits


def als(train: Training, factors: int, alpha: float, regularization: float) -> Rank:
    """Confidence grows with the rating."""
    model = AlternatingLeastSquares(
        factors=factors,
        alpha=alpha,
        regularization=regularization,
        iterations=15,
        random_state=0,
    )
    model.fit(train.matrix(), show_progress=False)
    return lambda users: model.user_factors[users] @ model.item_factors.T


def bm25(train: Training, neighbors: int, b: float) -> Rank:
    """Sum the neighbors' weights over the user's films."""
    model = BM25Recommender(K=neighbors, K1=1.2, B=b)
    matrix = train.matrix(np.ones_like(train.ratings))
    warnings.simplefilter("ignore")  # of its own conversion of a matrix
    model.fit(matrix, show_progress=False)
    return lambda users: (matrix[users] @ model.similarity).toarray()


MODELS = [
    Model(
        "ALS",
        "ranking",
        als,
        [
            {"factors": factors, "alpha": alpha, "regularization": r}
            for factors, alpha, r in product((32, 64), (0.25, 0.5, 1.0), (10.0, 20.0, 30.0))
        ],
    ),
    Model(
        "BM25",
        "ranking",
        bm25,
        [{"neighbors": n, "b": b} for n, b in product((100, 400, 1600), (0.3, 0.6, 0.9))],
    ),
]

if __name__ == "__main__":
    threadpool_limits(1, "blas")  # its manual asks for that; it has threads of its own
    main("implicit", MODELS)
