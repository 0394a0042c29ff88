"""Splits of a data set into training, validation and test ratings.

The same data set, holdout and seeds give the same split on every machine.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Histories
from movierec_cli.core.data.scenarios import (
    COLD_START,
    DEFAULT_VALIDATION,
    FOLD_IN,
    LAST_HOLDOUT,
    RATING,
    TIME_HOLDOUT,
    Scenario,
    Validation,
    move_out,
)
from movierec_cli.core.data.time_splits import hold_out_last, hold_out_late, untied
from movierec_cli.core.errors import DataError, UsageError

DEFAULT_SPLIT_SEED: Final = 705
USER_SHARE: Final = 0.2
HISTORY_SHARE: Final = 0.8

MOST_VALIDATION_USERS: Final = 2_000
"""Most users of whom a fifth of the ratings validates: enough for figures of three digits."""

MIN_USERS: Final = 10
MIN_FILMS: Final = 10


@dataclass(frozen=True, eq=False)
class Split:
    """A data set split once into training, validation and test ratings.

    Attributes
    ----------
    holdout
        ``users``, ``last``, ``time``, ``none``, or the name of an official fold.
    split_seed
        The seed of a holdout in `SEEDED`; ``None`` for the others.
    full_train
        The data set without the test ratings: training and validation part together.
    rule
        The rule for `train` and `validation`.
    scenarios
        The test: users and ratings that are in no training part; empty for ``none``.
    """

    holdout: str
    split_seed: int | None
    full_train: Dataset
    rule: Validation
    scenarios: tuple[Scenario, ...]

    @property
    def train(self) -> Dataset:
        """The data set with the ratings that are neither test nor validation."""
        return self._parts[0]

    @property
    def validation(self) -> Scenario:
        """The users and ratings that choose among epochs and fit the like head."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[Dataset, Scenario]:
        rule = self.rule
        if rule.of == "last":
            return hold_out_last(self.full_train, 2, rule.seed)
        if rule.of == "time":
            return hold_out_late(self.full_train, None)
        split_off = split_users if rule.of == "users" else split_ratings
        return split_off(self.full_train, rule.share, rule.seed)


def make_split(
    dataset: Dataset,
    holdout: str = "users",
    split_seed: int = DEFAULT_SPLIT_SEED,
    validation: Validation = DEFAULT_VALIDATION,
    cut: str | None = None,
) -> Split:
    """Split ``dataset`` by the rule that ``holdout`` names.

    Parameters
    ----------
    holdout
        ``users`` holds out all ratings of 20 % of the users; ``last`` the last rating of each
        user; ``time`` all ratings from the ``cut`` on; ``u1`` .. ``ub`` the test ratings of an
        official fold; ``none`` trains on everything.
    split_seed
        Samples the users, and the history of each of them in the fold-in scenario; for ``last`` it
        draws the last among ratings of the same time.
    validation
        The rule for the validation part; ``last`` and ``time`` have theirs in its place.
    cut
        The first day that ``time`` holds out, such as ``1998-03-01``; by default the last tenth of
        the ratings is held out.

    Raises
    ------
    UsageError
        If the data set has no such holdout, or the cut does not fit it.
    DataError
        If it has fewer than `MIN_USERS` users or `MIN_FILMS` films, or no order that the holdout
        needs.
    """
    n_users, n_films = len(dataset.users), len(dataset.films)
    if n_users < MIN_USERS or n_films < MIN_FILMS:
        raise DataError(
            f"{dataset.name} has {n_users:,} users and {n_films:,} films: too few to learn from.",
            f"Import ratings of at least {MIN_USERS} users and {MIN_FILMS} films.",
        )
    if cut is not None and holdout != TIME_HOLDOUT:
        raise UsageError("--cut is for the holdout time.", "Add: --holdout time")
    if holdout == "users":
        rows = sample_users(len(dataset.users), USER_SHARE, split_seed)
        full_train, scenarios = hold_out(dataset, rows, split_seed)
        return Split("users", split_seed, full_train, validation, scenarios)
    if holdout == "none":
        return Split("none", None, dataset.with_ratings(dataset.ratings), validation, ())
    if holdout == LAST_HOLDOUT:
        full_train, scenario = hold_out_last(dataset, 3, split_seed)  # one for each part
        rule = replace(validation, of="last")
        return Split(holdout, split_seed, full_train, rule, (scenario, untied(scenario)))
    if holdout == TIME_HOLDOUT:
        full_train, scenario = hold_out_late(dataset, cut)
        return Split(holdout, None, full_train, replace(validation, of="time"), (scenario,))
    if holdout in dataset.folds:
        full_train, scenario = _hold_out_fold(dataset, holdout)
        return Split(holdout, None, full_train, validation, (scenario,))
    raise UsageError(
        f"The data set {dataset.name} has no holdout {holdout!r}.",
        f"Choose one of: {', '.join(['users', 'last', 'time', *dataset.folds, 'none'])}",
    )


