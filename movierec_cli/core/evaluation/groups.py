"""Metrics by group of users: gender, age, activity, and the time before the last rating."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, Dataset, Histories, Users
from movierec_cli.core.data.ordering import last_gaps
from movierec_cli.core.data.scenarios import NEXT, UNTIED
from movierec_cli.core.evaluation.metrics import RANKING
from movierec_cli.core.evaluation.per_user import PerUser

FEW_USERS = 20
"""A group of fewer users is small: chance decides its metrics."""

_AGES = {"<25": 25, "25-34": 35, "35-49": 50, "50+": np.inf}
"""Bands of ages: name -> the first age above it. All are unions of bands of MovieLens 1M."""


_GAPS = {"0 s": 1, "<1 min": 60, "<1 h": 3600, ">1 h": np.inf}
"""Bands of the seconds between the last two ratings of a user: name -> the first above it."""


@dataclass(frozen=True)
class GroupResult:
    """The ranking metrics of the users of a group.

    Attributes
    ----------
    attribute, group
        ``gender`` (M, F), ``age`` (years), ``activity`` (ratings) or ``gap`` (the time between the
        last two ratings), and the value or band.
    users
        The number of users that the metrics are means over: those with a relevant film.
    metrics
        A value for each name in `RANKING`; ``None`` without users.
    """

    attribute: str
    group: str
    users: int
    metrics: Mapping[str, float | None]

    @property
    def is_small(self) -> bool:
        """True for a group in which chance decides."""
        return self.users < FEW_USERS


def by_group(dataset: Dataset, per_user: PerUser, scenario: str) -> list[GroupResult]:
    """Return the metrics of each group of the measured users; groups without users are left out.

    Activity is the number of ratings in the whole data set, in thirds of the measured users. Where
    the scenario asks for the next film, there are groups by the time before it.
    """
    rows = np.searchsorted(dataset.users.ids, per_user.ids)
    counted = per_user.counts["ranking"] > 0
    histories = dataset.histories.take(rows)
    groups = _groups(dataset.users.take(rows), histories.counts, counted)
    by_gap = _gap_groups(histories) if scenario in (NEXT, UNTIED) else ()
    found = []
    for attribute, group, mask in chain(groups, by_gap):
        chosen = mask & counted
        if chosen.any():
            means = per_user.means(chosen)
            metrics = {name: means[name] for name in RANKING}
            found.append(GroupResult(attribute, group, int(chosen.sum()), metrics))
    return found


def _groups(
    users: Users, ratings: NDArray[np.int64], counted: NDArray[np.bool_]
) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Yield the attribute, the name and the members of each group."""
    for code, gender in enumerate(GENDERS):
        yield "gender", gender, users.gender == code
    lowest = 0.0
    for band, above in _AGES.items():
        yield "age", band, (users.age >= lowest) & (users.age < above)
        lowest = above
    if counted.any():
        low, high = np.quantile(ratings[counted], (1 / 3, 2 / 3), method="lower").tolist()
        yield "activity", f"<={low}", ratings <= low
        yield "activity", f"{low + 1}-{high}", (ratings > low) & (ratings <= high)
        yield "activity", f">{high}", ratings > high


def _gap_groups(histories: Histories) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    gaps = last_gaps(histories)
    lowest = 0.0
    for band, above in _GAPS.items():
        yield "gap", band, (gaps >= lowest) & (gaps < above)
        lowest = above
