"""How good the recommendations are for somebody who names a handful of favorites."""

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING, Histories, Users
from movierec_cli.core.data.splits import COLD_START, DEFAULT_SPLIT_SEED, Scenario, Split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.query import LIKED

FAVORITES = (1, 3, 5, 10)
"""The numbers of favorites that are measured."""


def favorites_scenario(split: Split, k: int, at_least: int = max(FAVORITES)) -> Scenario:
    """Let each held-out user name ``k`` films at random that she likes, and nothing else.

    The films count as ratings of 5, as favorites do that somebody types; demographics are not
    told. The targets are all other ratings. The users are those with more than ``at_least`` liked
    films, the same for every ``k``, and of each of them the favorites of a smaller ``k`` are
    among those of a larger one.

    Raises
    ------
    UsageError
        If the split holds out no users, or ``k`` is not between 0 and ``at_least``.
    """
    if not 0 <= k <= at_least:
        raise UsageError(f"{k} favorites cannot be measured.", f"Ask for 0 to {at_least}.")
    cold = next((scenario for scenario in split.scenarios if scenario.name == COLD_START), None)
    if cold is None:
        raise UsageError("The split holds out no users.", "Use: --holdout users")
    everything = cold.targets
    liked = everything.ratings >= RELEVANT_RATING
    counts = np.bincount(everything.user_rows[liked], minlength=len(everything))
    chosen = np.flatnonzero(counts > at_least)
    targets = everything.take(chosen)
    named = _draw(targets, k, split.split_seed or DEFAULT_SPLIT_SEED)
    told = targets.where(named)
    told = Histories(told.indptr, told.film_rows, np.full_like(told.ratings, LIKED),
                     told.timestamps)  # fmt: skip
    users = Users.unknown(len(chosen))
    return Scenario(f"favorites-{k}", users, told, targets.where(~named))


def _draw(histories: Histories, k: int, seed: int) -> np.ndarray:
    """Mark ``k`` liked entries of each user, drawn at random, [n_entries]."""
    liked = histories.ratings >= RELEVANT_RATING
    order = np.random.default_rng(seed).random(len(liked))
    order[~liked] = np.inf
    by_user = np.lexsort((order, histories.user_rows))
    place = np.arange(len(liked)) - histories.indptr[histories.user_rows]  # within the user
    named = np.zeros(len(liked), np.bool_)
    named[by_user] = place < k
    return named
