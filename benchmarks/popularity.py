"""Cost and gain of each weight of popularity, for held-out users with histories and favorites.

python -m benchmarks.popularity [--dataset NAME] [--seeds 705 706 ...] [--steps -1 -0.5 ...]

Trains a dnn for each split seed and prints a table for each metric, for docs/popularity.md.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.favorites import FAVORITES, favorites_scenario
from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray, Histories, Users
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.splits import FOLD_IN, Scenario, Split, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.base import Scores, VectorModel
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.topk import exclude, top_k
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.popularity import weigh_popularity
from movierec_cli.core.recommend.query import LIKED, make_query
from movierec_cli.core.recommend.title_search import TitleIndex
from movierec_cli.core.runs.train_spec import TrainSpec

STEPS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
SEEDS = (705, 706, 707, 708, 709)
SHOWN = 10
"""The length of the lists whose novelty and similarity are measured: the ten that a user sees."""

TASTES = (
    ("Akira", "Ghost in the Shell (1995)"), ("Sense and Sensibility (1995)", "Emma (1996)"),
    ("Fargo", "Pulp Fiction"), ("Toy Story", "Aladdin"), ("Casablanca", "Vertigo"),
    ("The Shining (1980)", "Psycho (1960)"), ("Top Gun", "Die Hard"), ("Clerks", "Trainspotting"),
    ("Annie Hall", "Manhattan"), ("The Piano", "Secrets & Lies"),
    ("Singin' in the Rain", "Gigi (1958)"),
    ("The Godfather", "GoodFellas"), ("Cinema Paradiso", "Il Postino"), ("Alien", "Blade Runner"),
    ("Clueless", "Scream"), ("The Lion King", "Beauty and the Beast (1991)"),
)  # fmt: skip
"""Pairs of favorites, none of them a film of Star Wars."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """A model whose scores have another weight of popularity."""

    model: Dnn
    train: Dataset
    popularity: float

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score as the model does, and weigh popularity."""
        scores = self.model.score(histories, users)
        return replace(scores, score=weigh_popularity(scores.score, self.train, self.popularity))


def novelty(lists: np.ndarray, train: Dataset) -> float:
    """Return the mean self-information of the films in lists [n_users, n], in bits.

    -log2 of the share of the users who have rated a film, Zhou et al. (2010), Solving the apparent
    diversity-accuracy dilemma of recommender systems; a film that nobody has rated counts as rated
    by one user.
    """
    counts = np.bincount(train.ratings.film_rows, minlength=len(train.films))
    n_users = len(np.unique(train.ratings.user_rows))
    return float(-np.log2(np.maximum(counts[lists], 1) / n_users).mean())


def similarity(lists: np.ndarray, histories: Histories, model: VectorModel) -> float:
    """Return the mean cosine of the films in lists [n_users, n] with the user's liked films."""
    vectors = model.similarity_vectors
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    liked = histories.where(histories.ratings >= RELEVANT_RATING)
    means = [
        float((vectors[films] @ vectors[liked.film_rows[start:end]].T).mean())
        for films, start, end in zip(lists, liked.indptr[:-1], liked.indptr[1:], strict=True)
        if end > start
    ]
    return float(np.mean(means))


def scenarios(split: Split) -> dict[str, Scenario]:
    """Return fold-in, and users who name some favorites."""
    fold_in = next(scenario for scenario in split.scenarios if scenario.name == FOLD_IN)
    favorites = {str(k): favorites_scenario(split, k) for k in FAVORITES}
    return {**favorites, "history": fold_in}


def star_wars(model: Weighed, dataset: Dataset) -> tuple[int, int]:
    """Return the number of tastes for which Star Wars is among the ten, and first."""
    titles = TitleIndex(dataset)
    wanted = titles.resolve("Star Wars (1977)")
    lists = []
    for taste in TASTES:
        query = make_query(dataset, {titles.resolve(title): LIKED for title in taste})
        scores = model.score(query.history, query.users).score
        lists.append(top_k(exclude(scores, query.history), SHOWN)[0])
    return sum(wanted in rows for rows in lists), sum(wanted == rows[0] for rows in lists)


def measured(model: Weighed, scenario: Scenario) -> dict[str, float]:
    """Return the metrics of a model in a scenario."""
    scores: FloatArray = model.score(scenario.histories, scenario.users).score
    lists = top_k(exclude(scores, scenario.histories), SHOWN)
    return {
        "NDCG@25": evaluate(model, scenario).metrics["ndcg"] or 0.0,
        f"novelty@{SHOWN}, bits": novelty(lists, model.train),
        f"similarity@{SHOWN}": similarity(lists, scenario.histories, model.model),
    }


def main(name: str, seeds: Sequence[int], steps: Sequence[float]) -> None:
    """Print a table for each metric: a row for each step, a column for each scenario."""
    dataset = load_dataset(name, Paths.from_environment())
    found: dict[tuple[str, float, str], list[float]] = defaultdict(list)
    fame = {}
    for seed in seeds:
        spec = TrainSpec("dnn", holdout="users", split_seed=seed)
        model = train_run(dataset, spec, lambda _: None).model
        assert isinstance(model, Dnn)
        split = make_split(dataset, "users", seed)
        for step in steps if seed == seeds[0] else ():
            fame[step] = star_wars(Weighed(model, split.full_train, step), dataset)
        for label, scenario in scenarios(split).items():
            for step in steps:
                weighed = Weighed(model, split.full_train, step)
                for metric, value in measured(weighed, scenario).items():
                    found[metric, step, label].append(value)
    labels = list(dict.fromkeys(label for _, _, label in found))
    for metric in dict.fromkeys(metric for metric, _, _ in found):
        print(f"\n{name}, {metric}\n\n| popularity | {' | '.join(labels)} |")
        print("|---:|" + "---:|" * len(labels))
        for step in steps:
            means = [np.mean(found[metric, step, label]) for label in labels]
            digits = 2 if "bits" in metric else 4
            print(f"| {step:g} | {' | '.join(f'{mean:.{digits}f}' for mean in means)} |")
    print(f"\n{name}, Star Wars for {len(TASTES)} tastes\n\n| popularity | in ten | first |")
    print("|---:|---:|---:|")
    for step, (in_ten, first) in fame.items():
        print(f"| {step:g} | {in_ten} | {first} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="ml-100k")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--steps", type=float, nargs="+", default=STEPS)
    options = parser.parse_args()
    main(options.dataset, options.seeds, options.steps)
