"""The dnn's classification head: P(rating >= 4) as logistic regression.

Fitted after the space, on the hidden ratings of the validation part, whose histories are cut to
random lengths, so that its probabilities hold for short histories too.
"""

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray
from movierec_cli.core.data.splits import Scenario
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.features import N_LIKE_FEATURES, like_features

HEAD = ("like_head", "film_level", "film_counts")
"""The arrays of the head."""

_LEVEL_SHRINKAGE = 8.0  # ratings of an average film that a film's level is drawn to
_STRANGERS = 0.2  # share of users whose whole history is hidden
_RIDGE = 1.0
_STEPS = 8
_CUTS = 4  # how often each history is cut to another length


def film_levels(train: Dataset) -> tuple[FloatArray, FloatArray]:
    """Return log odds of a rating of 4 or 5, shrunk, and log counts of each film, [n_films]."""
    ratings = train.ratings
    counts = np.bincount(ratings.film_rows, minlength=len(train.films))
    liked = np.bincount(
        ratings.film_rows, weights=ratings.values >= RELEVANT_RATING, minlength=len(train.films)
    )
    overall = float(np.mean(ratings.values >= RELEVANT_RATING))
    share = (liked + _LEVEL_SHRINKAGE * overall) / (counts + _LEVEL_SHRINKAGE)
    share = np.clip(share, 1e-3, 1 - 1e-3)
    return np.log(share / (1 - share)).astype(np.float32), np.log1p(counts).astype(np.float32)


def fit_like_head(
    weights: dict[str, FloatArray], train: Dataset, unseen: Scenario, seed: int
) -> dict[str, FloatArray]:
    """Return ``weights`` with a classification head.

    Parameters
    ----------
    weights
        Those of the trained space.
    train
        The ratings it was trained on, from which the films' levels come.
    unseen
        Users and hidden ratings that it was not trained on: on what it was trained on its match
        scores are too good to learn probabilities from.
    """
    level, counts = film_levels(train)
    complete = {
        **weights,
        "film_level": level,
        "film_counts": counts,
        "like_head": np.zeros(N_LIKE_FEATURES + 1, np.float32),
    }
    model = Dnn(complete)
    generator = np.random.default_rng(seed)
    targets = unseen.targets
    at = (targets.user_rows, targets.film_rows)
    features = []
    for _ in range(_CUTS):
        share = generator.random(len(unseen.users)) * (
            generator.random(len(unseen.users)) >= _STRANGERS
        )
        shown = generator.random(len(unseen.histories.film_rows))
        known = unseen.histories.where(shown < share[unseen.histories.user_rows])
        ranking = model.user_vectors(known, unseen.users) @ model.film_vectors.T
        columns = like_features(ranking, known, level, counts)
        features.append(
            np.stack([np.broadcast_to(column, ranking.shape)[at] for column in columns], axis=1)
        )
    liked = np.tile(targets.ratings >= RELEVANT_RATING, _CUTS)
    complete["like_head"] = logistic_regression(np.concatenate(features), liked)
    return complete


def logistic_regression(features: FloatArray, liked: NDArray[np.bool_]) -> FloatArray:
    """Minimize binary cross-entropy by Newton's method; return slopes and constant.

    Parameters
    ----------
    features
        [n, f].
    liked
        [n].

    Returns
    -------
    [f + 1], the constant last; the slopes are drawn to zero by a unit ridge.
    """
    design = np.hstack([features, np.ones((len(features), 1))]).astype(np.float64)
    penalty = np.full(design.shape[1], _RIDGE)
    penalty[-1] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        probability = 1.0 / (1.0 + np.exp(-design @ weights))
        gradient = design.T @ (probability - liked) + penalty * weights
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design
        curvature += np.diag(penalty) + 1e-6 * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return weights.astype(np.float32)
