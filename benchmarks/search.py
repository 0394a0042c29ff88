"""Exact search against an index of faiss, by the number of vectors: a Markdown table.

    pip install faiss-cpu
    python benchmarks/search.py --run dnn

The vectors are synthetic: means of the film vectors of two films of the run, with noise. An index
(inverted lists, inner product) searches as many lists as it takes to find 95 % of the ten best.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.api import load_run
from movierec_cli.core.models.base import VectorModel
from movierec_cli.core.models.topk import top_k

SIZES = (1_682, 10_000, 87_585, 300_000, 1_000_000)
K, QUERIES, RECALL, NOISE = 10, 50, 0.95, 0.3

Vectors = NDArray[np.float32]


def synthetic(films: Vectors, n: int) -> Vectors:
    """Return ``n`` vectors distributed as ``films`` [n_films, d]; [n, d]."""
    generator = np.random.default_rng(0)
    vectors = np.zeros((n, films.shape[1]), np.float32)
    for _ in range(2):
        vectors += films[generator.integers(0, len(films), n)] / 2
    spread = NOISE * films.std(axis=0)
    for start in range(0, n, 65_536):
        block = vectors[start : start + 65_536]
        block += spread * generator.standard_normal(block.shape, np.float32)
    return vectors


def milliseconds(search: Callable[[Vectors], Any], queries: Vectors) -> float:
    """Return the median time of one query of ``queries`` [n, d]."""
    times = []
    for query in queries:
        started = time.perf_counter()
        search(query[None])
        times.append(time.perf_counter() - started)
    return float(np.median(times)) * 1e3


def row(films: Vectors, queries: Vectors, n: int) -> str:
    """Return the row of the table for ``n`` vectors."""
    vectors = synthetic(films, n)

    def exact(query: Vectors) -> NDArray[np.int64]:
        return np.asarray(top_k(query @ vectors.T, K))

    best = [set(exact(query[None])[0].tolist()) for query in queries]
    found = milliseconds(exact, queries)
    lists = max(int(n**0.5), 1)
    quantizer = faiss.IndexFlatIP(vectors.shape[1])
    index = faiss.IndexIVFFlat(quantizer, vectors.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
    started = time.perf_counter()
    index.train(vectors[:: max(n // (40 * lists), 1)])
    index.add(vectors)
    built = time.perf_counter() - started
    recall, probes = 0.0, 1
    while recall < RECALL and probes <= lists:
        index.nprobe = probes
        _, rows = index.search(queries, K)
        recall = float(np.mean([len(b & set(r)) / K for b, r in zip(best, rows, strict=True)]))
        probes *= 2
    of_index = milliseconds(lambda query: index.search(query, K), queries)
    return (
        f"| {n:,} | {found:.2f} | {of_index:.2f} | {recall:.0%} | {index.nprobe} of {lists} "
        f"| {built:.1f} | {vectors.nbytes / 1e9:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default="dnn")
    run = load_run(parser.parse_args().run)
    model = run.model
    assert isinstance(model, VectorModel)
    faiss.omp_set_num_threads(1)
    histories = run.dataset.histories.take(np.arange(QUERIES))
    queries = model.user_vectors(histories, run.dataset.users.take(np.arange(QUERIES)))
    print("| vectors | exact ms | index ms | recall | lists searched | built s | GB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for n in SIZES:
        print(row(model.film_vectors, queries, n), flush=True)


if __name__ == "__main__":
    main()
