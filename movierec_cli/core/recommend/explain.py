"""Explanations: the terms that a score is the sum of, and their shares of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, fsum

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Id
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.base import ExplainingModel, Model
from movierec_cli.core.recommend.query import Query


@dataclass(frozen=True)
class Reason:
    """A rated film and its term in the score of another film; ``rating`` is the user's."""

    film_id: Id
    title: str
    rating: float
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """The terms of the score of one film for one user; their sum is the score.

    Attributes
    ----------
    reasons
        The term of each rated film, the highest first; a term below 0 lowers the score.
    demographics
        The term of age, gender and occupation; 0 where they are unknown.
    widely_liked
        The rest of the score, with any weight of popularity. It depends on the film, not on the
        taste of the user; in a sequence model it is the transformer's part, which depends on both.
    """

    reasons: tuple[Reason, ...]
    demographics: float
    widely_liked: float


def explain(
    model: Model, dataset: Dataset, query: Query, film_ids: Sequence[Id], scores: Sequence[float]
) -> list[Explanation]:
    """Return the terms of the ``scores`` of some films for one query.

    The terms of rated films and demographics are exact, see `ExplainingModel.contributions`. A
    model without them raises a `UsageError`.
    """
    if not isinstance(model, ExplainingModel):
        raise UsageError(
            "This model has no reasons for its scores.",
            "Use a run of the default preset of dnn: --run dnn --explain",
        )
    rows = np.searchsorted(dataset.films.ids, np.array(film_ids))
    found = model.contributions(query.history, query.users, rows)
    return [
        _explanation(dataset, query, column, float(demographics), score)
        for column, demographics, score in zip(
            found.films.T, found.demographics, scores, strict=True
        )
    ]


def _explanation(
    dataset: Dataset, query: Query, terms: FloatArray, demographics: float, score: float
) -> Explanation:
    """Return the explanation of one score; ``terms`` [n_entries] are those of the rated films."""
    films, history = dataset.films, query.history
    strongest: NDArray[np.int64] = np.argsort(-terms, kind="stable")
    reasons = tuple(
        Reason(
            film_id=films.ids[history.film_rows[entry]].item(),
            title=str(films.titles[history.film_rows[entry]]).strip(),
            rating=float(history.ratings[entry]),
            contribution=float(terms[entry]),
        )
        for entry in strongest.tolist()
    )
    rest = score - fsum([*(reason.contribution for reason in reasons), demographics])
    return Explanation(reasons, demographics, rest)


def percentages(terms: Sequence[float]) -> list[int]:
    """Return the share of each term in what raises a score, in whole percent.

    The shares of the terms above 0 add up to 100. A term below 0 lowers the score; its negative
    share is measured against the same sum. All are 0 where no term is above 0.
    """
    # share_t = 100 t / sum of max(t, 0); rounded by the method of the largest remainder
    raising = fsum(max(term, 0.0) for term in terms)
    if raising <= 0:
        return [0] * len(terms)
    exact = [100 * term / raising for term in terms]
    whole = [floor(share) if share > 0 else round(share) for share in exact]
    above = [at for at, share in enumerate(exact) if share > 0]
    above.sort(key=lambda at: whole[at] - exact[at])
    for at in above[: 100 - sum(whole[at] for at in above)]:
        whole[at] += 1
    return whole
