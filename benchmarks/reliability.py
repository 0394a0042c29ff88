"""How far the probabilities of a run can be trusted: told and true, on held-out users.

python benchmarks/reliability.py [RUN]
"""

import sys

import numpy as np

from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_run

BINS = 10


def main(name: str) -> None:
    """Print, for each scenario, the share of ratings of 4 or 5 among those told about the same."""
    paths = Paths.from_environment()
    run = load_run(name, paths.runs)
    dataset = load_dataset(run.manifest.dataset["name"], paths)
    split = make_split(dataset, run.manifest.split["holdout"], run.manifest.split["split_seed"])
    print(
        "| told | "
        + " | ".join(f"{s.name}: ratings | of them 4 or 5" for s in split.scenarios)
        + " |"
    )
    print("|---|" + "---:|---:|" * len(split.scenarios))
    columns = []
    errors = []
    for scenario in split.scenarios:
        liking = run.model.score(scenario.histories, scenario.users).like_probability
        assert liking is not None
        told = liking[scenario.targets.user_rows, scenario.targets.film_rows]
        true = scenario.targets.ratings >= 4
        place = np.minimum((told * BINS).astype(int), BINS - 1)
        columns.append([(int((place == b).sum()), true[place == b]) for b in range(BINS)])
        error = sum(
            abs(float(told[place == b].mean() - true[place == b].mean()))
            * float((place == b).mean())
            for b in range(BINS)
            if (place == b).any()
        )
        errors.append(f"{scenario.name} {error:.3f}")
    for b in range(BINS):
        cells = [
            f"{count:,} | {truth.mean():.0%}" if count else "0 | –"
            for count, truth in (column[b] for column in columns)
        ]
        print(f"| {b * 10}–{b * 10 + 10} % | {' | '.join(cells)} |")
    print(
        "\nMean difference of told and true, the expected calibration error: " + ", ".join(errors)
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dnn")
