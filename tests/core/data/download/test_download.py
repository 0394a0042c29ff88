"""A download is complete and verified, or the old file stays and nothing else is left."""

import errno
import hashlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import download
from movierec_cli.core.data.download import fetch
from movierec_cli.core.errors import DataError, IntegrityError, NetworkError
from tests.core.data.download.conftest import (
    BODY,
    GOOD,
    MD5,
    OLD,
    SHA256,
    content,
    fails,
    notes,
    remote_at,
)
from tests.helpers import Answer, RecordedProgress, Site, names
from tests.tls import serving_with


@pytest.mark.parametrize("checksum", [SHA256, MD5, None])
@pytest.mark.parametrize("size", [len(BODY), None])
@pytest.mark.parametrize("length", [-1, None], ids=["length", "no length"])
def test_the_file_takes_the_place_of_the_old_one_after_it_was_read(
    length: int | None,
    size: int | None,
    checksum: str | None,
    site: Site,
    target: Path,
    progress: RecordedProgress,
) -> None:
    site.answers = [
        Answer(status=302, headers={"Location": "/moved.zip"}),
        Answer(BODY, length=length),
    ]

    def read(path: Path, label: str) -> bytes:
        assert target.read_bytes() == OLD
        assert label == f"{site.url}/a.zip"
        return path.read_bytes()

    remote = remote_at(f"{site.url}/a.zip", checksum=checksum, size=size)
    assert fetch(remote, target, read, progress) == BODY
    assert target.read_bytes() == BODY
    assert names(target.parent) == ["file.zip"]
    assert site.requests == ["/a.zip", "/moved.zip"]
    total = len(BODY) if length or size else None
    assert progress.calls[0] == ("start", "Downloading", total)
    assert sum(amount for _, amount in progress.of("advance")) == len(BODY)
    assert progress.calls[-1] == ("finish",)


def test_a_small_file_is_complete_when_it_is_read(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(b"few")]
    assert fetch(remote_at(site.url, checksum=None), target, content, progress) == b"few"


# What one address answers


def test_a_temporary_failure_is_tried_again_after_a_growing_pause(
    site: Site, target: Path, progress: RecordedProgress, slept: list[float]
) -> None:
    broken_off = Answer(BODY[:1000], length=len(BODY))
    site.answers = [Answer(status=503), Answer(status=429), broken_off, GOOD]
    assert fetch(remote_at(site.url), target, content, progress) == BODY
    assert slept == [1.0, 2.0, 4.0]
    assert notes(progress) == [
        f"{site.url} answers 503 Service Unavailable. Trying again in 1 s.",
        f"{site.url} answers 429 Too Many Requests. Trying again in 2 s.",
        f"{site.url} broke off after 1,000 of 256,000 bytes. Trying again in 4 s.",
    ]


def test_another_file_is_refused_at_once(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY[:70_000], length=None)]  # breaks off without notice
    error = fails(IntegrityError, remote_at(site.url), target, progress)
    assert hashlib.sha256(BODY[:70_000]).hexdigest() in error.message
    assert len(site.requests) == 1


def test_a_file_that_the_reader_refuses_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [GOOD]

    def refuse(path: Path, label: str) -> None:
        assert path.read_bytes() == BODY
        raise IntegrityError("It lacks something.", "Look elsewhere.")

    error = fails(IntegrityError, remote_at(site.url, checksum=None), target, progress, refuse)
    assert (error.message, error.hint) == ("It lacks something.", "Look elsewhere.")


@pytest.mark.parametrize(
    ("answer", "reason", "n_tries"),
    [
        (Answer(status=404), "answers 404 Not Found.", 1),
        (Answer(status=503), "answers 503 Service Unavailable.", 4),
        (Answer(status=599), "answers 599.", 4),
        (Answer(BODY[:70_000], length=len(BODY)), "broke off after 70,000 of 256,000 bytes.", 4),
        (
            Answer(b"ff\r\nabc", length=None, headers={"Transfer-Encoding": "chunked"}),
            "broke off: IncompleteRead",
            4,
        ),
        (Answer(status=302, headers={"Location": "http://["}), "leads to a malformed address.", 1),
    ],
    ids=["not found", "busy", "unknown status", "truncated", "truncated chunk", "nowhere"],
)
def test_a_lasting_failure_of_the_server_is_reported(
    answer: Answer,
    reason: str,
    n_tries: int,
    site: Site,
    target: Path,
    progress: RecordedProgress,
) -> None:
    site.answers = [answer]
    error = fails(NetworkError, remote_at(f"{site.url}/a.zip"), target, progress)
    assert f"file.zip cannot be downloaded. {site.url}/a.zip {reason}" in error.message
    assert len(site.requests) == n_tries


def test_what_a_server_says_does_not_reach_the_terminal_as_control_characters(
    target: Path, progress: RecordedProgress
) -> None:
    def speak(connection: Any) -> None:
        connection.recv(65536)
        connection.sendall(b"\x1b[2JHello\r\n\r\n")

    with serving_with(speak) as port:
        error = fails(NetworkError, remote_at(f"http://127.0.0.1:{port}"), target, progress)
    assert "Hello" in error.message
    assert error.message.isprintable()


