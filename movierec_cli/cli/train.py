"""``movierec train``."""

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli import verbosity
from movierec_cli.cli.completion import complete_model
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    CutOption,
    DatasetOption,
    SplitSeedOption,
    TextModelOption,
    data_option,
)
from movierec_cli.cli.output import info
from movierec_cli.cli.trainings import may_replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.runs.manifest import Manifest
    from movierec_cli.core.runs.store import Run
    from movierec_cli.core.runs.train_spec import TrainSpec
    from movierec_cli.core.training.loop import Epoch

_training_option = partial(typer.Option, rich_help_panel="Training")
_run_option = partial(typer.Option, rich_help_panel="Run")


def train(
    model: Annotated[
        str,
        typer.Argument(
            metavar="two-tower|dnn|sequence",
            help="The model to train.",
            autocompletion=complete_model,
        ),
    ],
    preset: Annotated[
        str | None,
        _training_option(
            metavar="NAME", show_default="default", help="default, original or unordered."
        ),
    ] = None,
    config: Annotated[
        Path | None,
        _training_option(metavar="FILE", dir_okay=False, help="Take the values of a preset file."),
    ] = None,
    epochs: Annotated[int | None, _training_option(min=1, help="Number of epochs at most.")] = None,
    learning_rate: Annotated[float | None, _training_option(help="Step size of Adam.")] = None,
    batch_size: Annotated[int | None, _training_option(min=2, help="Examples in a step.")] = None,
    seed: Annotated[
        int, _training_option(min=0, max=2**32 - 1, help="Seed of all randomness.")
    ] = 0,
    device: Annotated[
        str, _training_option(metavar="NAME", help="auto, cpu, cuda or mps.")
    ] = "cpu",
    memory: Annotated[
        float | None,
        _training_option(
            min=0.1, metavar="GB", help="Memory to solve a dnn in, by default half of all."
        ),
    ] = None,
    dataset: DatasetOption = DEFAULT_DATASET,
    holdout: Annotated[
        str | None,
        data_option(
            "--holdout",
            metavar="NAME",
            show_default="users; last for sequence",
            help="users, last, time, u1-u5, ua, ub or none.",
        ),
    ] = None,
    cut: CutOption = None,
    split_seed: SplitSeedOption = 705,
    text_model: TextModelOption = None,
    name: Annotated[
        str | None,
        _run_option(metavar="NAME", help="Name of the run; by default model, preset and data."),
    ] = None,
    resume: Annotated[
        bool, _run_option("--resume", help="Continue an interrupted training of this name.")
    ] = False,
    force: Annotated[
        bool,
        _run_option("--force", help="Replace a run or training of this name without asking."),
    ] = False,
) -> None:
    """Train a model and keep it as a run.

    two-tower predicts ratings, dnn ranks what people watch and like, and sequence ranks what they
    rate next. The preset original is the network of the report, which describes none for sequence;
    default is an improved one. unordered is the control of sequence, trained on shuffled histories.
    original keeps the best epoch on a validation part of the training data, marked *; the others
    keep the last.

    --holdout keeps ratings back for evaluate: users (20 % of the users), last (the last rating of
    each user), time (the last tenth of all ratings, or those from --cut on), an official fold (u1
    to u5, ua, ub) or none.

    --config takes a preset file, which movierec tune writes: JSON with model, preset, config and
    training, as in the manifest of a run. Fields that it lacks have the values of the preset.

    [bold]Examples[/]

      movierec train dnn
      movierec train two-tower --preset original
      movierec train dnn --holdout ua --name dnn-ua
      movierec train sequence
      movierec train dnn --resume
      torchrun --standalone --nproc-per-node 2 -m movierec_cli train dnn
    """
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.data.default import default_dataset
    from movierec_cli.core.experiments.reuse import epoch_units
    from movierec_cli.core.models.presets import usual_holdout
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.preset_file import load_preset_file
    from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, default_name, run_name

    file = load_preset_file(config) if config else None
    preset = preset or (file.preset if file else "default")
    paths = Paths.from_environment()
    spec = TrainSpec(
        model=model,
        preset=preset,
        holdout=holdout or usual_holdout(model),
        split_seed=split_seed,
        cut=cut,
        seed=seed,
        device=device,
        overrides=Overrides(epochs, learning_rate, batch_size, memory),
        name=name,
        preset_file=file,
        text_model=text_model,
    )
    keep = spec.resolve().training.keep
    if not may_replace([run_name(spec, dataset)], paths.runs, force or resume):
        return
    data, train_and_save = _prepared(spec, dataset)
    with ProgressBar() as progress:
        progress.start(f"Preparing {model} {preset}", epoch_units(spec))
        log = EpochLog(keep, progress)
        manifest = train_and_save(data, spec, paths.runs, log, resume, progress).manifest
    info(
        f"Trained {model} ({preset}) on {dataset} in {manifest.seconds:.1f} s; "
        f"kept {kept_epoch(manifest)}."
    )
    info(f"The run {manifest.name!r} is in {paths.runs / manifest.name}.")
    if spec.holdout != "none":
        info(f"Measure it with: movierec evaluate {manifest.name}")
    ids = data.users.ids.tolist()
    user = 42 if 42 in ids else shlex.quote(str(ids[0]))
    info(f"Films for a user of the data: movierec recommend --user {user} --run {manifest.name}")
    is_default = manifest.name == default_name(TrainSpec("dnn"), default_dataset(paths))
    option = "" if is_default else f" --run {manifest.name}"
    info(f"Films for you, after a few questions: movierec recommend{option}")


