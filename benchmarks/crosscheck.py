"""Compute the metrics of the same lists with another library, in its environment.

    PYTHON benchmarks/crosscheck.py ranx|rectools FOLDER TASK

Reads FOLDER/out/*--TASK.npz and FOLDER/relevant-TASK.npz; writes FOLDER/crosscheck-LIBRARY.npz
with a value for each list and each user who has a relevant film. With RecTools it also reads
FOLDER/TASK.npz, and writes FOLDER/crosscheck-beyond-rectools.npz with the measures beyond accuracy.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

K = 25

Values = Mapping[str, np.ndarray]
"""Metric -> [n_users]."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("task")
    arguments = parser.parse_args()
    with np.load(arguments.folder / f"relevant-{arguments.task}.npz") as file:
        users, films = file["users"], file["films"]
    found: dict[str, list[np.ndarray]] = {}
    for path in sorted((arguments.folder / "out").glob(f"*--{arguments.task}.npz")):
        with np.load(path) as file:
            top = file["top"][:, :K]
        for name, values in LIBRARIES[arguments.library](top, users, films).items():
            found.setdefault(name, []).append(values)
    stacked = {name: np.stack(values) for name, values in found.items()}
    np.savez(arguments.folder / f"crosscheck-{arguments.library}.npz", **stacked)
    if arguments.library == "rectools":
        np.savez(
            arguments.folder / "crosscheck-beyond-rectools.npz",
            **beyond_with_rectools(arguments.folder, arguments.task),
        )


def with_ranx(top: np.ndarray, users: np.ndarray, films: np.ndarray) -> Values:
    """Let ranx measure the lists."""
    from ranx import Qrels, Run, evaluate

    relevant: dict[str, dict[str, int]] = {}
    for user, film in zip(users, films, strict=True):
        relevant.setdefault(f"{user:05d}", {})[str(film)] = 1
    ranked = {
        user: {str(film): float(K - place) for place, film in enumerate(top[int(user)])}
        for user in relevant
    }
    names = {
        "precision": f"precision@{K}",
        "recall": f"recall@{K}",
        "map": f"map@{K}",
        "ndcg": f"ndcg@{K}",
        "hit_rate": f"hit_rate@{K}",
    }
    run = Run(ranked)
    evaluate(Qrels(relevant), run, list(names.values()))
    return {
        name: np.array([run.scores[theirs][user] for user in sorted(relevant)])
        for name, theirs in names.items()
    }


def with_rectools(top: np.ndarray, users: np.ndarray, films: np.ndarray) -> Values:
    """Let RecTools measure the lists."""
    import pandas as pd
    from rectools import metrics

    counted = np.unique(users)
    ranked = pd.DataFrame(
        {
            "user_id": np.repeat(counted, top.shape[1]),
            "item_id": top[counted].ravel(),
            "rank": np.tile(np.arange(1, top.shape[1] + 1), len(counted)),
        }
    )
    relevant = pd.DataFrame({"user_id": users, "item_id": films})
    chosen = {
        "precision": metrics.Precision(K),
        "recall": metrics.Recall(K),
        "map": metrics.MAP(K),
        "ndcg": metrics.NDCG(K, divide_by_achievable=True),
        "hit_rate": metrics.HitRate(K),
    }
    return {
        name: metric.calc_per_user(ranked, relevant).sort_index().to_numpy()
        for name, metric in chosen.items()
    }


def beyond_with_rectools(folder: Path, task: str) -> Values:
    """Let RecTools measure the lists beyond accuracy: a value for each file of lists."""
    import pandas as pd
    from rectools import metrics

    with np.load(folder / f"{task}.npz") as file:
        rated = pd.DataFrame({"user_id": file["train_users"], "item_id": file["train_films"]})
        n_films, genres = int(file["n_films"]), file["genres"].astype(float)
    raters = np.zeros((n_films, int(rated["user_id"].max()) + 1))
    raters[rated["item_id"], rated["user_id"]] = 1.0

    def cosine(vectors: np.ndarray) -> metrics.PairwiseDistanceCalculator:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        units = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)

        class Cosine(metrics.PairwiseDistanceCalculator):
            def _get_distances_for_item_pairs(self, items_0, items_1):  # type: ignore[no-untyped-def]
                first, second = (units[np.asarray(items, int)] for items in (items_0, items_1))
                return 1 - (first * second).sum(axis=1)

        return Cosine()

    found: dict[str, list[float]] = {}
    for path in sorted((folder / "out").glob(f"*--{task}.npz")):
        with np.load(path) as file:
            top = file["top"][:, :K]
        lists = pd.DataFrame(
            {
                "user_id": np.repeat(np.arange(len(top)), top.shape[1]),
                "item_id": top.ravel(),
                "rank": np.tile(np.arange(1, top.shape[1] + 1), len(top)),
            }
        )
        catalog = np.arange(n_films)
        for name, value in {
            "coverage": metrics.CatalogCoverage(K, normalize=True).calc(lists, catalog),
            "popularity": metrics.AvgRecPopularity(K).calc(lists, rated)
            / rated["user_id"].nunique(),
            "novelty": metrics.MeanInvUserFreq(K).calc(lists, rated),
            "diversity": metrics.IntraListDiversity(K, cosine(raters)).calc(lists),
            "genre_diversity": metrics.IntraListDiversity(K, cosine(genres)).calc(lists),
        }.items():
            found.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in found.items()}


LIBRARIES: Mapping[str, Callable[[np.ndarray, np.ndarray, np.ndarray], Values]] = {
    "ranx": with_ranx,
    "rectools": with_rectools,
}

if __name__ == "__main__":
    main()
