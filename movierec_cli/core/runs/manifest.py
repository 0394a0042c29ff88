"""The manifest of a run: its fields with their types and bounds.

``msgspec.json.decode(data, type=Manifest)`` checks all of them and names the place of an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from movierec_cli.core.data.scenarios import SEEDED
from movierec_cli.core.models.presets import PRESETS

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""The errors of decoding other content."""

Number = Annotated[int, Meta(ge=1, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Seed = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]

Figures = Mapping[str, float | None]
"""Figures by name; ``None`` stands for a figure that does not exist or is not finite."""

if TYPE_CHECKING:
    Settings = Mapping[str, Any]
else:
    _Scalar = bool | int | float | str | None
    _Part = _Scalar | list[_Scalar] | dict[str, _Scalar | list[_Scalar]]
    Settings = Mapping[str, _Scalar | list[_Part] | dict[str, _Part]]
"""A configuration as JSON holds it: parts within parts, two levels deep."""


class DatasetRecord(TypedDict):
    """The data set of a run; ``checksum`` covers its whole content."""

    name: str
    checksum: str
    users: Number
    films: Number
    ratings: Count
    has_demographics: bool


class SplitRecord(TypedDict):
    """The split of a run as in `make_split`; ``split_seed`` is ``None`` where nothing is drawn."""

    holdout: str
    split_seed: Seed | None
    cut: str | None


class EpochRecord(TypedDict):
    """An epoch, as `movierec_cli.core.training.loop.Epoch`."""

    number: Number
    train: Figures
    validation: Figures
    is_kept: bool
    seconds: float


class ScenarioRecord(TypedDict):
    """The metrics of a run in one scenario, as `movierec_cli.core.evaluation.evaluate`."""

    scenario: str
    k: Number
    users: Count
    left_out: Count
    metrics: Figures


class WeightsRecord(TypedDict):
    """The weights file of a run, which lies beside its manifest."""

    file: Annotated[str, Meta(pattern=r"\Aweights-[0-9a-f]{16}\.safetensors\Z")]
    sha256: Digest
    bytes: Count


@dataclass(frozen=True)
class Provenance:
    """Everything that the weights of a run depend on; the same on a CPU gives the same bits.

    ``config`` and ``training`` are the effective values of the model's configuration and of the
    training options; ``inputs`` are the sources of inputs that depend on the machine.

    Raises
    ------
    ValueError
        If there is no such model and preset, or the split seed does not fit the holdout.
    """

    name: str
    model: str
    preset: str
    dataset: DatasetRecord
    split: SplitRecord
    config: Settings
    training: Settings
    inputs: Mapping[str, str]
    versions: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.preset not in PRESETS.get(self.model, {}):
            raise ValueError("there is no such model and preset - at `$.preset`")
        if (self.split["holdout"] in SEEDED) != (self.split["split_seed"] is not None):
            raise ValueError("the split seed does not fit the holdout - at `$.split`")


@dataclass(frozen=True)
class Manifest(Provenance):
    """Everything about a run but its weights; the content of ``manifest.json``.

    Attributes
    ----------
    created
        The end of the training, ISO 8601 with time zone.
    seconds
        The duration of the training, the preparation of the data included.
    kept_epoch, metrics
        The number and the validation figures of the epoch whose weights were kept.
    monitor
        The validation figure that ``keep="best"`` of the training options decides by.
    evaluation
        The metrics in each test scenario; empty where nothing was held out.
    film_ids
        The catalog in the order of the rows of the weights, ascending.

    Raises
    ------
    ValueError
        As in `Provenance`, or if the film ids do not ascend, the kept epoch is none of the
        epochs, or the scenarios differ in their metrics.
    """

    created: str
    seconds: float
    epochs: tuple[EpochRecord, ...]
    kept_epoch: Number
    monitor: str
    metrics: Figures
    evaluation: tuple[ScenarioRecord, ...]
    film_ids: tuple[Count | str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        ids: tuple[Any, ...] = self.film_ids
        is_one_kind = len({type(film_id) for film_id in ids}) == 1
        if not is_one_kind or any(a >= b for a, b in pairwise(ids)):
            raise ValueError("film ids do not ascend - at `$.film_ids`")
        if self.kept_epoch not in {epoch["number"] for epoch in self.epochs}:
            raise ValueError("the kept epoch is none of the epochs - at `$.kept_epoch`")
        if len({tuple(result["metrics"]) for result in self.evaluation}) > 1:
            raise ValueError("scenarios have different metrics - at `$.evaluation`")


def settings(configuration: Any) -> Settings:
    """Return a configuration dataclass in its JSON form, with lists in place of tuples."""
    values: Settings = msgspec.json.decode(msgspec.json.encode(configuration))
    return values
