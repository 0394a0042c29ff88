"""The number of films that the closed-form components are exact for, within a memory budget."""

import math
import os

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.inverses import HEAD, MOST_ROWS, has_few_rows
from movierec_cli.core.parallel.group import group

_GB = 1e9
_PROGRAM = 0.4 * _GB  # bytes of the program and its libraries
_OF_RATING = 250  # bytes: the histories and their grids over the time, as sparse matrices
_OF_PAIR = 3 * 4  # bytes of a pair of films in three inverses
_TEMPORAL_HEAD = 3_000  # films with temporal co-occurrence where users are few
_FEWEST = 500  # films that are exact in any case
_ASSUMED = 8 * _GB  # memory of a machine that does not tell it


def exact_films(memory: float, n_ratings: int, n_films: int) -> int:
    """Return how many of the most rated films the solutions are exact for.

    The budget ``memory`` is in GB. 0 stands for half of the machine's memory, of which at most
    `HEAD` films are made use of: the time grows with their third power. Each of several processes
    has the budget for its share of the ratings, by default a share of its machine's half; the
    smallest number of films is that of all.

    Raises
    ------
    UsageError
        If the budget is too small for the ratings, with the smallest that works.
    """
    processes = group()
    budget = memory * _GB or machine_memory() / 2 / processes.of_machine
    taken = _PROGRAM + _OF_RATING * n_ratings / processes.size
    fewest = min(_FEWEST, n_films)
    needed = taken + _OF_PAIR * fewest**2
    if budget < needed:
        least = math.ceil(needed / _GB * 10) / 10
        raise UsageError(
            f"{budget / _GB:.1f} GB of memory are too little for {n_ratings:,} ratings.",
            f"Give at least: --memory {least:g}",
        )
    most = min(n_films, n_films if memory else HEAD)
    return processes.least(min(int(((budget - taken) / _OF_PAIR) ** 0.5), most))


def exactness(n_users: int, n_films: int, head: int) -> dict[str, str]:
    """Return the numbers of films that are solved exactly, in words, for a manifest."""
    exact = n_films if has_few_rows(n_users, n_films) else min(head, n_films)
    temporal = min(temporal_head(n_users, head), n_films)
    return {
        "films solved exactly": f"{exact:,} of {n_films:,}",
        "films with temporal co-occurrence": f"{temporal:,} of {n_films:,}",
    }


def temporal_head(n_users: int, head: int) -> int:
    """Return how many of the most rated films have temporal co-occurrence, of a ``head``."""
    return min(head, _TEMPORAL_HEAD) if n_users <= MOST_ROWS else head


def machine_memory() -> float:
    """Return the memory of the machine in bytes."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return _ASSUMED
