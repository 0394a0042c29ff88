"""A reader sees the old content or the new one, and a folder has one holder."""

import errno
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
    size_in_words,
)
from tests.helpers import names, wait_for


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "file.bin"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def write(target: Path, content: bytes = b"new") -> None:
    with atomic_write(target) as file:
        file.write(content)


def is_unchanged(target: Path) -> bool:
    return target.read_bytes() == b"old" and names(target.parent) == ["file.bin"]


def test_the_new_content_appears_when_the_block_ends_and_not_before(target: Path) -> None:
    with atomic_write(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
        assert len(names(target.parent)) == 2
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["file.bin"]


@pytest.mark.parametrize("name", ["a/b/c.bin", "a**b.csv", "a[1].csv"])
def test_folders_are_made_and_any_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"new"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_an_exception_keeps_the_old_content_and_leaves_no_file(
    target: Path, failure: type[BaseException]
) -> None:
    with pytest.raises(failure), atomic_write(target) as file:
        file.write(b"half of the new")
        raise failure
    assert is_unchanged(target)


def test_the_data_is_on_disk_before_the_move(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(descriptor: int) -> None:
        seen.append((os.fstat(descriptor).st_size, target.read_bytes()))

    monkeypatch.setattr(os, "fsync", watched)
    write(target, b"new content")
    assert seen == [(len(b"new content"), b"old")]


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_permissions_follow_the_umask(target: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write(target)
        with exclusive(target.parent / "run", DataError("held")):
            pass
    finally:
        os.umask(before)
    for path in target.parent.iterdir():
        assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_the_next_write_removes_what_was_left_an_hour_ago(target: Path) -> None:
    old, fresh, other = (
        target.parent / f".{name}.part" for name in ("file.bin.a", "file.bin.b", "x")
    )
    for part in (old, fresh, other):
        part.write_bytes(b"half")
    for part in (old, other):
        os.utime(part, (time.time() - 3700,) * 2)
    assert files.parts_in(target.parent) == [old, fresh, other]
    assert [files.is_left_behind(part) for part in (old, fresh, other)] == [True, False, True]
    write(target)
    assert files.parts_in(target.parent) == [fresh, other]
    assert not files.is_left_behind(old)  # it is gone


def fail(*_: object, **__: object) -> Any:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@pytest.mark.parametrize(
    "failing",
    [
        ((files.tempfile, "mkstemp"),),
        ((os, "fsync"), (Path, "unlink")),  # the disk becomes read-only during the write
        ((Path, "replace"),),
    ],
    ids=["start", "end", "move"],
)
def test_a_disk_error_names_the_file_and_the_next_step(
    failing: tuple[tuple[Any, str], ...], target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in failing:
        monkeypatch.setattr(owner, name, fail)
    with pytest.raises(DataError, match="Read-only file system") as caught:
        write(target)
    assert str(target) in caught.value.message
    assert "movierec doctor" in caught.value.hint
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EIO])
def test_a_full_disk_during_the_write_changes_nothing(code: int, target: Path) -> None:
    with pytest.raises(DataError, match=os.strerror(code)), atomic_write(target):
        raise OSError(code, os.strerror(code))
    assert is_unchanged(target)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="cannot be written: "):
        write(tmp_path / "file" / "x")
    refusal = DataError("held")
    with (
        pytest.raises(DataError, match="cannot be written: "),
        exclusive(tmp_path / "file/x", refusal),
    ):
        pass


def start(code: str, *arguments: object) -> "subprocess.Popen[bytes]":
    """Start a process that runs ``code`` after the imports that it needs."""
    imports = (
        "import sys, time\nfrom pathlib import Path\n"
        "from movierec_cli.core.errors import DataError\n"
        "from movierec_cli.core.files import atomic_write, exclusive\n"
    )
    command = [sys.executable, "-c", imports + code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


WRITE_ENDLESSLY = """
with atomic_write(Path(sys.argv[1])) as file:
    while True:
        file.write(b"half" * 1000)
        file.flush()
"""


def test_a_process_killed_during_a_write_leaves_the_old_content(target: Path) -> None:
    writer = start(WRITE_ENDLESSLY, target)
    try:
        wait_for(lambda: any(part.stat().st_size for part in files.parts_in(target.parent)))
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    assert target.read_bytes() == b"old"
    assert len(files.parts_in(target.parent)) == 1


WRITE_MANY = """
for _ in range(100):
    with atomic_write(Path(sys.argv[1])) as file:
        file.write(sys.argv[2].encode() * 50_000)
"""


def test_two_writers_at_once_never_mix(target: Path) -> None:
    writers = [start(WRITE_MANY, target, letter) for letter in "ab"]
    contents = set()
    while any(writer.poll() is None for writer in writers):
        contents.add(target.read_bytes())
    contents.add(target.read_bytes())
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    assert contents <= {b"old", b"a" * 50_000, b"b" * 50_000}
    assert len(contents) >= 2
    assert names(target.parent) == ["file.bin"]


def test_an_empty_folder_is_removed_at_the_end_and_a_full_one_stays(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with exclusive(run, DataError("held")):
        run.mkdir()
    assert not run.exists()
    with exclusive(run, DataError("held")):
        write(run / "file.bin")
    assert names(run) == ["file.bin"]


HOLD = """
with exclusive(Path(sys.argv[1]), DataError("held")):
    print("holding", flush=True)
    time.sleep(60)
"""


def test_a_folder_has_one_holder_until_its_process_ends(tmp_path: Path) -> None:
    run, refusal = tmp_path / "run", DataError("held")
    holder = start(HOLD, run)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holding\n"
        with pytest.raises(DataError, match="held"), exclusive(run, refusal):
            pass
        with exclusive(tmp_path / "other", refusal):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with exclusive(run, refusal):
        pass


@pytest.mark.parametrize("failure", [OSError(errno.ENOLCK, ""), NotImplementedError()])
def test_a_file_system_without_locks_is_used_unlocked(
    failure: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with exclusive(tmp_path / "run", DataError("held")):
        write(tmp_path / "run" / "file.bin")
    assert names(tmp_path / "run") == ["file.bin"]


def test_no_impossible_path_is_a_folder_or_a_file(target: Path) -> None:
    assert (is_folder(target.parent), is_file(target.parent)) == (True, False)
    assert (is_folder(target), is_file(target)) == (False, True)
    assert (is_folder(Path("x" * 300)), is_file(Path("x" * 300))) == (False, False)


@pytest.mark.parametrize("name", ["a", "A.b_c-1", "0" * 80])
def test_a_name_that_every_platform_takes_is_accepted(name: str) -> None:
    assert check_name(name, "run") == name


@pytest.mark.parametrize("name", ["", ".a", "-a", "a/b", "a b", "é", "a\n", "0" * 81])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="profile") as caught:
        check_name(name, "profile")
    assert "my-profile" in caught.value.hint


def test_the_example_of_a_name_is_one() -> None:
    with pytest.raises(UsageError) as caught:
        check_name("a b", "data set")
    assert caught.value.hint.endswith("for example: my-data-set")


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (75_400_000_000, "75.4 GB"),
        (2_500_000_000_000_000, "2,500.0 TB"),
    ],
)
def test_a_size_is_written_with_its_unit(n_bytes: int, text: str) -> None:
    assert size_in_words(n_bytes) == text