def _prepared(spec: "TrainSpec", dataset: str) -> "tuple[Dataset, Callable[..., Run]]":
    """Return the data and the function that trains; to load torch takes seconds.

    Raises
    ------
    InterruptionError
        On Ctrl-C.
    """
    from movierec_cli.core.errors import InterruptionError
    from movierec_cli.core.runs.train_spec import train_command

    try:
        data = load_dataset(dataset)
        from movierec_cli.core.experiments.resume import train_and_save
    except KeyboardInterrupt as interruption:
        raise InterruptionError(
            "Interrupted before the training began; nothing is kept.",
            f"Start it again with: {train_command(spec, dataset)}",
        ) from interruption
    return data, train_and_save


def kept_epoch(manifest: "Manifest") -> str:
    """Return the kept epoch of a run and the rule that chose it."""
    if manifest.training["keep"] == "last":
        return f"the last epoch, {manifest.kept_epoch}"
    return f"epoch {manifest.kept_epoch}, the best on the validation part"


_SHORT_NAMES = {"classifier_loss": "class.", "vector_loss": "vector", "accuracy": "acc."}
_SIZE = 8  # columns of a figure; eight figures fit 80 columns


class EpochLog:
    """A row for each epoch on stderr, at most 80 characters wide, and a step of the bar.

    If ``keep`` is ``best``, as in `TrainingOptions`, a star marks each epoch that is the best so
    far.
    """

    def __init__(self, keep: str, progress: "ProgressBar") -> None:
        self._marks = keep == "best"
        self._progress = progress
        self._columns: list[tuple[str, str]] = []

    def __call__(self, epoch: "Epoch") -> None:
        """Print the figures of an epoch, the header before the first."""
        if not self._columns:
            self._columns = [("train", name) for name in epoch.train]
            self._columns += [("validation", name) for name in epoch.validation]
            if verbosity.CURRENT.progress:
                names = [_SHORT_NAMES.get(name, name) for _, name in self._columns]
                train = f"{'train':>{_SIZE}}".ljust(len(epoch.train) * _SIZE)
                info(f"     {train}  validation")
                info("epoch" + "".join(f"{name:>{_SIZE}}" for name in names) + "  seconds")
        if verbosity.CURRENT.progress:
            values = [getattr(epoch, part).get(name) for part, name in self._columns]
            figures = ["–" if value is None else f"{value:.4g}" for value in values]
            cells = "".join(f"{figure:>{_SIZE}}" for figure in figures)
            mark = "*" if self._marks and epoch.is_kept else " "
            sweeps = epoch.train.get("sweeps")  # of the sampling after the gradient steps
            end = f"  sweep {sweeps:.0f}" if sweeps else ""
            info(f"{epoch.number:4d}{mark}{cells}  {epoch.seconds:7.2f}{end}")
        self._progress.advance(1)
