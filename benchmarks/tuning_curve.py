"""The curve of a tuned field: the metric on each validation part by the field's value.

    python benchmarks/tuning_curve.py dnn-original-tuned config.gamma docs/images/gamma.svg

Draws the trials of a finished `movierec tune` of one field and prints them as a table.
"""

import argparse
from pathlib import Path

import numpy as np
import optuna

from movierec_cli.core.experiments.study import FILE
from movierec_cli.core.figures.drawing import BLUE, ORANGE, style, titled_figure
from movierec_cli.core.paths import Paths

DRAWS = "draws"  # the attribute of a trial that holds the metric on each validation part


@style()
def draw(values: list[float], draws: list[list[float]], field: str, path: Path) -> None:
    """Save the metric on each validation part and its mean, by the value of the field."""
    figure, (ax,) = titled_figure(f"NDCG@25 by {field}", "validation parts", (7.5, 3.6), 1, 1)
    for value, of_parts in zip(values, draws, strict=True):
        ax.plot([value] * len(of_parts), of_parts, "o", color=BLUE, alpha=0.4, markersize=4)
    ax.plot(values, [np.mean(of_parts) for of_parts in draws], "-o", color=ORANGE, label="mean")
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_ylim(bottom=0)
    ax.set_xlabel(field)
    ax.set_ylabel("NDCG@25")
    ax.grid()
    ax.legend()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Read the study, draw it and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("study")
    parser.add_argument("field")
    parser.add_argument("image", type=Path)
    arguments = parser.parse_args()
    file = Paths.from_environment().studies / arguments.study / FILE
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{file}")
    complete = [trial for trial in study.trials if trial.state.name == "COMPLETE"]
    ordered = sorted(complete, key=lambda trial: trial.params[arguments.field])
    values = [trial.params[arguments.field] for trial in ordered]
    draws = [trial.user_attrs[DRAWS] for trial in ordered]
    draw(values, draws, arguments.field, arguments.image)
    print(f"| {arguments.field} | mean | each part |\n|---:|---:|---|")
    for value, of_parts in zip(values, draws, strict=True):
        each = ", ".join(f"{metric:.4f}" for metric in of_parts)
        print(f"| {value:.3g} | {np.mean(of_parts):.4f} | {each} |")


if __name__ == "__main__":
    main()
