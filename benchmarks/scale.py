"""Time and memory of every step by the size of the data: a Markdown table.

    python benchmarks/scale.py 100k 1m            # sizes: 100k, 1m, 10m, 32m
    python benchmarks/scale.py 32m serve          # only the steps that need no training
    python benchmarks/scale.py 1m 10m peers       # other libraries, in their environments

The data sets are synthetic, of about the sizes of the editions of MovieLens: popular films and long
histories as there, and no tastes. ``serve`` measures on a run of random weights. Each step is a
process of its own, with the peak of its memory.
"""

import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from run import HERE, VENVS, environment

from movierec_cli.core.data import store
from movierec_cli.core.data.dataset import Dataset, Films, Ratings, Users
from movierec_cli.core.data.registry import imported_path
from movierec_cli.core.paths import Paths

SIZES = {
    "100k": (943, 1_682, 100_000),
    "1m": (6_040, 3_706, 1_000_209),
    "10m": (69_878, 10_677, 10_000_054),
    "32m": (200_948, 87_585, 32_000_204),
}
TRAININGS = ("train dnn --force", "train two-tower --force", "evaluate dnn-{data}")
SERVING = (
    "evaluate serve-{data}",
    "recommend --user 42 --run serve-{data}",
    "recommend --like 7 --run serve-{data}",
    "similar 7 --run serve-{data}",
    "recommend --all-users -o {folder}/all.csv --run serve-{data}",
)
PEERS = (("implicit", "ALS"), ("cornac", "EASE"), ("rectools", "EASE"), ("lenskit", "EASE"))
"""Library, and the name of its model in peers/peer_LIBRARY.py."""
PEER_SECONDS = 900  # until a training is stopped
WIDTHS = (192, 200, 46)  # of the components of a dnn


