"""A reader sees the old content or the new one, and no leftover of a killed process stays."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import filelock
import pytest

from movierec_cli.core import files
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.files import (
    atomic_write,
    check_name,
    exclusive,
    is_file,
    is_folder,
    is_held,
    size_in_words,
)
from tests.helpers import wait_for


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "file.bin"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(target: Path, content: bytes = b"new") -> None:
    with atomic_write(target) as file:
        file.write(content)


def test_the_new_content_appears_when_the_block_ends_and_not_before(target: Path) -> None:
    with atomic_write(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
        assert len(names(target.parent)) == 2
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["file.bin"]


@pytest.mark.parametrize("name", ["a/b/c.bin", "a**b.csv", "a[1].csv", "a?.csv"])
def test_folders_are_made_and_any_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"new"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_keeps_the_old_content_and_leaves_no_file(
    target: Path, failure: type[BaseException]
) -> None:
    with pytest.raises(failure), atomic_write(target) as file:
        file.write(b"half of the new")
        raise failure
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["file.bin"]


def test_the_data_is_on_disk_before_the_move(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        seen.append((os.fstat(descriptor).st_size, target.read_bytes()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    write(target, b"new content")
    assert seen[0] == (len(b"new content"), b"old")


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(target: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write(target)
        with exclusive(target.parent / "run", DataError("held")):
            pass
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    for path in target.parent.iterdir():
        assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def leave_part(target: Path, age: float, name: str = ".file.bin.abcd1234.part") -> Path:
    """Leave the file of a process that was killed some seconds ago."""
    part = target.parent / name
    part.write_bytes(b"half")
    then = time.time() - age
    os.utime(part, (then, then))
    return part


@pytest.mark.parametrize("age", [0, 120])
def test_the_next_write_removes_the_leftover_of_a_killed_process(target: Path, age: float) -> None:
    other = leave_part(target, age, ".other.bin.abcd1234.part")
    leave_part(target, age)
    write(target)
    assert names(target.parent) == [other.name, "file.bin"]


def test_a_part_is_left_behind_when_no_process_writes_it(target: Path) -> None:
    with atomic_write(target):
        (part,) = files.parts_in(target.parent)
        assert not files.is_left_behind(part)
        assert not files.remove_if_left_behind(part)
        write(target)  # by another writer
        assert part.exists()
    part = leave_part(target, 0)
    assert files.is_left_behind(part)
    assert files.remove_if_left_behind(part)
    assert names(target.parent) == ["file.bin"]
    assert not files.is_left_behind(part)


def test_a_part_is_locked_until_it_is_moved(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move, removed = Path.replace, []

    def watched(part: Path, place: Path) -> Path:
        removed.append(files.remove_if_left_behind(part))
        return move(part, place)

    monkeypatch.setattr(Path, "replace", watched)
    write(target)
    assert removed == [False]
    assert target.read_bytes() == b"new"


def test_a_part_that_is_removed_before_it_is_locked_is_made_again(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, removed = fcntl.flock, []

    def too_late(file: Any, operation: int) -> None:
        if not removed:
            removed.extend(files.parts_in(target.parent))
            removed[0].unlink()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)
    write(target)
    assert len(removed) == 1
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["file.bin"]


@pytest.mark.parametrize(("age", "kept"), [(10, True), (120, False)])
def test_a_platform_without_flock_judges_by_the_last_write(
    target: Path, age: float, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "fcntl", None)  # as on Windows
    part = leave_part(target, age)
    assert files.is_left_behind(part) is not kept
    write(target)
    assert part.exists() is kept
    assert target.read_bytes() == b"new"


def test_a_file_system_without_locks_is_written_to_and_no_leftover_removed(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unsupported)
    part = leave_part(target, 120)
    write(target)
    assert target.read_bytes() == b"new"
    assert part.exists()


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO]
)
def test_a_disk_error_names_the_file_and_the_next_step(target: Path, code: int) -> None:
    with pytest.raises(DataError) as caught, atomic_write(target):
        raise OSError(code, os.strerror(code))
    assert str(target) in caught.value.message
    assert os.strerror(code) in caught.value.message
    assert "movierec doctor" in caught.value.hint
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["file.bin"]


def test_a_disk_that_becomes_read_only_during_the_write_is_an_error(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(DataError, match="Read-only file system"), atomic_write(target):
        pass
    assert target.read_bytes() == b"old"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="Cannot write "), atomic_write(tmp_path / "file" / "x"):
        pass
    refusal = DataError("held")
    with pytest.raises(DataError, match="Cannot write "), exclusive(tmp_path / "file/x", refusal):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_an_error(target: Path) -> None:
    target.parent.chmod(0o555)
    try:
        with pytest.raises(DataError, match="Permission denied"), atomic_write(target):
            pass
        refusal = DataError("held")
        with pytest.raises(DataError, match="Permission denied"), exclusive(target, refusal):
            pass
    finally:
        target.parent.chmod(0o755)


WRITE_ENDLESSLY = """
import sys
from pathlib import Path
from movierec_cli.core.files import atomic_write
with atomic_write(Path(sys.argv[1])) as file:
    while True:
        file.write(b"half" * 1000)
        file.flush()
