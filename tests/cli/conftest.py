"""Running the command line: in this process, or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from movierec_cli.cli import output as console
from movierec_cli.cli.app import app
from movierec_cli.core.data.dataset import Dataset
from tests.conftest import train_home

Cli = Callable[..., Result]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def cli() -> Cli:
    """Run ``movierec`` with some arguments in this process."""

    def run(*arguments: str) -> Result:
        console.stdout.cache_clear()  # they hold the streams of the command before
        console.stderr.cache_clear()
        return CliRunner().invoke(app, list(arguments), prog_name="movierec")

    return run


@pytest.fixture
def command() -> Command:
    """Run ``movierec`` with some arguments in a process of its own."""

    def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "movierec_cli", *arguments],
            env=os.environ | variables,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )

    return run


@pytest.fixture(scope="session")
def trained_folder(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the original presets of both models."""
    return train_home(
        tmp_path_factory.mktemp("trained"), small, dnn="original", two_tower="original"
    )


@pytest.fixture
def trained(trained_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the commands of this test find the trained runs; returns the folder of the runs."""
    monkeypatch.setenv("MOVIEREC_HOME", str(trained_folder))
    return trained_folder / "data" / "runs"
