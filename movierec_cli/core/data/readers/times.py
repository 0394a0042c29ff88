"""Times of ratings, in seconds since 1970 (UTC)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_TIME = "is not a time, in seconds or like 2026-01-31"
"""The problem of a value that is not understood."""

_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # times above: nano-, micro- and milliseconds
_EARLIEST, _LATEST = -2_208_988_800, 7_258_118_400  # 1900 and 2200


def in_seconds(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times in seconds; their size shows whether they are in milliseconds or finer.

    A time outside of the years 1900 to 2199 is NaN.
    """
    known = times[np.isfinite(times)]
    usual = float(np.median(known)) if len(known) else 0.0
    return _plausible(times / next((factor for least, factor in _UNITS if usual >= least), 1.0))


def dates_in_seconds(dates: Sequence[str]) -> NDArray[np.float64]:
    """Return dates such as 2026-01-31 or 2026-01-31T10:00:00+02:00 in seconds, others as NaN."""
    import pandas as pd  # noqa: PLC0415 - only reading source files needs it

    texts = pd.Series(list(dates), dtype=object)
    return stamps_in_seconds(pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce"))


def stamps_in_seconds(stamps: Any) -> NDArray[np.float64]:
    """Return a series of pandas' UTC timestamps in seconds; NaN where one is missing."""
    seconds = stamps.dt.tz_localize(None).to_numpy("datetime64[s]")
    return _plausible(np.where(np.isnat(seconds), np.nan, seconds.astype(np.float64)))


def _plausible(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where((seconds >= _EARLIEST) & (seconds < _LATEST), seconds, np.nan)
