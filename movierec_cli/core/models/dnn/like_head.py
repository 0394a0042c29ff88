"""The like head of the dnn: P(rating >= 4) by logistic regression on the score.

It is fitted to the hidden ratings of the validation part, on which no component was fitted. There
the histories are cut to random lengths, so that the probabilities hold for short ones too.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray, Histories, Users
from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.models.base import Shapes
from movierec_cli.core.models.linear import logistic, logistic_regression
from movierec_cli.core.parallel.group import group

_USER_SHRINKAGE = 5.0  # ratings of an average user that a user's level is shrunk to
_FILM_SHRINKAGE = 8.0  # ratings of an average film that a film's level is shrunk to
_HALF_SATURATION = 10.0  # length of a history at which the user's level is half known
_COLD_START_SHARE = 0.2  # of the users in a fit have an empty history
_CUTS = 4  # random lengths of each history in a fit
_BLOCK = 256  # users scored at once in a fit


LIKE_HEAD_SHAPES: Shapes = {
    "like_head": (9,),  # slopes and a constant
    "film_level": ("films",),  # log odds that a rating of the film is 4 or higher
    "film_counts": ("films",),  # logarithm of 1 plus the number of ratings
}


def like_probability(
    score: FloatArray, histories: Histories, head: Mapping[str, FloatArray]
) -> FloatArray:
    """Return P(rating >= 4) for ``score`` [n_users, n_films]; the same shape."""
    # logit = sum_k slope_k * feature_k + constant, the features in the order of `fit_like_head`
    film_level, w = head["film_level"], head["like_head"]
    user_level, saturation = (f[:, None] for f in _user_features(histories, film_level))
    of_film = w[1] * film_level + w[2] * head["film_counts"]
    of_user = w[3] * user_level + (w[4] + w[7] * user_level) * saturation + w[8]
    logit = (w[0] + w[5] * saturation) * score
    logit += of_film + w[6] * film_level * saturation
    logit += of_user
    return np.asarray(logistic(logit), np.float32)


def fit_like_head(
    score: Callable[[Histories, Users], FloatArray], train: Dataset, validation: Scenario, seed: int
) -> dict[str, FloatArray]:
    """Fit the head to hidden ratings, by the ``score`` [n_users, n_films] of a trained model.

    Scores of ratings that the model was fitted to are too good to fit probabilities to.
    """
    level, counts = _film_levels(train)
    generator = np.random.default_rng(seed)
    starts = range(0, len(validation.users), _BLOCK)
    cuts = [_cut(validation.histories, generator) for _ in range(_CUTS)]

    def of_block(block: tuple[Histories, int]) -> tuple[FloatArray, NDArray[np.bool_]]:
        cut, start = block
        rows = np.arange(start, min(start + _BLOCK, len(cut)))
        histories, targets = cut.take(rows), validation.targets.take(rows)
        users, films = targets.user_rows, targets.film_rows
        scores = score(histories, validation.users.take(rows))[users, films]
        user_level, saturation = (f[users] for f in _user_features(histories, level))
        alone = scores, level[films], counts[films], user_level
        # times the saturation: a short history gives the same score another meaning
        products = (f * saturation for f in (scores, level[films], user_level))
        return np.stack([*alone, saturation, *products], axis=1), targets.ratings >= RELEVANT_RATING

    samples = group().in_turns(of_block, [(cut, start) for cut in cuts for start in starts])
    features, liked = map(np.concatenate, zip(*samples, strict=True))
    head = logistic_regression(features, liked)
    return {"like_head": head, "film_level": level, "film_counts": counts}


def _cut(histories: Histories, generator: np.random.Generator) -> Histories:
    """Return the histories cut to random lengths, some of them to none."""
    share = generator.random(len(histories))
    share[generator.random(len(histories)) < _COLD_START_SHARE] = 0.0
    shares = share[histories.user_rows]
    return histories.where(generator.random(len(shares)) < shares)


def _film_levels(train: Dataset) -> tuple[FloatArray, FloatArray]:
    """Return ``film_level`` and ``film_counts``."""
    liked = train.ratings.values >= RELEVANT_RATING
    counts = np.bincount(train.ratings.film_rows, minlength=len(train.films))
    likes = np.bincount(train.ratings.film_rows, weights=liked, minlength=len(train.films))
    share = (likes + _FILM_SHRINKAGE * liked.mean()) / (counts + _FILM_SHRINKAGE)
    share = np.clip(share, 1e-3, 1 - 1e-3)
    return np.log(share / (1 - share)).astype(np.float32), np.log1p(counts).astype(np.float32)


def _user_features(histories: Histories, film_level: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the level and the saturation (0..1) of each user, [n_users].

    The level is the shrunk surplus of likes over the levels of the films.
    """
    surplus = (histories.ratings >= RELEVANT_RATING) - logistic(film_level[histories.film_rows])
    sums = np.bincount(histories.user_rows, weights=surplus, minlength=len(histories))
    counts = histories.counts
    user_level = sums / (counts + _USER_SHRINKAGE)
    saturation = counts / (counts + _HALF_SATURATION)
    return user_level.astype(np.float32), saturation.astype(np.float32)
