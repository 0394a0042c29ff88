"""Films for several users together.

Scores of different users have different scales, so those of each user u are standardized over the
catalog before they are added up:

    score_i = sum_u z_ui        z_ui = (s_ui - mean(s_u)) / std(s_u)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.recommend.catalog import RankedFilm, film_facts
from movierec_cli.core.recommend.explain import Explanation, explain
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.popularity import weigh_popularity
from movierec_cli.core.recommend.query import Query
from movierec_cli.core.recommend.rank import best_rows, require_films


@dataclass(frozen=True)
class MemberScore:
    """The score of a film for one user of the group.

    ``score`` is standardized; ``rating``, ``like_probability`` and ``explanation``, the terms of
    the score before, are those of `Recommendation`.
    """

    name: str
    score: float
    rating: float | None
    like_probability: float | None
    explanation: Explanation | None


@dataclass(frozen=True)
class GroupRecommendation(RankedFilm):
    """A film for several users; ``score`` is the sum of theirs, with the weight of popularity."""

    score: float
    members: tuple[MemberScore, ...]


def recommend_group(
    model: Model,
    dataset: Dataset,
    queries: Mapping[str, Query],
    filters: Filters,
    explained: bool = False,
) -> list[GroupRecommendation]:
    """Return the best films for several users that none of them has rated, best first.

    Parameters
    ----------
    queries
        Name -> query of each user.

    Raises
    ------
    UsageError, DataError
        As `recommend`.
    """
    scores = {name: model.score(query.history, query.users) for name, query in queries.items()}
    standardized = {name: _standardized(of_user.score) for name, of_user in scores.items()}
    total = np.sum(list(standardized.values()), axis=0)  # [1, n_films]
    ranked_by = weigh_popularity(total, dataset, filters.popularity)
    rated = {row for query in queries.values() for row in query.history.film_rows.tolist()}
    together = Scores(ranked_by, like_probability=_mean_like_probability(scores.values()))
    known = replace(filters, seen=filters.seen | rated)
    rows = best_rows(model, dataset, together, Histories.empty(1), known)[0].tolist()
    require_films(len(rows), dataset, filters)
    ids = dataset.films.ids[rows].tolist()
    explanations = {
        name: explain(model, dataset, query, ids, scores[name].score[0, rows].tolist())
        if explained
        else [None] * len(rows)
        for name, query in queries.items()
    }
    return [
        GroupRecommendation(
            at + 1,
            **film_facts(dataset, row),
            score=float(ranked_by[0, row]),
            members=tuple(
                _member(name, scores[name], standardized[name], row, explanations[name][at])
                for name in queries
            ),
        )
        for at, row in enumerate(rows)
    ]


def _mean_like_probability(scores: Iterable[Scores]) -> FloatArray | None:
    """Return the mean over the users, [1, n_films]; ``None`` from a model that predicts none."""
    known = [one.like_probability for one in scores if one.like_probability is not None]
    return np.mean(known, axis=0, dtype=np.float32) if known else None


def _standardized(scores: FloatArray) -> FloatArray:
    """Return the scores of one user, [1, n_films], with mean 0 and standard deviation 1."""
    centered = scores - scores.mean(dtype=np.float64)
    return np.asarray(centered / max(float(centered.std()), 1e-12), np.float32)


def _member(
    name: str, scores: Scores, standardized: FloatArray, row: int, why: Explanation | None
) -> MemberScore:
    def at(values: FloatArray | None) -> float | None:
        return None if values is None else float(values[0, row])

    score = float(standardized[0, row])
    return MemberScore(name, score, at(scores.rating), at(scores.like_probability), why)
