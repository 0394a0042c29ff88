"""Measures beyond accuracy: their formulas, and one table of their names, labels and directions.

L_u is the list of user u of the measured users U, at most k films. Of the training ratings, n_i are
of film i, and N users have any. The catalog has n films.

    coverage@k        = |union over u of L_u| / n
    popularity@k      = mean over u of mean over i in L_u of n_i / N
    novelty@k         = mean over u of mean over i in L_u of -log2(max(n_i, 1) / N)
    diversity@k       = mean over u of mean over pairs i < j in L_u of 1 - cos(v_i, v_j)
    genre diversity@k = the same, with the genres of a film as its vector
    Gini@k            = sum_i (2 i - n - 1) c_i / (n sum_i c_i),   c_1 <= ... <= c_n

v_i has a 1 for each training user who rated film i, else 0; so all models are measured with the
same vectors. A film without a training rating or a genre has distance 1 from every other. c are
the numbers of lists that each film of the catalog is in: 0 is equal exposure, nearly 1 is one list
for all. Lists without a film, or for pairs without two, are left out.

Castells, Hurley and Vargas (2022), Novelty and diversity in recommender systems; Ziegler et al.
(2005), Improving recommendation lists through topic diversification.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import training_users
from movierec_cli.core.eda.counting import named_genres
from movierec_cli.core.evaluation.metrics import FloatVector, Metric

BEYOND: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                "coverage", "list", True, "Coverage@{k}", "Cov.",
                "share of the catalog that is in any list",
            ),
            Metric(
                "popularity", "list", False, "Popularity@{k}", "Pop.",
                "mean share of the training users who rated a recommended film",
            ),
            Metric(
                "novelty", "list", True, "Novelty@{k}", "Novelty",
                "mean self-information of a recommended film, -log2 of that share, in bits",
            ),
            Metric(
                "diversity", "list", True, "Diversity@{k}", "Div.",
                "mean of 1 - cosine over the pairs of a list, films as vectors of their raters",
            ),
            Metric(
                "genre_diversity", "list", True, "Genre diversity@{k}", "Genre\ndiv.",
                "the same, films as vectors of their genres",
            ),
            Metric(
                "gini", "list", False, "Gini@{k}", "Gini",
                "inequality of the exposure: 0 for all films alike, 1 for one film alone",
            ),
        )
    }
)  # fmt: skip
"""Every measure by its name, in the order of the tables."""

MOST_USERS = 10_000
"""The number of training users that the vectors have; of more, as many are sampled."""

_BLOCK = 256  # lists measured at once; bounds the memory


@dataclass(frozen=True, eq=False)
class Reference:
    """Facts of the training ratings and films, by which the lists of every model are measured.

    Attributes
    ----------
    counts
        [n_films] the number of training ratings of each film.
    n_users
        The number of users who have any.
    raters
        [n_films, n_sampled] unit vectors of the training users who rated each film.
    genres
        [n_films, n_genres] unit vectors of the genres; ``None`` where no film has a genre.
    """

    counts: NDArray[np.int64]
    n_users: int
    raters: sparse.csr_array
    genres: sparse.csr_array | None

    @classmethod
    def of(cls, train: Dataset) -> "Reference":
        """Count and collect the training ratings."""
        users, n_films = training_users(train), len(train.films)
        sampled = users
        if len(users) > MOST_USERS:
            sampled = np.sort(np.random.default_rng(0).choice(users, MOST_USERS, replace=False))
        known = train.histories.take(sampled)
        entries = (np.ones(len(known.film_rows)), (known.film_rows, known.user_rows))
        genres = sparse.csr_array(train.films.genres[:, named_genres(train)].astype(np.float64))
        return cls(
            np.bincount(train.ratings.film_rows, minlength=n_films),
            len(users),
            _unit_rows(sparse.csr_array(entries, shape=(n_films, len(sampled)))),
            _unit_rows(genres) if genres.nnz else None,
        )


def beyond_accuracy(lists: NDArray[np.int32], reference: Reference) -> dict[str, float | None]:
    """Compute every measure of `BEYOND` for lists [n_users, k], negative where there is no film.

    A measure is ``None`` where no list has enough films, or no film a genre.
    """
    n_films = len(reference.counts)
    filled = lists >= 0
    sizes = filled.sum(axis=1)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    films = lists[filled]
    members = sparse.csr_array((np.ones(len(films)), films, starts), shape=(len(lists), n_films))
    exposure = np.bincount(films, minlength=n_films)
    information = -np.log2(np.maximum(reference.counts, 1) / reference.n_users)
    return {
        "coverage": float(np.mean(exposure > 0)),
        "popularity": _mean_in_lists(members, sizes, reference.counts / reference.n_users),
        "novelty": _mean_in_lists(members, sizes, information),
        "diversity": _diversity(members, sizes, reference.raters),
        "genre_diversity": _diversity(members, sizes, reference.genres),
        "gini": _gini(exposure),
    }


def _mean_in_lists(
    members: sparse.csr_array, sizes: NDArray[np.int64], values: FloatVector
) -> float | None:
    """Average ``values`` [n_films] within each list, and then over the lists."""
    some = sizes > 0
    return float(np.mean((members @ values)[some] / sizes[some])) if some.any() else None


def _diversity(
    members: sparse.csr_array, sizes: NDArray[np.int64], vectors: sparse.csr_array | None
) -> float | None:
    """Average 1 - cosine over the pairs of each list, and then over the lists.

    With unit or zero vectors v and s = sum_i v_i over a list of m films, the cosines of its pairs
    sum up to (|s|^2 - sum_i |v_i|^2) / 2, and there are m (m - 1) / 2 pairs.
    """
    some = np.flatnonzero(sizes > 1)
    if vectors is None or not len(some):
        return None
    norms = vectors.power(2).sum(axis=1)
    means = []
    for start in range(0, len(some), _BLOCK):
        rows = some[start : start + _BLOCK]
        block = members[rows]
        squares = (block @ vectors).power(2).sum(axis=1)
        means.append(1 - (squares - block @ norms) / (sizes[rows] * (sizes[rows] - 1)))
    return float(np.mean(np.concatenate(means)))


def _gini(exposure: NDArray[np.int64]) -> float | None:
    """Return the Gini coefficient of the exposure of each film, [n_films]."""
    n, total = len(exposure), exposure.sum()
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ np.sort(exposure) / (n * total)) if total else None


def _unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Scale each row that is not zero to length 1."""
    norms = np.sqrt(matrix.power(2).sum(axis=1))
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix)
