"""What every model is: a function of what is known about users."""

from dataclasses import dataclass
from typing import Protocol

from movierec_cli.core.data.dataset import FloatArray, Histories, Users


@dataclass(frozen=True, eq=False)
class Scores:
    """What a model says about every film for some users.

    Attributes
    ----------
    ranking
        [n_users, n_films]; the higher, the earlier the film is recommended.
    rating
        [n_users, n_films] predicted ratings, 1..5; ``None`` from a model that predicts none.
    liking
        [n_users, n_films] probabilities of a rating of 4 or 5, 0..1; ``None`` likewise.
    """

    ranking: FloatArray
    rating: FloatArray | None = None
    liking: FloatArray | None = None


class Model(Protocol):
    """A trained model. It knows the catalogue, and users only by what it is told of them."""

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score the whole catalogue, films of the histories included.

        Parameters
        ----------
        histories
            What each user has rated, [n_users]; empty for the cold start.
        users
            Who they are, [n_users]; anything may be unknown.
        """
