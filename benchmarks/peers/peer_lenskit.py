"""LensKit: EASE, SLIM and implicit matrix factorization; item-kNN and biased factorization."""

import logging
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from common import Model, Rank, Rate, Training, main
from lenskit import predict, score
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.data import ItemList, from_interactions_df
from lenskit.knn import EASEScorer, ItemKNNScorer, SLIMScorer
from lenskit.pipeline import predict_pipeline
from lenskit.training import TrainingOptions

logging.disable(logging.WARNING)


def _trained(scorer: Any, train: Training, fallback: bool) -> Any:
    table = pd.DataFrame(
        {"user_id": train.users, "item_id": train.films, "rating": train.ratings.astype(float)}
    )
    pipeline = predict_pipeline(scorer, fallback=fallback)
    pipeline.train(from_interactions_df(table), TrainingOptions(rng=0))
    return pipeline


def ranking(make: Callable[..., Any]) -> Callable[..., Rank]:
    """Return what trains a scorer and scores the whole catalog."""

    def fit(train: Training, **params: Any) -> Rank:
        pipeline = _trained(make(**params), train, fallback=False)
        films = ItemList(item_ids=np.arange(train.n_films))
        return lambda users: np.stack(
            [score(pipeline, int(user), films).scores() for user in users]
        )

    return fit


def rating(make: Callable[..., Any]) -> Callable[..., Rate]:
    """Return what trains a scorer and predicts; LensKit's bias model stands in for gaps."""

    def fit(train: Training, **params: Any) -> Rate:
        pipeline = _trained(make(**params), train, fallback=True)

        def rate(users: np.ndarray, films: np.ndarray) -> np.ndarray:
            predicted = np.empty(len(users))
            for user in np.unique(users):
                mine = users == user
                items = ItemList(item_ids=films[mine])
                predicted[mine] = predict(pipeline, int(user), items).scores()
            return predicted

        return rate

    return fit


MODELS = [
    Model(
        "EASE",
        "ranking",
        ranking(EASEScorer),
        [{"regularization": r} for r in (150.0, 250.0, 400.0, 600.0)],
    ),
    Model(
        "SLIM",
        "ranking",
        ranking(SLIMScorer),
        [{"l1_reg": a, "l2_reg": b} for a, b in product((1.0, 3.0), (200.0, 400.0))],
    ),
    Model(
        "ImplicitMF",
        "ranking",
        ranking(ImplicitMFScorer),
        [
            {"embedding_size": d, "weight": w, "use_ratings": True, "regularization": r}
            for d, w, r in product((16, 32, 64), (0.5, 1.0), (10.0, 20.0))
        ],
    ),
    Model(
        "ItemKNN",
        "rating",
        rating(ItemKNNScorer),
        [{"max_nbrs": n, "min_nbrs": m} for n, m in product((40, 80), (1, 3))],
    ),
    Model(
        "BiasedMF",
        "rating",
        rating(BiasedMFScorer),
        [
            {"embedding_size": d, "regularization": r}
            for d, r in product((50, 100), (0.05, 0.1, 0.15))
        ],
    ),
]

if __name__ == "__main__":
    main("lenskit", MODELS)
