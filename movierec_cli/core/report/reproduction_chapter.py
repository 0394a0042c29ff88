"""The chapter about how to make the report again."""

import platform

import numpy as np

from movierec_cli import __version__
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Code,
    Column,
    Paragraph,
    Table,
)
from movierec_cli.core.report.material import Material
from movierec_cli.core.report.original import is_the_original
from movierec_cli.core.report.wording import decimal
from movierec_cli.core.runs.store import retraining

_PACKAGES = ("movierec", "python", "numpy", "torch")


def reproduction_chapter(material: Material) -> Chapter:
    """Tell data, seeds, versions and commands."""
    dataset = material.dataset
    text = (
        f"The data is {dataset.name}, with the SHA-256 {dataset.checksum()} over its content. The "
        f"held-out users are drawn with the split seed {material.split.split_seed}. Training on a "
        "CPU with the same seed, versions and machine gives the same weights, bit for bit; the "
        "same data and runs give this same report. It was made with movierec "
        f"{__version__}, Python {platform.python_version()} and numpy {np.__version__}."
    )
    usual = is_the_original(dataset)
    commands = ["movierec download"] if usual else []
    commands += [retraining(run.manifest) for run in material.runs.values()]
    suffix = "" if usual else f" --dataset {dataset.name}"
    commands += [f"movierec compare{suffix}", f"movierec report{suffix}"]
    blocks: list[Block] = [Paragraph(text), Code(commands)]
    if material.runs:
        blocks.append(_runs(material))
    if not dataset.is_synthetic:
        blocks.append(Paragraph(_CITATION))
    return Chapter("How to reproduce it", blocks)


_CITATION = (
    "The data: F. M. Harper and J. A. Konstan (2015), The MovieLens Datasets: History and Context, "
    "ACM Transactions on Interactive Intelligent Systems 5 (4), doi 10.1145/2827872. It is for "
    "research; redistribution and commercial use need the permission of GroupLens."
)


def _runs(material: Material) -> Table:
    rows = [
        [
            manifest.name,
            str(manifest.training["seed"]),
            str(manifest.training["device"]),
            manifest.created[:16].replace("T", " "),
            decimal(manifest.seconds, 1),
            *(str(manifest.versions.get(package, "–")) for package in _PACKAGES),
        ]
        for manifest in (run.manifest for run in material.runs.values())
    ]
    columns = [
        Column("Run"),
        Column("Seed", numeric=True),
        Column("Device"),
        Column("Trained"),
        Column("Seconds", numeric=True),
        *(Column(package) for package in _PACKAGES),
    ]
    return Table("How the runs were trained.", columns, rows)