def generate(name: str, n_users: int, n_films: int, n_ratings: int) -> Dataset:
    """Return a data set whose films are rated by a power law of their rank."""
    generator = np.random.default_rng(0)
    lengths = generator.lognormal(0, 1.1, n_users)
    lengths = 20 + (n_ratings * 1.3 - 20 * n_users) * lengths / lengths.sum()
    counts = np.minimum(lengths.astype(np.int64), n_films // 2)
    users = np.repeat(np.arange(n_users, dtype=np.int64), counts)
    popularity = 1 / (np.arange(n_films) + 0.01 * n_films) ** 1.3
    steps = np.cumsum(popularity / popularity.sum())
    films = np.minimum(np.searchsorted(steps, generator.random(len(users))), n_films - 1)
    pairs = np.unique(users * n_films + generator.permutation(n_films)[films])
    users, films = np.divmod(pairs, n_films)
    start = 9 * 10**8 + generator.integers(0, 10**8, n_users)
    ratings = Ratings(
        users.astype(np.int32),
        films.astype(np.int32),
        generator.integers(1, 11, len(pairs)).astype(np.float32) / 2,
        start[users] + generator.integers(0, 20_000, len(pairs)),
    )
    titles = np.array([f"Film {row} ({1950 + row % 70})" for row in range(n_films)])
    catalog = Films(
        np.arange(1, n_films + 1),
        titles,
        np.array([f"{1950 + row % 70}-01-01" for row in range(n_films)], "datetime64[D]"),
        np.ones((n_films, 1), np.bool_),
        np.full(n_films, "", "<U1"),
        np.zeros(n_films, np.int64),
    )
    return Dataset(
        name,
        Users.unknown(n_users, np.arange(1, n_users + 1)),
        catalog,
        ratings,
        ("Drama",),
        (),
        lowest_rating=0.5,
    )


def random_run(dataset: Dataset, name: str) -> None:
    """Keep a dnn of random weights as a run of a data set."""
    from movierec_cli.core.models.features import demographic_mean
    from movierec_cli.core.runs.manifest import Manifest
    from movierec_cli.core.runs.store import Run, save_run
    from movierec_cli.core.runs.train_spec import TrainSpec

    generator, n_films = np.random.default_rng(0), len(dataset.films)
    mean, width = demographic_mean(dataset.users.take(np.arange(9)), 0), sum(WIDTHS)
    weights = {
        "film_vectors": generator.standard_normal((n_films, width), np.float32),
        "history_vectors": generator.standard_normal((n_films, width), np.float32),
        "demographic_vectors": np.zeros((len(mean), width), np.float32),
        "constant": np.ones(width, np.float32),
        "demographic_mean": mean,
        "component_sizes": np.array(WIDTHS, np.float32),
        "component_weights": np.float32([0.35, 0.95, 0.6]),
        "component_gates": np.float32([0, 0, 1]),
        "rating_weights": np.float32([0.1, 0.3, 0.7, 1.0, 1.2]),
        "half_saturation": np.float32([5.6]),
        "like_head": np.zeros(9, np.float32),
        "film_level": np.zeros(n_films, np.float32),
        "film_counts": np.zeros(n_films, np.float32),
    }
    manifest = Manifest(
        **vars(TrainSpec("dnn", name=name).provenance(dataset, {})),
        created="2000-01-01T00:00:00+00:00",
        seconds=0.0,
        epochs=({"number": 1, "train": {}, "validation": {}, "is_kept": True, "seconds": 0.0},),
        kept_epoch=1,
        monitor="ndcg",
        metrics={},
        evaluation=(),
        film_ids=tuple(dataset.films.ids.tolist()),
    )
    save_run(Run(manifest, weights), Paths.from_environment().runs)


def measure(words: Sequence[object], limit: float = math.inf) -> str:
    """Run a program; return its seconds, processor seconds and peak memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    stop = threading.Timer(min(limit, threading.TIMEOUT_MAX), process.kill)
    stop.start()
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    stop.cancel()
    seconds = time.perf_counter() - started
    if seconds > limit:
        return f"| {seconds:.1f} | stopped | {used.ru_maxrss / 2**20:.2f} |"
    if status:
        last = errors.strip().splitlines()[-1] if errors.strip() else "killed"
        return f"| {seconds:.1f} | failed: {last[:60]} | {used.ru_maxrss / 2**20:.2f} |"
    return f"| {seconds:.1f} | {used.ru_utime + used.ru_stime:.1f} | {used.ru_maxrss / 2**20:.2f} |"


def measure_peers(dataset: Dataset, size: str, folder: Path) -> None:
    """Print a row for the training of each other library on all ratings."""
    ratings, path = dataset.ratings, folder / "ratings.npz"
    np.savez(
        path,
        users=ratings.user_rows,
        films=ratings.film_rows,
        ratings=ratings.values,
        n_users=len(dataset.users),
        n_films=len(dataset.films),
    )
    for library, model in PEERS:
        python, problem = environment(library, VENVS, "")
        words = [python, HERE / "peers" / "fit.py", f"peer_{library}", model, path]
        shown = problem or measure(words, PEER_SECONDS)
        print(f"| {size} | {library} {model} {shown}", flush=True)


def main(words: Sequence[str]) -> None:
    print("| ratings | command | seconds | processor s | peak GB |\n|---|---|---:|---:|---:|")
    for size in (word for word in words if word in SIZES):
        data = f"scale-{size}"
        path = imported_path(data, Paths.from_environment())
        if not path.exists():
            store.save(generate(data, *SIZES[size]), path)
        commands = [f"{command} --dataset {data}" for command in TRAININGS[:2]] + [TRAININGS[2]]
        if "serve" in words:
            random_run(store.load(path), f"serve-{data}")
            commands = list(SERVING)
        with tempfile.TemporaryDirectory() as folder:
            if "peers" in words:
                measure_peers(store.load(path), size, Path(folder))
                continue
            for command in commands:
                filled = command.format(data=data, folder=folder)
                program = [sys.executable, "-m", "movierec_cli", *filled.split()]
                print(f"| {size} | {filled.replace(folder, '')} {measure(program)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
