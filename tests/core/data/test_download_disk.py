"""On a full disk or after an interruption the old file stays and nothing else is left."""

# ruff: noqa: F811 - fixtures come to tests by their names

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import download
from movierec_cli.core.data.download import fetch
from movierec_cli.core.errors import DataError
from tests.core.data.test_download import (  # noqa: F401 - the fixtures among them
    BODY,
    EXPECTED,
    OLD,
    accept,
    fails,
    no_pauses,
    progress,
    target,
)
from tests.helpers import Answer, RecordedProgress, Site


def no_space(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def on_a_full_disk(target: Path) -> Iterator[Any]:
    class Full:
        write = no_space

        def __getattr__(self, name: str) -> Any:
            return getattr(file, name)

    with files.atomic_write(target) as file:
        yield Full()


@pytest.mark.parametrize(
    "fill",
    [
        lambda patch: patch.setattr(files.tempfile, "mkstemp", no_space),
        lambda patch: patch.setattr(download, "atomic_write", on_a_full_disk),
        lambda patch: patch.setattr(files.os, "fsync", no_space),
        lambda patch: patch.setattr(Path, "replace", no_space),
    ],
    ids=["new file", "write", "end", "move"],
)
def test_a_full_disk_is_an_error_with_the_next_step(
    fill: Callable[[pytest.MonkeyPatch], None],
    site: Site,
    target: Path,
    progress: RecordedProgress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.answers = [Answer(BODY)]
    fill(monkeypatch)
    error = fails(DataError, site.url, target, progress)
    assert "No space left on device" in error.message
    assert "movierec doctor" in error.hint
    assert len(site.requests) <= 1  # it is not tried again


def test_a_file_larger_than_the_system_allows_is_an_error(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        error = fails(DataError, site.url, target, progress)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "File too large" in error.message


def test_an_interruption_leaves_nothing(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]

    def interrupt(amount: int) -> None:
        raise KeyboardInterrupt

    progress.advance = interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        fetch(site.url, target, EXPECTED, accept, progress)
    assert target.read_bytes() == OLD
    assert [path.name for path in target.parent.iterdir()] == [target.name]
