"""Weights are used only if they are those of the model: every shape, and what the numbers mean."""

import numpy as np
import pytest

from movierec_cli.core.models.features import N_LIKE_FEATURES, basis_size
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.runs.run_checks import LARGEST_WEIGHT, check_weights, is_sound

FILMS, KNOWN = 2, basis_size(0)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


SOUND = {
    "dnn": {
        "film_vectors": ones(FILMS, 3),
        "history": ones(FILMS, 3),
        "demographics": ones(KNOWN, 3),
        "constant": ones(3),
        "demographic_mean": ones(KNOWN),
        "part_sizes": np.float32([1, 2]),
        "part_weights": np.float32([0.5, 0]),
        "part_gates": np.float32([0, 1]),
        "grades": ones(5),
        "half_known": ones(1),
        "like_head": ones(N_LIKE_FEATURES + 1),
        "film_level": ones(FILMS),
        "film_counts": ones(FILMS),
    },
    "two-tower": {
        "film_vectors": ones(4, FILMS, 3),
        "history_weights": ones(4, FILMS, 3),
        "side_weights": ones(4, KNOWN + 3, 3),
        "cold_start_weights": ones(4, 1 + KNOWN, 3),
        "cold_start_level": ones(FILMS),
        "ridge": ones(3),
        "demographic_mean": ones(KNOWN),
        "rating_mean": ones(1),
        "half_saturation": ones(1),
        "like_head": ones(2),
    },
}
"""Two films, three columns; the parts of the dnn have one and two of them."""

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
        ("dnn", "part_sizes", [2, 2], "part_sizes are not the widths"),
        ("dnn", "part_sizes", [0, 3], "part_sizes are not the widths"),
        ("dnn", "part_sizes", [1.5, 1.5], "part_sizes are not the widths"),
        ("dnn", "part_gates", [0, 2], "part_gates holds what is no gate"),
        ("dnn", "part_weights", [0.5, -1], "not positive"),
        ("dnn", "half_known", [0], "not positive"),
        ("two-tower", "ridge", [1, 0, 1], "not positive"),
        ("two-tower", "half_saturation", [-1], "not positive"),
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
