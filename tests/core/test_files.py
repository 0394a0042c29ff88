"""A reader sees the old content or the new one, and nobody's litter stays."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core import files
from movierec_cli.core.errors import DataError
from movierec_cli.core.files import atomic_write, exclusive, is_file, is_folder
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


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (4_924_029, "4.9 MB"),
        (75_400_000_000, "75.4 GB"),
        (2_500_000_000_000_000, "2,500.0 TB"),
    ],
)
def test_sizes_are_written_for_people(n_bytes: int, text: str) -> None:
    assert files.size_in_words(n_bytes) == text


def leave_part(target: Path, age: float, name: str = ".file.bin.abcd1234.part") -> Path:
    """Leave what a process that was killed some seconds ago would."""
    part = target.parent / name
    part.write_bytes(b"half")
    then = time.time() - age
    os.utime(part, (then, then))
    return part


@pytest.mark.parametrize("age", [0, 120])
def test_what_a_dead_process_left_is_swept_by_the_next_write(target: Path, age: float) -> None:
    leave_part(target, age)
    with atomic_write(target) as file:
        file.write(b"new")
    assert names(target.parent) == ["file.bin"]


@pytest.mark.parametrize(("age", "kept"), [(10, True), (120, False)])
def test_without_locks_the_time_of_the_last_write_tells(
    target: Path, age: float, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "fcntl", None)  # as on Windows
    part = leave_part(target, age)
    assert files.is_left_behind(part) is not kept
    with atomic_write(target) as file:
        file.write(b"new")
    assert part.exists() is kept
    assert target.read_bytes() == b"new"


def test_a_file_system_that_knows_no_locks_is_written_to_and_swept_of_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unsupported)
    part = leave_part(target, 120)
    with atomic_write(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert part.exists()


def test_a_file_that_is_swept_before_it_is_locked_is_made_again(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, swept = fcntl.flock, []

    def too_late(file: Any, operation: int) -> None:
        if not swept:
            swept.extend(files.parts_in(target.parent))
            swept[0].unlink()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with atomic_write(target) as file:
        file.write(b"new")
    assert len(swept) == 1
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["file.bin"]


def test_it_is_locked_until_it_is_in_its_place(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, swept = Path.replace, []

    def watched(part: Path, place: Path) -> Path:
        swept.append(files.remove_if_left_behind(part))
        return replace(part, place)

    monkeypatch.setattr(Path, "replace", watched)
    with atomic_write(target) as file:
        file.write(b"new")
    assert swept == [False]
    assert target.read_bytes() == b"new"


def test_a_part_is_left_behind_when_nobody_writes_it(target: Path) -> None:
    with atomic_write(target):
        (part,) = files.parts_in(target.parent)
        assert not files.is_left_behind(part)
        assert not files.remove_if_left_behind(part)
        assert part.exists()
    part = leave_part(target, 0)
    assert files.parts_in(target.parent) == [part]
    assert files.is_left_behind(part)
    assert files.remove_if_left_behind(part)
    assert names(target.parent) == ["file.bin"]
    assert not files.is_left_behind(part)


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


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO]
)
def test_a_disk_that_takes_nothing_is_told_with_what_to_do(target: Path, code: int) -> None:
    with pytest.raises(DataError) as caught, atomic_write(target):
        raise OSError(code, os.strerror(code))
    assert caught.value.message == f"Cannot write {target}: {os.strerror(code)}."
    assert "movierec doctor" in caught.value.hint
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["file.bin"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"^Cannot write "), atomic_write(tmp_path / "file" / "x"):
        pass


def test_a_disk_that_turns_read_only_meanwhile_is_told(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(DataError, match="Read-only file system"), atomic_write(target):
        pass
    assert target.read_bytes() == b"old"


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
    assert len(files.parts_in(target.parent)) == 1
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


@pytest.mark.parametrize("code", [errno.ENOTSUP, errno.ENOLCK, errno.EINVAL])
def test_a_file_system_without_locks_holds_nothing_and_is_used(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    with exclusive(tmp_path / "run", DataError("held")):
        assert (tmp_path / "run").is_dir()


def test_a_folder_that_is_removed_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, removed = files.fcntl.flock, []

    def remove_first(*arguments: object) -> None:
        lock(*arguments)
        if not removed:
            removed.append((tmp_path / "run").rmdir())

    monkeypatch.setattr(files.fcntl, "flock", remove_first)
    with exclusive(tmp_path / "run", DataError("held")):
        assert (tmp_path / "run").is_dir()


@pytest.mark.parametrize("name", ["a**b.csv", "a[1].csv", "a?.csv"])
def test_a_name_with_signs_of_a_pattern_is_a_name(name: str, tmp_path: Path) -> None:
    with atomic_write(tmp_path / name) as file:
        file.write(b"x")
    assert [path.name for path in tmp_path.iterdir()] == [name]
