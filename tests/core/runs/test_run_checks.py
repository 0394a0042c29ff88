"""Weights are used only if they are those of the model: every shape, and what the numbers mean."""

import numpy as np
import pytest

from movierec_cli.core.models.dnn.like_head import like_head_shapes
from movierec_cli.core.models.features import n_demographic_features
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.runs.run_checks import LARGEST_WEIGHT, check_weights, is_sound

FILMS, KNOWN = 2, n_demographic_features(0)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


SOUND = {
    "dnn": {
        "film_vectors": ones(FILMS, 3),
        "history_vectors": ones(FILMS, 3),
        "demographic_vectors": ones(KNOWN, 3),
        "constant": ones(3),
        "demographic_mean": ones(KNOWN),
        "component_sizes": np.float32([1, 2]),
        "component_weights": np.float32([0.5, 0]),
        "component_gates": np.float32([0, 1]),
        "rating_weights": ones(5),
        "half_saturation": ones(1),
        **{name: ones(*shape) for name, shape in like_head_shapes(FILMS).items()},
    },
    "two-tower": {
        "films": ones(4, FILMS, 3),
        "rated": ones(4, FILMS, 3),
        "side": ones(4, KNOWN + 3, 3),
        "strangers": ones(4, 1 + KNOWN, 3),
        "stranger_films": ones(FILMS),
        "ridge": ones(3),
        "demographic_mean": ones(KNOWN),
        "rating_mean": ones(1),
        "half_known": ones(1),
        "like_head": ones(2),
    },
}
"""Two films, three columns; the components of the dnn have one and two of them."""

CASES = [(model, name) for model, weights in SOUND.items() for name in weights]


@pytest.mark.parametrize("model", SOUND)
def test_weights_that_fit_are_accepted(model: str) -> None:
    check_weights(SCORERS[model]["default"], SOUND[model], FILMS)


@pytest.mark.parametrize("model", SOUND)
@pytest.mark.parametrize("films", [1, 3])
def test_weights_for_other_films_are_refused(model: str, films: int) -> None:
    with pytest.raises(ValueError, match="has the shape"):
        check_weights(SCORERS[model]["default"], SOUND[model], films)


@pytest.mark.parametrize(("model", "name"), CASES)
def test_every_array_has_to_be_there_in_its_shape(model: str, name: str) -> None:
    scorer, array = SCORERS[model]["default"], SOUND[model][name]
    lacking = {key: value for key, value in SOUND[model].items() if key != name}
    with pytest.raises(ValueError, match=f"it lacks {name}"):
        check_weights(scorer, lacking, FILMS)
    for other in (array[None], array[:0], np.concatenate([array, array], axis=-1)):
        with pytest.raises(ValueError, match="has the shape"):
            check_weights(scorer, SOUND[model] | {name: other}, FILMS)


@pytest.mark.parametrize(
    ("model", "name", "values", "why"),
    [
        ("dnn", "component_sizes", [2, 2], "component_sizes are not the widths"),
        ("dnn", "component_sizes", [0, 3], "component_sizes are not the widths"),
        ("dnn", "component_sizes", [1.5, 1.5], "component_sizes are not the widths"),
        ("dnn", "component_gates", [0, 2], "component_gates holds an unknown gate"),
        ("dnn", "component_weights", [0.5, -1], "not positive"),
        ("dnn", "half_saturation", [0], "not positive"),
        ("two-tower", "ridge", [1, 0, 1], "not positive"),
        ("two-tower", "half_known", [-1], "not positive"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    model: str, name: str, values: list[float], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        check_weights(SCORERS[model]["default"], SOUND[model] | {name: np.float32(values)}, FILMS)


@pytest.mark.parametrize(
    ("value", "sound"),
    [(0, True), (-LARGEST_WEIGHT, True), (2 * LARGEST_WEIGHT, False), (np.nan, False),
     (-np.inf, False)],
)  # fmt: skip
def test_what_cannot_be_computed_with_is_no_weight(value: float, sound: bool) -> None:
    assert is_sound(np.float32([1, value])) == sound
