"""Weights of every model: refused with another shape, or with a value out of range."""

import numpy as np
import pytest

from movierec_cli.core.data import synthetic
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.runs.store import Run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from movierec_cli.core.runs.weights import check_weights

TINIEST = "synthetic-12x80x300"
KINDS = [(model, preset) for model, presets in PRESETS.items() for preset in presets]


@pytest.fixture(scope="module")
def trained() -> dict[tuple[str, str], Run]:
    """Return a run of each model and preset, trained for an epoch."""
    dataset = synthetic.generate(synthetic.parse_name(TINIEST), name=TINIEST)
    specs = {kind: TrainSpec(*kind, overrides=Overrides(epochs=1)) for kind in KINDS}
    return {kind: train_run(dataset, spec, lambda _: None) for kind, spec in specs.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_array_of_every_model_must_have_its_shape(
    kind: tuple[str, str], trained: dict[tuple[str, str], Run]
) -> None:
    scorer, weights = SCORERS[kind[0]][kind[1]], dict(trained[kind].weights)
    n_films = len(trained[kind].manifest.film_ids)
    check_weights(scorer, weights, n_films)
    with pytest.raises(ValueError, match="has the shape"):
        check_weights(scorer, weights, n_films + 1)
    for name, array in weights.items():
        lacking = {other: value for other, value in weights.items() if other != name}
        with pytest.raises(ValueError, match=r"is missing|has the shape"):
            check_weights(scorer, lacking, n_films)
        for wrong in (array[None], array[:0]):
            with pytest.raises(ValueError, match="has the shape"):
                check_weights(scorer, weights | {name: wrong}, n_films)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("dnn", "component_sizes", 0.0),
        ("dnn", "component_sizes", 1.5),
        ("dnn", "component_sizes", 2.0),
        ("dnn", "component_gates", 2.0),
        ("dnn", "component_weights", -1.0),
        ("dnn", "half_saturation", 0.0),
        ("two-tower", "ridge", 0.0),
        ("two-tower", "half_saturation", -1.0),
    ],
)
def test_values_out_of_range_are_refused(
    model: str, name: str, value: float, trained: dict[tuple[str, str], Run]
) -> None:
    weights = dict(trained[model, "default"].weights)
    weights[name] = np.full_like(weights[name], value)
    with pytest.raises(ValueError, match=name):
        check_weights(SCORERS[model]["default"], weights, 80)
