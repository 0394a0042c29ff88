"""What was rated in one moment: people rate page by page, so nearness in time says what is alike.

Only times of training ratings are read. Who asks for recommendations needs none.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from movierec_cli.core.data.dataset import FloatArray, Histories


def togetherness(gaps: NDArray[np.int64], half: float) -> FloatArray:
    """Return how much ratings that lie ``gaps`` seconds apart count as one moment, 0..1.

    1 / (1 + gap / half): as a function of two times it is positive semidefinite, so the matrix
    that `moment_gram` sums up is one that EASE can be solved with.
    """
    together = np.abs(gaps).astype(np.float32)  # one array, changed in place: there are many
    together /= half
    together += 1
    return np.reciprocal(together, out=together)


def moment_gram(histories: Histories, grades: FloatArray, n_films: int, half: float) -> Tensor:
    """Return how often two films were rated in one moment, [n_films, n_films].

    The sum over users of the product of the two films' grades times their `togetherness`. One
    dense matrix at a time, of one user's films by themselves.

    Parameters
    ----------
    grades
        What each rating counts, [n_entries].
    half
        The gap in seconds at which two ratings count half.
    """
    gram = np.zeros((n_films, n_films), np.float32)
    for start, end in zip(histories.indptr[:-1], histories.indptr[1:], strict=True):
        times, own = histories.timestamps[start:end], grades[start:end]
        together = togetherness(times[:, None] - times[None, :], half)
        films = histories.film_rows[start:end]
        gram[np.ix_(films, films)] += own[:, None] * own[None, :] * together
    return torch.from_numpy(gram)


def moment_weights(histories: Histories, chance: FloatArray, half: float) -> FloatArray:
    """Return how near each rating is to one moment of its user, [n_entries].

    Parameters
    ----------
    chance
        [n_users], 0 to below 1: which of her ratings is the moment.
    """
    chosen = histories.indptr[:-1] + (chance * histories.counts).astype(np.int64)
    moments = histories.timestamps[np.minimum(chosen, histories.indptr[1:] - 1)]
    return togetherness(histories.timestamps - moments[histories.user_rows], half)
