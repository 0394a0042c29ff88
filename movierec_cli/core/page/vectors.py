"""Vectors of a dnn in a few bits a number, with the lists of the model kept.

The score is a sum over components c (see `movierec_cli.core.models.dnn.model`), and a rotation R_c
of both sides changes neither a score nor the length of a user vector,

    u_c . f_c = (u_c R_c) . (f_c R_c)            R_c [d_c, d_c]: principal axes of the user vectors

Along these axes the user vectors of a sample have the spread s [d], and the film vectors in their
lists the spread t [d]. An error of a film vector costs s of its
axis, one of a history vector t. So the steps of rounding are

    of f_i  ~  (mean w / w_i)^0.5 / s             w_i the weight of film i in the lists
    of h_i  ~  (mean n / n_i)^0.5 / t             n_i its ratings

which spends the bits where the squared errors of lists fall most with them; in a small catalog, a
share of the largest w or n stands for the mean. History vectors are
nearly a multiple of the film vectors along each axis; only the rest is rounded:

    h_i = slope f_i + mean + rest_i               0 for a film that the component does not read
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.page.rounding import Floats, RoundedVectors, rounded

DEMOGRAPHIC_STEPS = 4  # in a step of the history vectors
_SAMPLE = 500  # users whose vectors give the axes
_BLOCKS = 10  # of these users, to take little memory
_LONGEST = 30  # of their histories: few people rate more films on a page
_STEP = 1.85e-4  # of a film of mean weight, relative to a score
_MOST_SHOWN, _MOST_KNOWN = 0.065, 0.18  # mean weight and mean ratings, relative to the largest
_LISTED, _LISTED_POWER = 20, 0.7  # places of a list, and how fast a film behind them matters less
_NO_SPREAD = 1e-5  # of an axis, relative to the largest, at which it is left out
_SMALLEST_SPREAD = 0.03  # of an axis, relative to the largest, in the steps

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class PackedPart:
    """A component for the page; d axes, N films, K demographic features.

    Attributes
    ----------
    films, rests
        Film vectors, and history vectors less their prediction, [N, d].
    is_read
        False for films whose history vector is 0, [N].
    slope, mean
        The prediction of history vectors, [d].
    demographics
        Demographic vectors in quarters of the steps of ``rests``, [K, d].
    constant
        [d], as in the model.
    weight, gate
        As in `movierec_cli.core.models.dnn.components.Component`.
    """

    films: RoundedVectors
    rests: RoundedVectors
    is_read: NDArray[np.bool_]
    slope: Floats
    mean: Floats
    demographics: NDArray[np.int32]
    constant: Floats
    weight: float
    gate: int

    def unpacked(self) -> tuple[Floats, Floats]:
        """Return the film and history vectors as the page computes them, [N, d] each."""
        films = self.films.unpacked()
        histories = self.rests.unpacked() + self.slope * films + self.mean
        return films, histories * self.is_read[:, None]


def pack(model: Dnn, dataset: Dataset, rows: NDArray[np.int64]) -> list[PackedPart]:
    """Return the components of the score with the films at ``rows`` [N]."""
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))[rows]
    users = _sampled_user_vectors(model, dataset)
    shown = _shown(users, model.film_vectors[rows])
    return [
        _packed(part, directions, counts, shown)
        for part, directions in zip(_parts(model, rows), _split(users, model), strict=True)
        if part.weight > 0
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
    """Return vectors of users with 1 to 30 ratings and with none, [n, D].

    The ratings are those of a user, or the same ones of films that are drawn by popularity; the
    demographics are unknown or those of the user.
    """
    generator = np.random.default_rng(0)
    rows = generator.choice(np.flatnonzero(dataset.histories.counts), _SAMPLE)
    users, histories = dataset.users.take(rows), dataset.histories.take(rows)
    shares = generator.integers(1, _LONGEST, _SAMPLE, endpoint=True) / histories.counts
    kept = generator.random(len(histories.film_rows)) < shares[histories.user_rows]
    own, every = histories.where(kept), dataset.histories.film_rows
    drawn = replace(own, film_rows=generator.choice(every, len(own.film_rows)))
    unknown, none = Users.unknown(_SAMPLE), Histories.empty(_SAMPLE)
    samples = ((own, unknown), (drawn, unknown), (own, users), (drawn, users), (none, users))
    return np.concatenate([model.user_vectors(*sample) for sample in samples])


def _packed(part: _Part, users: Floats, counts: Ints, shown: Floats) -> PackedPart:
    """Rotate a component to the principal axes of ``users`` [n, d], and round it to steps.

    ``counts`` and ``shown`` [N] are the ratings and the weight in lists of each film.
    """
    axes, spread = _principal_axes(users)
    part = part.rotated(axes)
    films = rounded(part.films, _STEP / part.weight / spread, _coarseness(shown, _MOST_SHOWN))
    known = films.unpacked()
    steps = _history_steps(part, counts, shown)
    coarseness = _coarseness(counts + 1.0, _MOST_KNOWN)
    slope, mean = _regression(part.histories, known, coarseness[:, None] * steps)
    rests = rounded(part.histories - slope * known - mean, steps, coarseness)
    demographics = np.rint(part.demographics / (steps / DEMOGRAPHIC_STEPS)).astype(np.int32)
    return PackedPart(
        films, rests, np.any(part.histories != 0, axis=1), slope, mean, demographics, part.constant,
        part.weight, part.gate,
    )  # fmt: skip


def _coarseness(weights: NDArray[np.floating[Any]], most: float) -> Floats:
    """Return the step of each film by its weight, relative to `_STEP`, [N]."""
    return np.asarray(np.sqrt(min(weights.mean(), most * weights.max()) / weights))


def _shown(users: FloatArray, films: FloatArray) -> Floats:
    """Return the weight of each film [N, D] in the lists of ``users`` [n, D], [N].

    It is the mean of (1 + rank / 20)^-0.7: filters show a film behind the first ones too.
    """
    of_ranks = (1 + np.arange(len(films)) / _LISTED) ** -_LISTED_POWER
    shown = np.zeros(len(films))
    for block in np.array_split(users, _BLOCKS):
        for scores in block @ films.T:
            shown[np.argsort(-scores)] += of_ranks
    return shown / len(users)


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


def _history_steps(part: _Part, counts: Ints, shown: Floats) -> Floats:
    """Return the step of the history vectors along each axis, [d]."""
    centered = part.films - np.average(part.films, axis=0, weights=shown)
    spread = np.sqrt(np.average(centered**2, axis=0, weights=shown))  # t
    spread /= max(float(np.sqrt(np.mean(spread**2))), 1e-12)
    of_film = float(np.average(np.linalg.norm(part.histories, axis=1), weights=counts + 1))
    length = max(of_film, float(np.linalg.norm(part.constant)), 1e-9)  # of a user vector
    return _STEP * length / part.weight / np.maximum(spread, 0.05)


def _regression(histories: Floats, films: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Return the slope and mean [d] that predict history vectors [N, d] along each axis."""
    weights = steps**-2.0
    mean = histories.mean(axis=0)
    slope = (weights * films * (histories - mean)).sum(axis=0)
    return slope / np.maximum((weights * films**2).sum(axis=0), 1e-12), mean
