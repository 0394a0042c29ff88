"""Quality of a dnn run for new users who name a few favorites, beside the baselines.

python benchmarks/favorites.py [RUN]
"""

import sys
from dataclasses import replace

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING, Histories, Users
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.scenarios import COLD_START, Scenario
from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED, Split, make_split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.baselines import Ease, ItemKnn, Popularity
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.query import LIKED
from movierec_cli.core.runs.store import load_run

FAVORITES = (1, 3, 5, 10)
"""The measured numbers of favorites."""


def favorites_scenario(split: Split, k: int, at_least: int = max(FAVORITES)) -> Scenario:
    """Return the scenario in which each held-out user names ``k`` favorites, drawn at random.

    Favorites count as ratings of 5, as typed ones do; demographics are unknown. The targets are
    all other ratings. The users are those with more than ``at_least`` liked films, the same for
    every ``k``. The favorites of a smaller ``k`` are among those of a larger one.

    Raises
    ------
    UsageError
        If the split holds out no users, or ``k`` is not between 0 and ``at_least``.
    """
    if not 0 <= k <= at_least:
        raise UsageError(f"{k} favorites cannot be measured.", f"Ask for 0 to {at_least}.")
    cold = next((scenario for scenario in split.scenarios if scenario.name == COLD_START), None)
    if cold is None:
        raise UsageError("The split holds out no users.", "Use: --holdout users")
    liked = cold.targets.ratings >= RELEVANT_RATING
    counts = np.bincount(cold.targets.user_rows[liked], minlength=len(cold.targets))
    ratings = cold.targets.take(np.flatnonzero(counts > at_least))
    named = _sample_favorites(ratings, k, split.split_seed or DEFAULT_SPLIT_SEED)
    favorites = ratings.where(named)
    favorites = replace(favorites, ratings=np.full_like(favorites.ratings, LIKED))
    users = Users.unknown(len(ratings))
    return Scenario(f"favorites-{k}", users, favorites, ratings.where(~named))


def _sample_favorites(histories: Histories, k: int, seed: int) -> np.ndarray:
    """Mark ``k`` liked entries of each user, [n_entries]."""
    liked = histories.ratings >= RELEVANT_RATING
    order = np.random.default_rng(seed).random(len(liked))
    order[~liked] = np.inf
    by_user = np.lexsort((order, histories.user_rows))
    place = np.arange(len(liked)) - histories.indptr[histories.user_rows]  # within the user
    named = np.zeros(len(liked), np.bool_)
    named[by_user] = place < k
    return named


def main(name: str) -> None:
    """Print NDCG@25 and precision@25 for each number of favorites."""
    paths = Paths.from_environment()
    run = load_run(name, paths.runs)
    dataset = load_dataset(run.manifest.dataset["name"], paths)
    split = make_split(dataset, run.manifest.split["holdout"], run.manifest.split["split_seed"])
    models = {
        "dnn": run.model,
        "popularity": Popularity.fit(split.full_train),
        "item-knn": ItemKnn.fit(split.full_train),
        "EASE": Ease.fit(split.full_train),
    }
    heads = [f"{model} {metric}@25" for metric in ("NDCG", "P") for model in models]
    print("| favorites | users | " + " | ".join(heads) + " |")
    print("|---:|---:|" + "---:|" * len(heads))
    for k in FAVORITES:
        results = [evaluate(model, favorites_scenario(split, k)) for model in models.values()]
        cells = [
            f"{result.metrics[metric]:.4f}"
            for metric in ("ndcg", "precision")
            for result in results
        ]
        print(f"| {k} | {results[0].users} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dnn")
