"""Long work tells its share and the time left; short work tells nothing."""

import pytest

from movierec_cli.core import progress as module
from movierec_cli.core.progress import Countdown, duration
from tests.helpers import RecordedProgress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time in seconds, to be changed in place."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_a_countdown_tells_the_share_and_the_time_left(clock: list[float]) -> None:
    progress = RecordedProgress()
    countdown = Countdown(progress, "Solving", total=40.0)
    clock[0] += 20
    countdown.advance(10)
    assert progress.calls == [("describe", "Solving: 25 %, 60 seconds left")]


def test_it_tells_nothing_at_once_nor_twice_in_a_row_nor_at_the_end(clock: list[float]) -> None:
    progress = RecordedProgress()
    countdown = Countdown(progress, "Solving", total=4.000001)
    for seconds in (1, 5, 1, 5):
        clock[0] += seconds
        countdown.advance(1)
    assert progress.calls == [("describe", "Solving: 50 %, 6 seconds left")]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1.2, "1 second"),
        (40.0, "40 seconds"),
        (89.0, "89 seconds"),
        (90.0, "2 minutes"),
        (600.0, "10 minutes"),
        (25_200.0, "7 hours"),
    ],
)
def test_a_duration_has_the_unit_that_people_would_use(seconds: float, words: str) -> None:
    assert duration(seconds) == words
