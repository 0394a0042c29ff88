"""What a model may see and what it is measured on.

A `Split` cuts a data set into a training part and the scenarios that measure a model on the
rest. The same data set, holdout and split seed give the same split on every machine.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.errors import UsageError

DEFAULT_SPLIT_SEED: Final = 705
USER_SHARE: Final = 0.2
HISTORY_SHARE: Final = 0.8

COLD_START: Final = "cold-start"
FOLD_IN: Final = "fold-in"
RATING: Final = "rating"


@dataclass(frozen=True, eq=False)
class Scenario:
    """Some users, what is known of them, and what is to be predicted.

    Attributes
    ----------
    name
        ``cold-start``, ``fold-in`` or ``rating``.
    users
        Who they are, [n_users].
    histories
        The ratings that the model is told, [n_users]; their films are not ranked.
    targets
        The ratings that it is measured on, [n_users].
    """

    name: str
    users: Users
    histories: Histories
    targets: Histories


@dataclass(frozen=True, eq=False)
class Split:
    """A data set cut into what is trained on and what is measured.

    Attributes
    ----------
    holdout
        ``users``, ``none``, or the name of an official fold.
    split_seed
        The seed that drew the users, ``None`` where nothing is drawn.
    train
        The data set with the training ratings only.
    scenarios
        What a model trained on ``train`` is measured on; empty for ``none``.
    """

    holdout: str
    split_seed: int | None
    train: Dataset
    scenarios: tuple[Scenario, ...]


def make_split(
    dataset: Dataset, holdout: str = "users", split_seed: int = DEFAULT_SPLIT_SEED
) -> Split:
    """Cut ``dataset`` the way that ``holdout`` says.

    Parameters
    ----------
    holdout
        ``users`` holds out all ratings of 20 % of the users; ``u1`` .. ``ub`` hold out the test
        ratings of an official fold; ``none`` trains on everything.
    split_seed
        Draws the users, and what is known of each of them in the fold-in scenario.

    Raises
    ------
    UsageError
        If the data set has no such holdout.
    """
    if holdout == "users":
        return _hold_out_users(dataset, split_seed)
    if holdout == "none":
        return Split("none", None, dataset.with_ratings(dataset.ratings), ())
    if holdout in dataset.folds:
        return _hold_out_fold(dataset, holdout)
    raise UsageError(
        f"The data set {dataset.name} has no holdout {holdout!r}.",
        f"Choose one of: {', '.join(['users', *dataset.folds, 'none'])}",
    )


def sample_users(n_users: int, share: float, seed: int) -> NDArray[np.int64]:
    """Draw ``round(share * n_users)`` user rows, at least 1; the order is that of the draw.

    The same rows as pandas' ``users.sample(frac=share, random_state=seed)``.
    """
    generator = np.random.RandomState(seed)
    return generator.choice(n_users, size=max(round(share * n_users), 1), replace=False).astype(
        np.int64
    )


def fold_in(histories: Histories, generator: np.random.Generator) -> tuple[Histories, Histories]:
    """Part the ratings of each user into a known history and the targets.

    For each user in turn the ratings, ordered by film, are permuted; the first
    ``floor(0.8 n)``, at least 1, are the history and the rest the targets.
    """
    known = np.zeros(len(histories.film_rows), dtype=np.bool_)
    for start, end in zip(histories.indptr[:-1], histories.indptr[1:], strict=True):
        count = int(end - start)
        order = generator.permutation(count)
        known[start + order[: max(1, int(HISTORY_SHARE * count))]] = True
    return histories.where(known), histories.where(~known)


def hold_out(
    train: Dataset, rows: NDArray[np.int64], seed: int
) -> tuple[Dataset, tuple[Scenario, ...]]:
    """Take all ratings of the users at ``rows`` out of ``train``; measure on them.

    Returns the remaining training part and the scenarios cold-start and fold-in.
    """
    rows = np.sort(rows)
    held_out = np.zeros(len(train.users), dtype=np.bool_)
    held_out[rows] = True
    mask = held_out[train.ratings.user_rows]
    everything = train.histories.take(rows)
    known, hidden = fold_in(everything, np.random.default_rng(seed))
    users = train.users.take(rows)
    return train.with_ratings(train.ratings.take(~mask)), (
        Scenario(COLD_START, users, Histories.empty(len(rows)), everything),
        Scenario(FOLD_IN, users, known, hidden),
    )


def _hold_out_users(dataset: Dataset, split_seed: int) -> Split:
    rows = sample_users(len(dataset.users), USER_SHARE, split_seed)
    train, scenarios = hold_out(dataset, rows, split_seed)
    return Split("users", split_seed, train, scenarios)


def _hold_out_fold(dataset: Dataset, fold: str) -> Split:
    mask = np.zeros(len(dataset.ratings), dtype=np.bool_)
    mask[dataset.folds[fold]] = True
    train = dataset.with_ratings(dataset.ratings.take(~mask))
    test = Histories.from_ratings(dataset.ratings.take(mask), len(dataset.users))
    rows = np.flatnonzero(test.counts)
    scenario = Scenario(
        RATING, dataset.users.take(rows), train.histories.take(rows), test.take(rows)
    )
    return Split(fold, None, train, (scenario,))


def training_users(train: Dataset) -> NDArray[np.int64]:
    """Return the rows of the users who have a rating in ``train``, ascending."""
    return np.unique(train.ratings.user_rows).astype(np.int64)


def split_users(train: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset]:
    """Take all ratings of a ``share`` of the training users out of ``train``.

    Returns what is left to train on, and the validation part.
    """
    candidates = training_users(train)
    chosen = candidates[sample_users(len(candidates), share, seed)]
    mask = np.isin(train.ratings.user_rows, chosen)
    return (
        train.with_ratings(train.ratings.take(~mask)),
        train.with_ratings(train.ratings.take(mask)),
    )


def split_ratings(train: Dataset, share: float, seed: int) -> tuple[Dataset, Scenario]:
    """Take a fifth of the ratings of a ``share`` of the training users out of ``train``.

    Returns what is left to train on, the users' other ratings included, and the scenario that
    hides the fifth.
    """
    candidates = training_users(train)
    rows = np.sort(candidates[sample_users(len(candidates), share, seed)])
    known, hidden = fold_in(train.histories.take(rows), np.random.default_rng(seed))
    n_films = len(train.films)
    hidden_keys = rows[hidden.user_rows] * n_films + hidden.film_rows
    keys = train.ratings.user_rows.astype(np.int64) * n_films + train.ratings.film_rows
    return (
        train.with_ratings(train.ratings.take(~np.isin(keys, hidden_keys))),
        Scenario(FOLD_IN, train.users.take(rows), known, hidden),
    )