"""


def test_a_process_killed_during_a_write_leaves_the_old_content(target: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITE_ENDLESSLY, str(target)])
    try:
        wait_for(lambda: any(part.stat().st_size for part in files.parts_in(target.parent)))
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert target.read_bytes() == b"old"
    assert len(files.parts_in(target.parent)) == 1
    write(target)
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


def test_a_folder_has_one_holder_at_a_time(tmp_path: Path) -> None:
    run, refusal = tmp_path / "runs" / "run", DataError("held")
    assert not is_held(run)
    assert names(tmp_path) == []  # a question changes nothing
    for _ in range(2):
        with exclusive(run, refusal):
            assert is_held(run)
            assert not is_held(tmp_path / "runs" / "other")
            with pytest.raises(DataError, match="held"), exclusive(run, refusal):
                pass
        assert not is_held(run)


def test_an_empty_folder_is_removed_at_the_end_and_a_full_one_stays(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with exclusive(run, DataError("held")):
        run.mkdir()
    assert not run.exists()
    with exclusive(run, DataError("held")):
        write(run / "file.bin")
    assert names(run) == ["file.bin"]


HOLD = """
import sys, time
from pathlib import Path
from movierec_cli.core.errors import DataError
from movierec_cli.core.files import exclusive
with exclusive(Path(sys.argv[1]), DataError("held")):
    print("holding", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    run = tmp_path / "run"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(run)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holding\n"
        assert is_held(run)
        with pytest.raises(DataError, match="mine"), exclusive(run, DataError("mine")):
            pass
    finally:
        holder.kill()
        holder.communicate()
    assert not is_held(run)
    with exclusive(run, DataError("mine")):
        pass


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOLCK, os.strerror(errno.ENOLCK)), NotImplementedError()]
)
def test_a_file_system_without_locks_is_used_unlocked(
    failure: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    (tmp_path / ".run.lock").touch()
    with exclusive(tmp_path / "run", DataError("held")):
        assert not is_held(tmp_path / "run")


def test_no_impossible_path_is_a_folder_or_a_file(target: Path) -> None:
    assert (is_folder(target.parent), is_file(target.parent)) == (True, False)
    assert (is_folder(target), is_file(target)) == (False, True)
    for impossible in (Path("x" * 300), Path("nul\0")):
        assert (is_folder(impossible), is_file(impossible)) == (False, False)


@pytest.mark.parametrize("name", ["a", "my-run", "A.b_c-1", "0" * 80])
def test_a_name_that_every_platform_takes_is_accepted(name: str) -> None:
    assert check_name(name, "run") == name


@pytest.mark.parametrize("name", ["", ".a", "-a", "a/b", "a b", "é", "a\n", "0" * 81])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="profile") as caught:
        check_name(name, "profile")
    assert "my-profile" in caught.value.hint


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
def test_a_size_is_written_with_its_unit(n_bytes: int, text: str) -> None:
    assert size_in_words(n_bytes) == text
