"""Scenarios: users with known ratings and the ratings that a model has to predict."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, Histories, Users

COLD_START: Final = "cold-start"
FOLD_IN: Final = "fold-in"
RATING: Final = "rating"
NEXT: Final = "next"
UNTIED: Final = "next-untied"
LATER: Final = "later"

LAST_HOLDOUT: Final = "last"
TIME_HOLDOUT: Final = "time"
SEEDED: Final = ("users", LAST_HOLDOUT)
"""The holdouts that a split seed samples."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """Users with the ratings that a model gets and the ratings that it has to predict.

    Attributes
    ----------
    name
        ``cold-start``, ``fold-in``, ``rating``, ``next``, ``next-untied`` or ``later``.
    histories
        [n_users] the ratings that the model gets; their films are not ranked.
    targets
        [n_users] the ratings that it is measured on.
    least_relevant
        The lowest rating of a relevant target: 4 stars, or 0 where every target is relevant.
    """

    name: str
    users: Users
    histories: Histories
    targets: Histories
    least_relevant: float = RELEVANT_RATING

    def take(self, rows: NDArray[np.int64], name: str) -> "Scenario":
        """Return the scenario of the users at ``rows``, under another name."""
        users, histories = self.users.take(rows), self.histories.take(rows)
        return Scenario(name, users, histories, self.targets.take(rows), self.least_relevant)


@dataclass(frozen=True)
class Validation:
    """The rule that takes the validation part out of the training ratings.

    Attributes
    ----------
    of
        ``ratings`` takes a fifth of the ratings of each sampled user; ``users`` takes all of them;
        ``last`` takes the last rating of each user, ``time`` the last tenth of all ratings.
    share
        Share of the training users that are sampled, 0 to below 1; not for ``last`` and ``time``.
    seed
        Samples the users and their ratings; for ``last`` it draws among ratings of the same time.
    """

    of: Literal["ratings", "users", "last", "time"] = "ratings"
    share: float = 0.1
    seed: int = 0


DEFAULT_VALIDATION: Final = Validation()


def move_out(dataset: Dataset, mask: NDArray[np.bool_]) -> tuple[Dataset, Histories]:
    """Return the data set without the ratings of a mask, and these ratings of all users."""
    moved = Histories.from_ratings(dataset.ratings.take(mask), len(dataset.users))
    return dataset.with_ratings(dataset.ratings.take(~mask)), moved
