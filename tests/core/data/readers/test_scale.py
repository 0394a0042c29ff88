"""Ratings of any scale become stars; a scale is guessed only where it is certain."""

import numpy as np
import pytest

from movierec_cli.core.data.readers.scale import Scale, guess_scale, likely_scale, parse_scale
from movierec_cli.core.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("scale", "values", "stars"),
    [
        (Scale(0.5, 5), [0.5, 3.5, 5], [0.5, 3.5, 5]),
        (Scale(0, 10), [0, 7, 10], [0, 3.5, 5]),
        (Scale(1, 10), [1, 10], [0.5, 5]),
        (Scale(1, 4), [1, 3], [1.25, 3.75]),
        (Scale(0, 1), [0, 1], [0, 5]),
        (Scale(0, 100), [57], [2.85]),
        (Scale(-10, 10), [-10, 0, 10], [0, 2.5, 5]),
    ],
    ids=str,
)
def test_stars_are_in_proportion_to_the_highest_rating(
    scale: Scale, values: list[float], stars: list[float]
) -> None:
    converted = scale.to_stars(np.array(values))
    assert converted.dtype == np.float32
    np.testing.assert_allclose(converted, stars, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("0-10", Scale(0, 10)),
        (" 1 - 5 ", Scale(1, 5)),
        ("0.5..5", Scale(0.5, 5)),
        ("1 to 100", Scale(1, 100)),
        ("-10-10", Scale(-10, 10)),
        ("-10--5", Scale(-10, -5)),
    ],
)
def test_a_scale_is_read(text: str, scale: Scale) -> None:
    assert parse_scale(text) == scale


@pytest.mark.parametrize("text", ["", "5", "5-1", "3-3", "a-b", "1-5-9", "nan-5", "1-" + "9" * 400])
def test_no_scale_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no scale") as caught:
        parse_scale(text)
    assert "--scale 0-10" in caught.value.hint


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 2, 5], "1 to 5"),
        ([3, 4, 5], "1 to 5"),
        ([0.5, 4, 5], "0.5 to 5"),
        ([0, 4, 5], "0 to 5"),
        ([1, 7, 10], "1 to 10"),
        ([6.5, 7, 10], "0.5 to 10"),
        ([0, 5, 10], "0 to 10"),
        ([0, 57, 100], "0 to 100"),
    ],
)
def test_a_scale_is_certain_if_its_highest_rating_is_there(values: list[float], scale: str) -> None:
    assert str(guess_scale(np.array(values, np.float64))) == scale


@pytest.mark.parametrize(
    "values", [[4, 4], [1, 5], [1, 2, 4], [0, 0.5, 1], [-1, 3, 5], [3.3, 4, 5], [1, 5, 1e9]]
)
def test_another_scale_is_not_guessed(values: list[float]) -> None:
    with pytest.raises(DataError, match="is not certain") as caught:
        guess_scale(np.array(values, np.float64))
    assert "--scale" in caught.value.hint


def test_the_error_names_the_lowest_and_the_highest_rating() -> None:
    with pytest.raises(DataError, match=r"from 2 to 4\.\n"):
        guess_scale(np.array([3.0, 2.0, 4.0]))


def test_one_rating_in_a_hundred_or_a_single_one_may_be_wrong() -> None:
    sound = np.tile([1.0, 3.0, 5.0], 100)
    assert likely_scale(np.append(sound, [1e9, -1, 7.5])) == Scale(1, 5)
    assert likely_scale(np.append(sound, [1e9, -1, 7.5, 8.5])) is None
    assert likely_scale(np.array([3.0, 4.0, 5.0, 1e9])) == Scale(1, 5)
    assert likely_scale(np.array([1e9, 2e9])) is None
    assert likely_scale(np.array([4.0, 4.0, 1e9])) is None
