"""Cornac: EASE on ratings and BPR for ranking, matrix factorization for ratings."""

from itertools import product
from typing import Any

import cornac
import numpy as np
from common import Model, Rank, Rate, Training, main


def _dataset(train: Training) -> Any:
    triplets = zip(train.users.tolist(), train.films.tolist(), train.ratings.tolist(), strict=True)
    return cornac.data.Dataset.from_uir(triplets, seed=0)


def _ranking(model: Any, train: Training) -> Rank:
    dataset = _dataset(train)
    model.fit(dataset)
    films = np.array(dataset.item_ids)

    def score(users: np.ndarray) -> np.ndarray:
        scores = np.full((len(users), train.n_films), -np.inf, np.float32)
        for row, user in enumerate(users):
            scores[row, films] = model.score(dataset.uid_map[user])
        return scores

    return score


def ease(train: Training, lamb: float) -> Rank:
    """All weights, negative ones too."""
    return _ranking(cornac.models.EASE(lamb=lamb, posB=False, verbose=False, seed=0), train)


def bpr(train: Training, lambda_reg: float, max_iter: int) -> Rank:
    """Every rating counts as seen."""
    model = cornac.models.BPR(
        k=64, max_iter=max_iter, learning_rate=0.05, lambda_reg=lambda_reg, seed=0, num_threads=2
    )
    return _ranking(model, train)


def factorization(train: Training, k: int, lambda_reg: float, max_iter: int) -> Rate:
    """Biased matrix factorization by gradient descent; one thread, so that the seed counts."""
    dataset = _dataset(train)
    model = cornac.models.MF(
        k=k, max_iter=max_iter, learning_rate=0.01, lambda_reg=lambda_reg, seed=0, num_threads=1
    )
    model.fit(dataset)
    mean = dataset.global_mean

    def rate(users: np.ndarray, films: np.ndarray) -> np.ndarray:
        predicted = np.empty(len(users))
        for row, (user, film) in enumerate(zip(users, films, strict=True)):
            u, i = dataset.uid_map.get(user), dataset.iid_map.get(film)
            if u is not None and i is not None:
                predicted[row] = model.rate(u, i)
            else:
                bias = model.u_biases[u] if u is not None else 0.0
                bias += model.i_biases[i] if i is not None else 0.0
                predicted[row] = mean + bias
        return predicted

    return rate


MODELS = [
    Model("EASE", "ranking", ease, [{"lamb": x} for x in (1500.0, 3000.0, 4500.0, 6000.0)]),
    Model(
        "BPR",
        "ranking",
        bpr,
        [{"lambda_reg": r, "max_iter": n} for r, n in product((0.01, 0.02), (200, 300))],
    ),
    Model(
        "MF",
        "rating",
        factorization,
        [
            {"k": k, "lambda_reg": r, "max_iter": n}
            for k, r, n in product((100, 200), (0.08, 0.1), (60, 100))
        ],
    ),
]

if __name__ == "__main__":
    main("cornac", MODELS)
