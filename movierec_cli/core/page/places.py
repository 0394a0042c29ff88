"""Places of films on a map: near each other where the same users like them.

Neighbors of films attract each other and random films repel each other, as in UMAP (McInnes, Healy
and Melville, 2018, UMAP: uniform manifold approximation and projection), from the two principal
directions of the films on.
"""

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray

SPAN = 1000
"""Places are whole numbers of 0 to this."""

_MOST_MAPPED = 2_000  # films on a map; more are a fog
_FEWEST_RATINGS = 10  # of a film on a map; films that few users rated make islands
_FEWEST_MAPPED = 200

_NEIGHBORS = 15
_STEPS = 200
_REPELLED = 5  # random films that repel a film in each step


def mapped_films(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the films of a map, of ``rows`` with the most rated films first."""
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))[rows]
    known = int(np.sum(counts >= _FEWEST_RATINGS))
    return rows[: min(max(known, _FEWEST_MAPPED), _MOST_MAPPED)]


def film_places(vectors: FloatArray, seed: int = 0) -> NDArray[np.int32]:
    """Return the places of films, [n, 2], from their similarity vectors [n, d]."""
    n_films = len(vectors)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    centered = (unit - unit.mean(axis=0)).astype(np.float64)
    _, directions = np.linalg.eigh(centered.T @ centered)  # the principal ones last
    places = centered @ directions[:, :-3:-1]
    places *= 5 / np.maximum(places.std(axis=0), 1e-12)
    neighbors = _neighbors(unit)  # [n, m]
    generator = np.random.default_rng(seed)
    for step in range(_STEPS):
        # gradients of log q for neighbors and of log(1 - q) for others, with q = 1 / (1 + d^2)
        apart = places[:, None] - places[neighbors]  # [n, m, 2]
        pull = 2 * apart / (1 + (apart**2).sum(axis=2, keepdims=True))
        moves = -pull.sum(axis=1)
        moves += _summed(neighbors.ravel(), pull.reshape(-1, 2), n_films)
        others = generator.integers(n_films, size=(n_films, _REPELLED))
        apart = places[:, None] - places[others]
        square = (apart**2).sum(axis=2, keepdims=True)
        push = 2 * apart / ((0.1 + square) * (1 + square))
        moves += 2 * neighbors.shape[1] / _REPELLED * np.clip(push, -4, 4).sum(axis=1)
        places += 0.1 * (1 - step / _STEPS) * np.clip(moves, -10, 10)
    return _on_map(places)


def _neighbors(unit: FloatArray) -> NDArray[np.int64]:
    """Return the most similar other films of each, [n, m]."""
    similarity = unit @ unit.T
    np.fill_diagonal(similarity, -np.inf)
    m = min(_NEIGHBORS, len(unit) - 1)
    return np.argpartition(-similarity, max(m - 1, 0), axis=1)[:, :m]


def _summed(rows: NDArray[np.int64], values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return the sum of the values [n_entries, 2] of each row, [n, 2]."""
    return np.stack([np.bincount(rows, weights=axis, minlength=n) for axis in values.T], axis=1)


def _on_map(places: NDArray[np.float64]) -> NDArray[np.int32]:
    """Scale places [n, 2] to the map, half of the way to equal numbers of films along each axis."""
    ranks = places.argsort(axis=0).argsort(axis=0) / max(len(places) - 1, 1)
    low, high = np.quantile(places, [0.01, 0.99], axis=0)
    shares = np.clip((places - low) / np.maximum(high - low, 1e-12), 0, 1)
    return np.asarray(np.rint(SPAN * (ranks + shares) / 2), np.int32)
