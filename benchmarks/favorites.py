"""How good a dnn run is for somebody who names a few favorites, beside the baselines.

python benchmarks/favorites.py [RUN]
"""

import sys

from favorites_scenario import FAVORITES, favorites_scenario

from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.baselines import Ease, ItemKnn, Popularity
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_run


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
