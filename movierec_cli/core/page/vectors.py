"""Vectors of a dnn in a few bits a number, with the lists of the model kept.

The score is a sum over components c (see `movierec_cli.core.models.dnn.model`), and a rotation R_c
of both sides changes neither a score nor the length of a user vector,

    u_c . f_c = (u_c R_c) . (f_c R_c)            R_c [d_c, d_c]: principal axes of the user vectors

Along these axes the user vectors of a sample have the spread s [D], and the film vectors of
well-known films, which fill the lists, the spread t [D]. An error of a film vector costs s of its
axis, one of a history vector t. So each number is rounded to a multiple of a step,

    f_ik = a_ik * scale_ic / s_k                                          a_ik, b_ik whole numbers
    h_ik = b_ik * scale'_ic / t_k + slope_k f_ik + mean_k

with a scale for each film and component: small in film vectors of films that are in many lists, and
in history vectors of films that many rate. History vectors are
nearly a multiple of the film vectors along each axis; only the rest is rounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.models.dnn.model import Dnn

_SAMPLE = 300  # users whose vectors give the axes, with all ratings and with some
_FILM_STEP, _HISTORY_STEP = 2.2e-5, 1.1e-4  # of the film in most lists, and of the most rated one
_LISTED, _LISTED_POWER = 10, 1.5  # places of a list, and how fast a film behind them matters less
_SHOWN_POWER = 0.77  # of the weight of a film in lists, in the steps of the others
_COARSEST = 150.0  # step of a film vector, relative to that of the film in most lists
_HISTORY_POWER = 0.45  # of the share of ratings, in the steps of the others
_KNOWN_POWER = 1.75  # of the number of ratings, in the weight of a film for history vectors
_LENGTH_POWER = 0.5  # of the length of a history vector, in its step
_NO_SPREAD = 1e-5  # of an axis, relative to the largest, at which it is left out
_SMALLEST_SPREAD = 0.02  # of an axis, relative to the largest, in the steps
_LARGEST = 29_000.0  # whole number before scales are rounded; two bytes hold 32,639
_OCTAVE = 4  # steps of a scale between a number and its double

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PackedPart:
    """A component for the page; d axes, N films, K demographic features.

    Attributes
    ----------
    films, histories
        The whole numbers a and b, [N, d]; the latter 0 where no history is read.
    film_scales, history_scales
        The scales as exponents of 2^(1/4), [N] int8.
    film_steps, history_steps
        1 / s and 1 / t times the step of scale 1, [d].
    slope, mean
        The prediction of history vectors, [d].
    demographics, constant
        [K, d] and [d], as in the model.
    weight, gate
        As in `movierec_cli.core.models.dnn.components.Component`.
    """

    films: Ints
    histories: Ints
    film_scales: NDArray[np.int8]
    history_scales: NDArray[np.int8]
    film_steps: Floats
    history_steps: Floats
    slope: Floats
    mean: Floats
    demographics: Floats
    constant: Floats
    weight: float
    gate: int

    def unpacked(self) -> tuple[Floats, Floats]:
        """Return the film and history vectors as the page computes them, [N, d] each."""
        films = self.films * _factors(self.film_scales) * self.film_steps
        histories = self.histories * _factors(self.history_scales) * self.history_steps
        return films, histories + self.slope * films + self.mean


def pack(model: Dnn, dataset: Dataset, rows: NDArray[np.int64]) -> list[PackedPart]:
    """Return the components with the films at ``rows`` [N]."""
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))[rows]
    users = _sampled_user_vectors(model, dataset)
    shown = _shown(users @ model.film_vectors[rows].T)
    return [
        _packed(part, directions, counts, shown)
        for part, directions in zip(_parts(model, rows), _split(users, model), strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Part:
    """A component of the model in double precision."""

    films: Floats  # [N, d]
    histories: Floats  # [N, d]
    demographics: Floats  # [K, d]
    constant: Floats  # [d]
    weight: float
    gate: int

    def rotated(self, axes: Floats) -> "_Part":
        return replace(
            self,
            films=self.films @ axes,
            histories=self.histories @ axes,
            demographics=self.demographics @ axes,
            constant=self.constant @ axes,
        )


def _split(columns: FloatArray, model: Dnn) -> list[Floats]:
    """Return the columns of each component of an array [..., D]."""
    ends = np.cumsum(model.weights["component_sizes"].astype(np.int64))[:-1]
    return np.split(columns.astype(np.float64), ends, axis=-1)


def _parts(model: Dnn, rows: NDArray[np.int64]) -> Iterator[_Part]:
    weights = model.weights
    columns = zip(
        _split(weights["film_vectors"][rows], model),
        _split(weights["history_vectors"][rows], model),
        _split(weights["demographic_vectors"], model),
        _split(weights["constant"], model),
        strict=True,
    )
    factors = zip(weights["component_weights"], weights["component_gates"], strict=True)
    for arrays, (weight, gate) in zip(columns, factors, strict=True):
        yield _Part(*arrays, weight=float(weight), gate=int(gate))


def _sampled_user_vectors(model: Dnn, dataset: Dataset) -> FloatArray:
    """Return vectors of users with all ratings, without any, and with some of them, [n, D].

    The demographics of the last are unknown.
    """
    generator = np.random.default_rng(0)
    rated = np.flatnonzero(dataset.histories.counts)
    rows = generator.permutation(rated)[:_SAMPLE]
    users, histories = dataset.users.take(rows), dataset.histories.take(rows)
    shares = generator.random(len(rows))[histories.user_rows] ** 2
    some = histories.where(generator.random(len(shares)) < shares)
    samples = ((histories, users), (Histories.empty(len(rows)), users),
               (some, Users.unknown(len(rows))))  # fmt: skip
    return np.concatenate([model.user_vectors(*sample) for sample in samples])


def _packed(part: _Part, users: Floats, counts: Ints, shown: Floats) -> PackedPart:
    """Rotate a component to the principal axes of ``users`` [n, d], and round it to steps.

    ``counts`` and ``shown`` [N] are the ratings and the weight in lists of each film.
    """
    axes, spread = _principal_axes(users)
    part = part.rotated(axes)
    rarity = (counts.max() + 1.0) / (counts + 1.0)  # [N], 1 for the most rated film
    film_steps = _FILM_STEP / part.weight / spread
    largest = np.abs(part.films / film_steps).max(axis=1, initial=1e-9)
    coarseness = np.minimum((shown / shown.max()) ** -_SHOWN_POWER, _COARSEST)
    film_scales = _exponents(np.maximum(coarseness, largest / _LARGEST))
    films = np.rint(part.films / (_factors(film_scales) * film_steps))
    lengths = np.linalg.norm(part.histories, axis=1)
    relative = np.maximum(lengths / max(float(np.average(lengths, weights=counts + 1)), 1e-9), 0.01)
    history_scales = _exponents(rarity**_HISTORY_POWER * relative**_LENGTH_POWER)
    history_steps = _history_steps(part, counts)
    rounded = films * _factors(film_scales) * film_steps
    slope, mean = _regression(part.histories, rounded, _factors(history_scales) * history_steps)
    rest = part.histories - slope * rounded - mean
    histories = np.rint(rest / (_factors(history_scales) * history_steps))
    return PackedPart(
        films.astype(np.int32), histories.astype(np.int32), film_scales, history_scales,
        film_steps, history_steps, slope, mean, part.demographics, part.constant, part.weight,
        part.gate,
    )  # fmt: skip


def _shown(scores: FloatArray) -> Floats:
    """Return the weight of each film in the lists of users with ``scores`` [n, N], [N].

    It is the mean of (1 + rank / 10)^-1.5: filters show a film behind the first ones too.
    """
    ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
    weights = (1 + ranks / _LISTED) ** -_LISTED_POWER
    return np.asarray(weights.mean(axis=0), np.float64)


def _principal_axes(users: Floats) -> tuple[Floats, Floats]:
    """Return the axes R [d, d'] and the spread s [d'] of user vectors [n, d], the widest first.

    Axes without spread are left out: no user vector has a part there.
    """
    lengths = np.linalg.norm(users, axis=1, keepdims=True)
    directions = users / np.maximum(lengths, 1e-12)
    variance, axes = np.linalg.eigh(directions.T @ directions / max(np.sum(lengths > 0), 1))
    spread = np.sqrt(np.maximum(variance, 0))
    kept = np.flatnonzero(spread >= _NO_SPREAD * spread.max())[::-1]
    return axes[:, kept], np.maximum(spread[kept], _SMALLEST_SPREAD * spread.max())


def _history_steps(part: _Part, counts: Ints) -> Floats:
    """Return the step of the history vectors along each axis, [d]."""
    weights = (counts + 1.0) ** _KNOWN_POWER  # of well-known films
    spread = np.sqrt(np.average(part.films**2, axis=0, weights=weights))  # t
    spread /= max(float(np.sqrt(np.mean(spread**2))), 1e-12)
    length = float(np.average(np.linalg.norm(part.histories, axis=1), weights=counts + 1))
    return _HISTORY_STEP * max(length, 1e-9) / part.weight / np.maximum(spread, 0.05)


def _regression(histories: Floats, films: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Return the slope and mean [d] that predict history vectors [N, d] along each axis."""
    weights = steps**-2.0
    mean = histories.mean(axis=0)
    slope = (weights * films * (histories - mean)).sum(axis=0)
    return slope / np.maximum((weights * films**2).sum(axis=0), 1e-12), mean


def _exponents(factors: Floats) -> NDArray[np.int8]:
    return np.asarray(np.rint(_OCTAVE * np.log2(factors)), np.int8)


def _factors(exponents: NDArray[np.int8]) -> Floats:
    """Return scales [N, 1] from their exponents."""
    return np.asarray(2.0 ** (exponents[:, None].astype(np.float64) / _OCTAVE))
