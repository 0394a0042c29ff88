"""A disk that takes nothing, an interruption: the old file stays and nothing else is left."""

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
from tests.helpers import Answer, RecordedProgress, Site, serving


def no_space(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(*_: Any, **__: Any) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


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
        lambda patch: patch.setattr(files.tempfile, "mkstemp", lambda **_: no_space()),
        lambda patch: patch.setattr(download, "atomic_write", on_a_full_disk),
        lambda patch: patch.setattr(files.os, "fsync", no_space),
    ],
    ids=["at the start", "while writing", "at the end"],
)
def test_a_full_disk_is_told_with_what_to_do(
    fill: Callable[[pytest.MonkeyPatch], None],
    site: Site,
    target: Path,
    progress: RecordedProgress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.answers = [Answer(BODY)]
    fill(monkeypatch)
    error = fails(DataError, site.url, target, progress)
    assert error.message == f"Cannot write {target}: No space left on device."
    assert "movierec doctor" in error.hint
    assert len(site.requests) <= 1


def test_a_file_larger_than_the_system_allows_is_told_in_the_same_way(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        error = fails(DataError, site.url, target, progress)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.message == f"Cannot write {target}: File too large."


@pytest.mark.parametrize(
    "protect",
    [
        lambda patch: patch.setattr(files.tempfile, "mkstemp", read_only),
        lambda patch: patch.setattr(Path, "mkdir", read_only),
        lambda patch: patch.setattr(Path, "replace", read_only),
    ],
    ids=["new file", "new folder", "move"],
)
def test_a_read_only_cache_is_told_with_what_to_do(
    protect: Callable[[pytest.MonkeyPatch], None],
    site: Site,
    target: Path,
    progress: RecordedProgress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.answers = [Answer(BODY)]
    protect(monkeypatch)
    error = fails(DataError, site.url, target, progress)
    assert error.message == f"Cannot write {target}: Read-only file system."
    assert "movierec doctor" in error.hint


def test_a_folder_that_cannot_be_made_is_told(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    with pytest.raises(DataError, match=r"^Cannot write .*: Not a directory\.$"):
        fetch(site.url, target / "below" / "a.zip", EXPECTED, accept, progress)
    assert target.read_bytes() == OLD
    assert site.requests == []


def test_an_interruption_leaves_no_litter(
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


def test_two_sites_do_not_mix(tmp_path: Path, site: Site, progress: RecordedProgress) -> None:
    with serving() as other:
        site.answers, other.answers = [Answer(b"one")], [Answer(b"two")]
        fetch(site.url, tmp_path / "one", None, accept, progress)
        fetch(other.url, tmp_path / "two", None, accept, progress)
    assert ((tmp_path / "one").read_bytes(), (tmp_path / "two").read_bytes()) == (b"one", b"two")
