"""Splits by time: the last rating of each user, and all ratings from a cut on."""

from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.ordering import chronological
from movierec_cli.core.data.scenarios import LATER, NEXT, UNTIED, Scenario, move_out
from movierec_cli.core.errors import DataError, UsageError

LATE_SHARE = 0.1
"""Share of the ratings that the default cut holds out."""

_FEWEST_EARLIER = 5  # ratings before the cut of a user who is asked about the time after it


def hold_out_last(dataset: Dataset, fewest: int, seed: int) -> tuple[Dataset, Scenario]:
    """Move the last rating of each user with ``fewest`` ratings or more out of ``dataset``.

    Among ratings of the same time the seed draws the last one.

    Raises
    ------
    DataError
        If the ratings have no order, or no user has enough of them.
    """
    _require_order(dataset)
    histories = dataset.histories
    tie_order = np.random.default_rng(seed).random(len(dataset.ratings))
    order = chronological(histories, tie_order)
    rows = np.flatnonzero(histories.counts >= fewest)
    if not len(rows):
        raise DataError(
            f"No user of {dataset.name} has {fewest} ratings left: too few to hold out the last "
            "one.",
            "Hold out users instead: --holdout users",
        )
    is_last = np.zeros(len(order), np.bool_)
    is_last[order[histories.indptr[1:][rows] - 1]] = True
    train, moved = move_out(dataset, is_last)
    known, targets = train.histories.take(rows), moved.take(rows)
    return train, Scenario(NEXT, dataset.users.take(rows), known, targets, least_relevant=0.0)


def untied(scenario: Scenario) -> Scenario:
    """Return the users whose last rating alone has its time, so that no draw chose it."""
    known, last = scenario.histories, scenario.targets.timestamps  # one target for each user
    tied_users = known.user_rows[known.timestamps == last[known.user_rows]]
    tied = np.bincount(tied_users, minlength=len(known))
    return scenario.take(np.flatnonzero(tied == 0), UNTIED)


def hold_out_late(dataset: Dataset, cut: str | None) -> tuple[Dataset, Scenario]:
    """Move all ratings from a day on out of ``dataset``, by default the last tenth.

    The scenario has the users with five ratings before the cut and one after it.

    Raises
    ------
    UsageError
        If the cut is no date, or leaves no rating on one of its sides.
    DataError
        If the ratings have no order, or there are no such users.
    """
    _require_order(dataset)
    times = dataset.ratings.timestamps
    start = late_start(times) if cut is None else _start_of(cut)
    if not times.min() < start <= times.max():
        first, last = _day(times.min()), _day(times.max())
        raise UsageError(
            f"The cut {cut} leaves no rating of {dataset.name} on one of its sides.",
            f"Its ratings are from {first} to {last}. Without --cut the last tenth is held out.",
        )
    train, moved = move_out(dataset, times >= start)
    rows = np.flatnonzero((train.histories.counts >= _FEWEST_EARLIER) & (moved.counts > 0))
    if not len(rows):
        raise DataError(
            f"No user of {dataset.name} has {_FEWEST_EARLIER} ratings before {_day(start)} and "
            "one after it.",
            "Choose an earlier or later day with --cut, or hold out users: --holdout users",
        )
    known, targets = train.histories.take(rows), moved.take(rows)
    return train, Scenario(LATER, dataset.users.take(rows), known, targets, least_relevant=0.0)


def _require_order(dataset: Dataset) -> None:
    times = dataset.ratings.timestamps
    if dataset.has_times and len(times) and times.min() < times.max():
        return
    raise DataError(
        f"The ratings of {dataset.name} have no times, or all the same: their order is not known.",
        "Hold out users instead: --holdout users",
    )


def late_start(times: NDArray[np.int64]) -> int:
    """Return the time that `LATE_SHARE` of the ratings are at or after, but never the first."""
    ordered = np.sort(times)
    start = ordered[int((1 - LATE_SHARE) * len(ordered))]
    return int(max(start, ordered[ordered > ordered[0]][0]))


def _start_of(day: str) -> int:
    """Return the first second of a day (UTC), since 1970."""
    try:
        parsed = date.fromisoformat(day.strip())
    except ValueError:
        raise UsageError(f"{day!r} is no date.", "For example: --cut 1998-03-01") from None
    return int(datetime(parsed.year, parsed.month, parsed.day, tzinfo=UTC).timestamp())


def _day(time: int) -> str:
    return str(np.datetime64(int(time), "s").astype("datetime64[D]"))
