"""Times in any unit and ISO dates become seconds since 1970."""

import numpy as np
import pytest

from movierec_cli.core.data.readers.times import dates_in_seconds, in_seconds


@pytest.mark.parametrize("unit", [1, 1e3, 1e6, 1e9])
def test_the_size_of_the_times_shows_their_unit(unit: float) -> None:
    times = np.array([881_250_949.0, 1_700_000_000.0, 0.0]) * unit
    np.testing.assert_allclose(in_seconds(times), [881_250_949, 1_700_000_000, 0], atol=1e-3)


def test_a_time_that_is_missing_or_before_1900_or_after_2199_is_none() -> None:
    times = np.array([1.0, np.nan, -2_208_988_800, -2_208_988_801, 7_258_118_399, 7_258_118_400])
    assert np.isnan(in_seconds(times)).tolist() == [False, True, False, True, False, True]
    assert len(in_seconds(np.zeros(0))) == 0
    assert np.isnan(in_seconds(np.array([np.nan, np.inf]))).all()


def test_dates_are_utc_unless_they_have_a_zone() -> None:
    day = 18_262 * 86_400  # 2020-01-01
    texts = [
        "2020-01-01", "2020-01-01 00:00:10", "2020-01-01T00:00:10Z", "2020-01-01T02:00:00+02:00",
    ]  # fmt: skip
    assert dates_in_seconds(texts).tolist() == [day, day + 10, day + 10, day]


def test_another_text_is_no_date() -> None:
    texts = [
        "yesterday", "", "31/01/2020", "01/02/2020", "2020-02-30", "1066-10-14", "9999-12-31",
    ]  # fmt: skip
    assert np.isnan(dates_in_seconds(texts)).all()
