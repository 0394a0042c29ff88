"""A reader sees the old content or the new one, and nobody's litter stays."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.files import atomic_write, is_file, is_folder
from tests.helpers import wait_for


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "file.bin"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_content_is_there_when_the_block_ends_and_not_before(target: Path) -> None:
    with atomic_write(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
        assert len(names(target.parent)) == 2
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["file.bin"]


def test_folders_are_made(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a" / "b" / "c.bin") as file:
        file.write(b"new")
    assert (tmp_path / "a" / "b" / "c.bin").read_bytes() == b"new"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_the_old_content_and_no_litter(
    target: Path, failure: type[BaseException]
) -> None:
    with pytest.raises(failure), atomic_write(target) as file:
        file.write(b"half of the new")
        raise failure
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["file.bin"]


def test_the_data_is_on_disk_before_it_takes_its_place(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        seen.append((os.fstat(descriptor).st_size, target.read_bytes()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    with atomic_write(target) as file:
        file.write(b"new content")
    assert seen[0] == (len(b"new content"), b"old")


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(target: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with atomic_write(target) as file:
            file.write(b"new")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask


def leave_part(target: Path, age: float, name: str = ".file.bin.abcd1234.part") -> Path:
    """Leave what a process that was killed some seconds ago would."""
    part = target.parent / name
    part.write_bytes(b"half")
    then = time.time() - age
    os.utime(part, (then, then))
    return part


def test_what_a_dead_process_left_is_swept_by_the_next_write(target: Path) -> None:
    leave_part(target, 120)
    with atomic_write(target) as file:
        file.write(b"new")
    assert names(target.parent) == ["file.bin"]


def test_what_is_not_a_minute_old_is_kept(target: Path) -> None:
    part = leave_part(target, 10)
    with atomic_write(target) as file:
        file.write(b"new")
    assert part.exists()


def test_what_a_living_process_holds_is_kept(target: Path) -> None:
    part = leave_part(target, 120)
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with atomic_write(target) as file:
            file.write(b"new")
        assert part.exists()
    with atomic_write(target) as file:
        file.write(b"newer")
    assert not part.exists()


def test_the_file_being_written_is_locked(target: Path) -> None:
    with atomic_write(target):
        (part,) = target.parent.glob("*.part")
        with part.open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_parts_of_other_files_are_none_of_its_business(target: Path) -> None:
    other = leave_part(target, 120, ".other.bin.abcd1234.part")
    with atomic_write(target) as file:
        file.write(b"new")
    assert other.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_told_with_what_to_do(target: Path, code: int) -> None:
    with pytest.raises(DataError) as caught, atomic_write(target):
        raise OSError(code, os.strerror(code))
    assert caught.value.message == f"Cannot write {target}: {os.strerror(code)}."
    assert caught.value.hint.endswith("MOVIEREC_HOME=FOLDER.")
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["file.bin"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"^Cannot write "), atomic_write(tmp_path / "file" / "x"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_told(target: Path) -> None:
    target.parent.chmod(0o555)
    try:
        with pytest.raises(DataError, match="Permission denied"), atomic_write(target):
            pass
    finally:
        target.parent.chmod(0o755)


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from movierec_cli.core.files import atomic_write
with atomic_write(Path(sys.argv[1])) as file:
    while True:
        file.write(b"half" * 1000)
        file.flush()
"""


def test_a_process_killed_while_it_writes_leaves_the_old_content(target: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(target)])
    try:
        wait_for(lambda: any(part.stat().st_size for part in target.parent.glob("*.part")))
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert target.read_bytes() == b"old"
    (part,) = target.parent.glob("*.part")
    then = time.time() - 61
    os.utime(part, (then, then))
    with atomic_write(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["file.bin"]


WRITE_MANY = """
import sys
from pathlib import Path
from movierec_cli.core.files import atomic_write
for _ in range(150):
    with atomic_write(Path(sys.argv[1])) as file:
        file.write(sys.argv[2].encode() * 50_000)
"""


def test_two_writers_at_once_never_mix(target: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_MANY, str(target), letter]) for letter in "ab"
    ]
    contents = set()
    while any(writer.poll() is None for writer in writers):
        contents.add(target.read_bytes())
    contents.add(target.read_bytes())
    assert [writer.returncode for writer in writers] == [0, 0]
    assert contents <= {b"old", b"a" * 50_000, b"b" * 50_000}
    assert len(contents) >= 2
    assert names(target.parent) == ["file.bin"]


def test_what_there_is_at_a_path_is_told_and_of_no_possible_path_anything(target: Path) -> None:
    assert (is_folder(target.parent), is_file(target.parent)) == (True, False)
    assert (is_folder(target), is_file(target)) == (False, True)
    for impossible in (Path("x" * 300), Path("nul\0")):
        assert (is_folder(impossible), is_file(impossible)) == (False, False)
