"""Reliability of a run's like probabilities on the held-out users of its split.

python benchmarks/reliability.py [RUN]
"""

import sys

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.models.base import Model
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_run

BINS = 10


def reliability(model: Model, scenario: Scenario) -> tuple[list[str], float]:
    """Return a cell for each tenth of the probabilities, and the expected calibration error.

    Guo et al. (2017), On calibration of modern neural networks.
    """
    targets = scenario.targets
    probabilities = model.score(scenario.histories, scenario.users).like_probability
    assert probabilities is not None
    predicted = probabilities[targets.user_rows, targets.film_rows]
    liked = targets.ratings >= RELEVANT_RATING
    bins = np.minimum((predicted * BINS).astype(int), BINS - 1)
    cells, error = [], 0.0
    for number in range(BINS):
        inside = bins == number
        if not inside.any():
            cells.append("0 | –")
            continue
        cells.append(f"{inside.sum():,} | {liked[inside].mean():.0%}")
        error += inside.mean() * abs(predicted[inside].mean() - liked[inside].mean())
    return cells, float(error)


def main(name: str) -> None:
    """Print the share of ratings of 4 or higher by predicted probability and scenario."""
    paths = Paths.from_environment()
    run = load_run(name, paths.runs)
    dataset = load_dataset(run.manifest.dataset["name"], paths)
    split = make_split(dataset, run.manifest.split["holdout"], run.manifest.split["split_seed"])
    heads = [f"{scenario.name}: ratings | of them 4 or 5" for scenario in split.scenarios]
    columns, errors = zip(
        *(reliability(run.model, scenario) for scenario in split.scenarios), strict=True
    )
    print(f"| predicted | {' | '.join(heads)} |\n|---|{'---:|---:|' * len(heads)}")
    for number, cells in enumerate(zip(*columns, strict=True)):
        print(f"| {number * 10}–{number * 10 + 10} % | {' | '.join(cells)} |")
    print("\nExpected calibration error: ", end="")
    print(
        ", ".join(f"{s.name} {e:.3f}" for s, e in zip(split.scenarios, errors, strict=True)) + "."
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dnn")
