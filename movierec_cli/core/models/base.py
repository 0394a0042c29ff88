"""Interface of all models: scores as a function of histories and demographics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories, Users

Shapes = Mapping[str, tuple[int | str, ...]]
"""Array -> the size of each axis: a number, ``films``, or a free size that arrays share by name."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores for each user and each film of the catalog, [n_users, n_films] each.

    Films are recommended in descending order of ``score``. Some models predict no ratings (stars),
    or no probabilities of a rating of 4 or higher (0..1).
    """

    score: FloatArray
    rating: FloatArray | None = None
    like_probability: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class WeightedModel:
    """The arrays of a trained model, and their shapes."""

    weights: Mapping[str, FloatArray]

    SHAPES: ClassVar[Shapes]

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Raise ``ValueError`` for impossible values in arrays of the right shapes."""


class Model(Protocol):
    """A trained model. It reads no user ids, so a new user needs no training."""

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score the whole catalog, films of the histories included.

        Histories are empty in the cold start; each demographic value may be unknown.
        """


@runtime_checkable
class VectorModel(Protocol):
    """A model whose score is the dot product of a user vector and a film vector."""

    @property
    def film_vectors(self) -> FloatArray:
        """The searched vectors, [n_films, d]."""

    @property
    def similarity_vectors(self) -> FloatArray:
        """Vectors whose cosine is the similarity of two films to the same users, [n_films, d]."""

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return a vector for each user in the space of the films, [n_users, d]."""


@dataclass(frozen=True, eq=False)
class Contributions:
    """Addends of one user's scores of n films: those of the known films, and of the demographics.

    The rest of a score is left out.
    """

    films: FloatArray  # [n_entries, n]
    demographics: FloatArray  # [n]


@runtime_checkable
class ExplainingModel(Protocol):
    """A model with scores that the known films and the demographics have an addend in."""

    def contributions(
        self, history: Histories, users: Users, film_rows: NDArray[np.int64]
    ) -> Contributions:
        """Return the addends of one user's scores of ``film_rows`` [n]."""