def sample_users(n_users: int, share: float, seed: int) -> NDArray[np.int64]:
    """Sample ``round(share * n_users)`` user rows, at least 1, in the order of sampling.

    The same rows as pandas' ``users.sample(frac=share, random_state=seed)``.
    """
    generator = np.random.RandomState(seed)
    return generator.choice(n_users, size=max(round(share * n_users), 1), replace=False).astype(
        np.int64
    )


def fold_in(histories: Histories, generator: np.random.Generator) -> tuple[Histories, Histories]:
    """Split the ratings of each user into a history and targets.

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
    dataset: Dataset, rows: NDArray[np.int64], seed: int
) -> tuple[Dataset, tuple[Scenario, Scenario]]:
    """Move all ratings of the users at ``rows`` out of ``dataset``.

    Returns the remaining part and the scenarios cold-start and fold-in of these users.
    """
    rows = np.sort(rows)
    remaining, moved = move_out(dataset, np.isin(dataset.ratings.user_rows, rows))
    users, full = dataset.users.take(rows), moved.take(rows)
    known, targets = fold_in(full, np.random.default_rng(seed))
    return remaining, (
        Scenario(COLD_START, users, Histories.empty(len(rows)), full),
        Scenario(FOLD_IN, users, known, targets),
    )


def _hold_out_fold(dataset: Dataset, fold: str) -> tuple[Dataset, Scenario]:
    mask = np.zeros(len(dataset.ratings), dtype=np.bool_)
    mask[dataset.folds[fold]] = True
    train, moved = move_out(dataset, mask)
    rows = np.flatnonzero(moved.counts)
    histories, targets = train.histories.take(rows), moved.take(rows)
    return train, Scenario(RATING, dataset.users.take(rows), histories, targets)


def training_users(train: Dataset) -> NDArray[np.int64]:
    """Return the rows of the users who have a rating in ``train``, ascending."""
    return np.unique(train.ratings.user_rows).astype(np.int64)


def split_users(train: Dataset, share: float, seed: int) -> tuple[Dataset, Scenario]:
    """Move all ratings of a ``share`` of the training users out of ``train``.

    Returns the remaining part and these users, with all their ratings as targets.
    """
    remaining, (cold_start, _) = hold_out(train, _sampled_training_users(train, share, seed), seed)
    return remaining, cold_start


def split_ratings(train: Dataset, share: float, seed: int) -> tuple[Dataset, Scenario]:
    """Move a fifth of the ratings of a ``share`` of the training users out of ``train``.

    At most `MOST_VALIDATION_USERS` users are sampled. Returns the remaining part, and these users
    with that fifth as targets and their other ratings as histories.
    """
    share = min(share, MOST_VALIDATION_USERS / max(len(training_users(train)), 1))
    rows = _sampled_training_users(train, share, seed)
    known, targets = fold_in(train.histories.take(rows), np.random.default_rng(seed))
    n_films = len(train.films)
    target_keys = rows[targets.user_rows] * n_films + targets.film_rows
    keys = train.ratings.user_rows.astype(np.int64) * n_films + train.ratings.film_rows
    remaining, _ = move_out(train, np.isin(keys, target_keys))
    return remaining, Scenario(FOLD_IN, train.users.take(rows), known, targets)


def _sampled_training_users(train: Dataset, share: float, seed: int) -> NDArray[np.int64]:
    """Sample a share of the users who have a rating in ``train``; ascending rows."""
    candidates = training_users(train)
    return np.sort(candidates[sample_users(len(candidates), share, seed)])