def test_a_hint_names_the_commands_of_the_caller(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    hint = fails(NetworkError, remote_at(site.url), target, progress).hint
    assert "movierec download ml-1m --url URL" in hint
    assert "movierec download ml-1m --from FILE" in hint
    assert "checksum is verified" in hint
    unknown = remote_at(site.url, checksum=None)
    assert "checksum" not in fails(NetworkError, unknown, target, progress).hint


@pytest.mark.parametrize(
    "address",
    [
        "ftp://films.example/a.zip",
        "file:///etc/hosts",
        "a.zip",
        "https:///a.zip",
        "https://é.example/a.zip",
        "https://films.example/a b.zip",
        "https://films.example/\x1b[2Ja.zip",
        "https://films.example:http/a.zip",
        "https://[films.example/a.zip",
    ],
)
def test_only_web_addresses_are_asked(
    address: str, site: Site, target: Path, progress: RecordedProgress
) -> None:
    error = fails(NetworkError, remote_at(site.url, address), target, progress)
    assert f"{address} is not a web address" in error.message
    assert (progress.calls, site.requests) == ([], [])


def test_an_impossible_host_is_reported(target: Path, progress: RecordedProgress) -> None:
    error = fails(NetworkError, remote_at("http://films..localhost"), target, progress)
    assert "http://films..localhost leads to a malformed address." in error.message


# Size and space


def test_a_body_without_end_is_cut_short(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_MAX_BYTES", 100_000)
    site.answers = [Answer(BODY, length=None)]
    error = fails(IntegrityError, remote_at(site.url, checksum=None), target, progress)
    assert "sends more than 100,000 bytes" in error.message
    assert sum(amount for _, amount in progress.of("advance")) < 200_000


@pytest.mark.parametrize(
    ("size", "length", "reason", "is_early"),
    [
        (200_000, -1, "sends more than 200,000 bytes", True),
        (300_000, -1, "sends 256,000 bytes instead of 300,000", True),
        (100_000, None, "sends more than 100,000 bytes", False),
        (300_000, None, "sends 256,000 bytes instead of 300,000", False),
    ],
)
def test_a_file_of_another_size_than_the_published_one_is_refused(
    size: int,
    length: int | None,
    reason: str,
    is_early: bool,
    site: Site,
    target: Path,
    progress: RecordedProgress,
) -> None:
    site.answers = [Answer(BODY, length=length)]
    remote = remote_at(site.url, checksum=None, size=size)
    assert reason in fails(IntegrityError, remote, target, progress).message
    assert (progress.of("advance") == []) == is_early
    assert sum(amount for _, amount in progress.of("advance")) < 300_000
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("length", "size", "margin", "free", "is_enough"),
    [
        (-1, None, 1_000, 257_000, True),
        (-1, None, 1_000, 256_999, False),
        (None, 256_000, 1_000, 256_999, False),
        (None, None, 1_000, 1_000, True),
        (None, None, 1_000, 999, False),
    ],
)
def test_the_disk_needs_space_for_the_file_and_for_what_is_made_of_it(
    length: int | None,
    size: int | None,
    margin: int,
    free: int,
    is_enough: bool,
    site: Site,
    mirror: Site,
    target: Path,
    progress: RecordedProgress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    site.answers = [Answer(BODY, length=length)]
    remote = remote_at(site.url, mirror.url, size=size)
    if is_enough:
        assert fetch(remote, target, content, progress, margin) == BODY
    else:
        fails(DataError, remote, target, progress, margin=margin)
        assert progress.of("advance") == []
    assert mirror.requests == []


def test_too_little_space_is_said_with_numbers_and_the_place(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(folder: Path) -> SimpleNamespace:
        assert folder == target.parent
        return SimpleNamespace(free=5_000)

    monkeypatch.setattr(files.shutil, "disk_usage", usage)
    site.answers = [GOOD]
    error = fails(DataError, remote_at(site.url), target, progress, margin=44_000)
    assert error.message == (
        f"Cannot write {target}: 300.0 kB are needed, and 5.0 kB are free in {target.parent}."
    )
    assert "MOVIEREC_HOME" in error.hint
    assert "MOVIEREC_CACHE_DIR" in error.hint


def test_the_space_is_that_of_the_nearest_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"are free in {tmp_path}"):
        files.check_space(tmp_path / "no" / "folder" / "file.zip", 10**18)


def test_a_disk_that_does_not_report_its_space_is_used(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_report(folder: Path) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(files.shutil, "disk_usage", no_report)
    site.answers = [GOOD]
    assert fetch(remote_at(site.url), target, content, progress) == BODY


def test_a_full_disk_is_an_error_that_is_not_tried_again(
    site: Site,
    mirror: Site,
    target: Path,
    progress: RecordedProgress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", no_space)
    site.answers = [GOOD]
    error = fails(DataError, remote_at(site.url, mirror.url), target, progress)
    assert "No space left on device" in error.message
    assert len(site.requests + mirror.requests) == 1


def test_an_interruption_leaves_nothing(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(amount: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress, "advance", interrupt)
    site.answers = [GOOD]
    with pytest.raises(KeyboardInterrupt):
        fetch(remote_at(site.url), target, content, progress)
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["file.zip"]
