"""Bars in a terminal, lines elsewhere, and the rows of a training within 80 columns."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console

from movierec_cli.cli import output, progress, verbosity
from movierec_cli.cli.progress import ProgressBar
from movierec_cli.cli.train import EpochLog
from movierec_cli.core.training.loop import Epoch


@contextmanager
def terminal(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Give stderr a console of 80 columns; yield what is written to it."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=is_terminal, width=80, highlight=False)
    verbosity.reset()
    for module in (output, progress):
        monkeypatch.setattr(module, "stderr", lambda: console)
    yield written


def test_without_a_terminal_each_step_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(False, monkeypatch) as written, ProgressBar() as bar:
        bar.start("Comparing", 2)
        bar.describe("Baseline ease")
        bar.advance(1)
        bar.note("A note.")
    assert written.getvalue() == "Comparing…\nBaseline ease…\nA note.\n"


@pytest.mark.parametrize("of_bytes", [False, True])
def test_a_terminal_gets_a_bar_that_disappears(
    of_bytes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal(True, monkeypatch) as written:
        with pytest.raises(ZeroDivisionError), ProgressBar(of_bytes) as bar:
            bar.start("Downloading", 2000)
            bar.advance(1000)
            bar.describe("Still downloading")
            bar.note("A note.")
            raise ZeroDivisionError
        text = written.getvalue()
    assert "Still downloading" in text
    assert ("1.0/2.0 kB" in text) is of_bytes
    assert ("1000/2000" in text) is not of_bytes
    assert "A note." in text
    assert text.endswith("\x1b[2K")  # the line of the bar is erased


def test_no_progress_shows_notes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(True, monkeypatch) as written:
        monkeypatch.setattr(verbosity.CURRENT, "no_progress", True)
        with ProgressBar() as bar:
            bar.start("Comparing", 2)
            bar.describe("Baseline ease")
            bar.advance(1)
            bar.note("A note.")
    assert written.getvalue() == "A note.\n"


PRESETS = {
    "dnn default": (["loss"], ["ndcg", "map"]),
    "two-tower default": (["loss", "mse"], ["rmse", "mae"]),
    "dnn original": 2 * (["loss", "classifier_loss", "vector_loss", "accuracy"],),
}


@pytest.mark.parametrize("preset", PRESETS)
def test_the_rows_of_a_training_fit_80_columns(
    preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, validation = PRESETS[preset]
    with terminal(False, monkeypatch) as written:
        log = EpochLog("best", ProgressBar())
        log(Epoch(1, dict.fromkeys(train, 11.06812), dict.fromkeys(validation, 0.5), True, 1.25))
        log(Epoch(2, dict.fromkeys(train, 1.0), dict.fromkeys(validation, 0.25), False, 1.5))
    parts, header, first, second = written.getvalue().splitlines()
    assert parts.split() == ["train", "validation"]
    assert len(header) == len(first) == len(second) <= 80
    assert [line.split()[0] for line in (first, second)] == ["1*", "2"]
    assert first.split()[1] in ("11.0681", "11.07")


def test_an_epoch_of_sampling_names_its_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(False, monkeypatch) as written:
        log = EpochLog("last", ProgressBar())
        log(Epoch(1, {"loss": 1.0, "mse": 1.0}, {"rmse": 1.0, "mae": 1.0}, True, 1.0))
        log(Epoch(2, {"sweeps": 20.0}, {"rmse": 0.5, "mae": 0.5}, True, 1.0))
    last = written.getvalue().splitlines()[-1]
    assert last.split()[:3] == ["2", "–", "–"]
    assert last.endswith("sweep 20")
    assert len(last) <= 80
