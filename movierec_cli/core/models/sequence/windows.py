"""Windows of films for the transformer to train on, fresh in every epoch."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Histories
from movierec_cli.core.data.ordering import chronological


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of B users, padded at the end to L places, with the film that follows each place."""

    films: NDArray[np.int64]  # [B, L]
    next_films: NDArray[np.int64]  # [B, L]
    is_film: NDArray[np.bool_]  # [B, L]; false in padding

    def seen(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs of a place and a film at it or before it in its window.

        Places are counted over all windows, without padding.
        """
        length = self.films.shape[1]
        earlier = np.tril(np.ones((length, length), np.bool_)) & self.is_film[:, :, None]
        user, place, before = np.nonzero(earlier)
        numbers = np.cumsum(self.is_film).reshape(self.is_film.shape) - 1
        return numbers[user, place], self.films[user, before]


def sample_windows(
    histories: Histories, length: int, n_users: int, size: int, generator: np.random.Generator
) -> Iterator[Windows]:
    """Yield windows of up to ``n_users`` users, ``size`` at a time, those of like length together.

    Each window has a random place in its history, and ratings of one time a random order.
    """
    order = chronological(histories, generator.random(len(histories.film_rows)))
    films = histories.film_rows[order].astype(np.int64)
    users = generator.permutation(np.flatnonzero(histories.counts > 1))[:n_users]
    counts = np.minimum(histories.counts[users] - 1, length)
    users = users[np.argsort(counts, kind="stable")]
    blocks = [users[start : start + size] for start in range(0, len(users), size)]
    for block in (blocks[at] for at in generator.permutation(len(blocks))):
        counts = np.minimum(histories.counts[block] - 1, length)
        free = histories.counts[block] - 1 - counts
        starts = histories.indptr[:-1][block] + generator.integers(0, free + 1)
        places = np.arange(counts.max())
        is_film = places < counts[:, None]
        at = np.where(is_film, starts[:, None] + places, 0)
        yield Windows(films[at], films[at + 1], is_film)
