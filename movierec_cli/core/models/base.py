"""What every model is: a function of what is known about users."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories, Users

Shapes = Mapping[str, tuple[int, ...]]
"""The shape of each array of a trained model by its name."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What a model says about every film for some users.

    Attributes
    ----------
    score
        [n_users, n_films]; the higher, the earlier the film is recommended.
    rating
        [n_users, n_films] predicted ratings, 1..5; ``None`` from a model that predicts none.
    like_probability
        [n_users, n_films] probabilities of a rating of 4 or 5, 0..1; ``None`` likewise.
    """

    score: FloatArray
    rating: FloatArray | None = None
    like_probability: FloatArray | None = None


class Model(Protocol):
    """A trained model. It knows the catalog, and users only by what it is told of them."""

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score the whole catalog, films of the histories included.

        Parameters
        ----------
        histories
            What each user has rated, [n_users]; empty for the cold start.
        users
            Who they are, [n_users]; anything may be unknown.
        """


@runtime_checkable
class VectorModel(Protocol):
    """A model whose ranking is a search: the dot product of user and film vectors."""

    @property
    def film_vectors(self) -> FloatArray:
        """The searched vectors, [n_films, d]."""

    @property
    def similarity_vectors(self) -> FloatArray:
        """Films as tastes, [n_films, d]: near by cosine are films that the same users like."""

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return a vector for each user in the space of the films, [n_users, d]."""


@runtime_checkable
class ExplainingModel(Protocol):
    """A model that can take its ranking score apart."""

    def contributions(
        self, history: Histories, users: Users, film_rows: NDArray[np.int64]
    ) -> FloatArray:
        """Return what each known film adds to the score of some films.

        Parameters
        ----------
        history, users
            One user.
        film_rows
            [n] the films in question.

        Returns
        -------
        [n_entries, n]; what is left of the score does not come from the history.
        """
