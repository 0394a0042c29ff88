"""``movierec train``."""

from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli import verbosity
from movierec_cli.cli.completion import complete_device, complete_model, complete_preset
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import DEFAULT_DATASET, DatasetOption, HoldoutOption, SplitSeedOption
from movierec_cli.cli.output import info, number

if TYPE_CHECKING:
    from pathlib import Path

    from movierec_cli.core.training.loop import Epoch


def train(
    model: Annotated[
        str,
        typer.Argument(
            metavar="two-tower|dnn", help="What to train.", autocompletion=complete_model
        ),
    ],
    preset: Annotated[
        str,
        typer.Option(
            metavar="default|original",
            autocompletion=complete_preset,
            help="default is the best we know; original is the network of the report.",
        ),
    ] = "default",
    holdout: HoldoutOption = "users",
    split_seed: SplitSeedOption = 705,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The source of all randomness.")
    ] = 0,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="What to call the run; by default after what is trained."
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="The most epochs to train.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="The step size of Adam.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=2, help="Examples in a step.")] = None,
    device: Annotated[
        str,
        typer.Option(
            metavar="auto|cpu|cuda|mps", help="What to compute on.", autocompletion=complete_device
        ),
    ] = "cpu",
    dataset: DatasetOption = DEFAULT_DATASET,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with an interrupted training after its last epoch."),
    ] = False,
) -> None:
    """Train a model and keep it as a run.

    Of the last epochs, when the steps have become small, the one is kept that is best on a part cut
    from the training part, never on held-out ratings. Marked * is the best so far of those.

    [bold]Examples[/]

      movierec train dnn
      movierec train two-tower --preset original
      movierec train dnn --holdout ua --name dnn-ua
      movierec train dnn --resume
    """
    from movierec_cli.core.experiments.resume import Resume, train_and_save
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, run_name

    paths = Paths.from_environment()
    request = TrainSpec(
        model=model,
        preset=preset,
        holdout=holdout,
        split_seed=split_seed,
        seed=seed,
        device=device,
        overrides=Overrides(epochs, learning_rate, batch_size),
        name=name,
    )
    _tell_what_is_replaced(paths.runs, run_name(request, dataset), resume)
    run = train_and_save(
        load_dataset(dataset),
        request,
        paths.runs,
        EpochRows(),
        Resume.ALWAYS if resume else Resume.NEVER,
    )
    manifest = run.manifest
    kept = manifest.kept_epoch
    info(
        f"Trained {manifest.model} ({manifest.preset}) on {manifest.dataset['name']} in "
        f"{manifest.seconds:.1f} s; kept epoch {kept} as the run {manifest.name!r}."
    )
    info(f"It is in {paths.runs / manifest.name}.")
    if manifest.split["holdout"] != "none":
        info(f"Measure it with: movierec evaluate {manifest.name}")
    info(f"Use it with: movierec recommend --user 42 --run {manifest.name}")


def _tell_what_is_replaced(runs: "Path", name: str, resume: bool) -> None:
    """Say it while it can still be interrupted: until the end nothing is lost."""
    from movierec_cli.core.errors import MovierecError
    from movierec_cli.core.runs.checkpoint import unfinished_training
    from movierec_cli.core.runs.store import load_manifest

    training = None if resume else unfinished_training(runs / name)
    if training is not None:
        info(f"{training} This one takes its place; to go on with it: {training.command}")
    try:
        manifest, _ = load_manifest(name, runs)
    except MovierecError:
        return
    info(
        f"When it is finished it replaces the run {name!r} of "
        f"{manifest.created[:16].replace('T', ' ')}; to keep both, add --name."
    )


class EpochRows:
    """Prints a row for each epoch as it ends."""

    def __init__(self) -> None:
        self._names: list[tuple[str, str]] = []

    def __call__(self, epoch: "Epoch") -> None:
        """Print the figures of an epoch, the header before the first."""
        if not verbosity.CURRENT.progress:
            return
        if not self._names:
            self._names = [("train", name) for name in epoch.train]
            self._names += [("validation", name) for name in epoch.validation]
            heads = [f"{part[:5]} {name.removesuffix('_loss')}" for part, name in self._names]
            self._widths = [max(len(head), 8) for head in heads]
            info(
                "epoch  "
                + "  ".join(f"{h:>{w}}" for h, w in zip(heads, self._widths, strict=True))
                + "  seconds"
            )
        values = [getattr(epoch, part).get(name) for part, name in self._names]
        cells = [f"{number(value):>{w}}" for value, w in zip(values, self._widths, strict=True)]
        mark = "*" if epoch.is_kept else " "
        info(f"{epoch.number:4d}{mark}  {'  '.join(cells)}  {epoch.seconds:7.2f}{_sweeps(epoch)}")


def _sweeps(epoch: "Epoch") -> str:
    """Say how far the sampling is, in an epoch of the phase after the gradient steps."""
    sweeps = epoch.train.get("sweeps")
    return f"  sweep {sweeps:.0f}" if sweeps else ""
