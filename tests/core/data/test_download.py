"""A download is complete and verified, or the old file stays and nothing else is left."""

import errno
import gc
import hashlib
import http.client
import os
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import download
from movierec_cli.core.data.download import fetch
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError, NetworkError
from tests.helpers import Answer, RecordedProgress, Site, names

BODY = bytes(range(256)) * 1_000
SHA256 = hashlib.sha256(BODY).hexdigest()
OLD = b"the old file"
PAUSES = download.RETRY_PAUSES


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "RETRY_PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "file.zip"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


@pytest.fixture
def progress() -> RecordedProgress:
    return RecordedProgress()


def fails(
    kind: type[MovierecError],
    url: str,
    target: Path,
    progress: RecordedProgress,
    sha256: str | None = SHA256,
    read: Any = Path.read_bytes,
) -> MovierecError:
    """Fetch; it has to fail with this kind of error, and to leave all as it was."""
    with pytest.raises(kind) as caught:
        fetch(url, target, sha256, read, progress)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]
    assert not progress.calls or progress.calls[-1] == ("finish",)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(("length", "total"), [(-1, len(BODY)), (None, None)])
def test_the_file_takes_the_place_of_the_old_one_after_it_was_read(
    length: int | None, total: int | None, site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [
        Answer(status=302, headers={"Location": "/moved.zip"}),
        Answer(BODY, length=length),
    ]

    def read(path: Path) -> bytes:
        assert target.read_bytes() == OLD
        return path.read_bytes()

    assert fetch(f"{site.url}/a.zip", target, SHA256, read, progress) == BODY
    assert target.read_bytes() == BODY
    assert names(target.parent) == ["file.zip"]
    assert site.requests == ["/a.zip", "/moved.zip"]
    assert progress.calls[0] == ("start", "Downloading", total)
    assert sum(amount for _, amount in progress.of("advance")) == len(BODY)


def test_a_temporary_failure_is_tried_again_after_a_growing_pause(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(download, "RETRY_PAUSES", PAUSES)
    monkeypatch.setattr(download.time, "sleep", slept.append)
    broken_off = Answer(BODY[:1000], length=len(BODY))
    site.answers = [Answer(status=503), Answer(status=429), broken_off, Answer(BODY)]
    assert fetch(site.url, target, SHA256, Path.read_bytes, progress) == BODY
    assert slept == [1.0, 2.0, 4.0]
    notes = [message for _, message in progress.of("note")]
    assert ["503" in notes[0], "429" in notes[1], "broke off" in notes[2]] == [True] * 3


def test_another_file_is_refused_at_once(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY[:70_000], length=None)]  # breaks off without notice
    error = fails(IntegrityError, site.url, target, progress)
    assert hashlib.sha256(BODY[:70_000]).hexdigest() in error.message
    assert len(site.requests) == 1


def test_a_file_that_the_reader_refuses_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]

    def refuse(path: Path) -> None:
        assert path.read_bytes() == BODY
        raise IntegrityError("It lacks something.", "Look elsewhere.")

    error = fails(IntegrityError, site.url, target, progress, sha256=None, read=refuse)
    assert error.message == "It lacks something."


@pytest.mark.parametrize(
    ("answer", "reason", "n_tries"),
    [
        (Answer(status=404), "answers 404", 1),
        (Answer(status=503), "answers 503", 4),
        (Answer(BODY[:70_000], length=len(BODY)), "broke off after 70,000 of 256,000 bytes", 4),
        (Answer(b"ff\r\nabc", length=None, headers={"Transfer-Encoding": "chunked"}), "cannot", 4),
    ],
    ids=["not found", "busy", "truncated", "truncated chunk"],
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
    error = fails(NetworkError, f"{site.url}/a.zip", target, progress)
    assert f"{site.url}/a.zip {reason}" in error.message
    assert "--from" in error.hint
    assert len(site.requests) == n_tries


@pytest.mark.parametrize(
    "url", ["ftp://films.example/a.zip", "file:///etc/hosts", "a.zip", "https://é.example/a.zip"]
)
def test_only_web_addresses_are_asked(url: str, target: Path, progress: RecordedProgress) -> None:
    error = fails(NetworkError, url, target, progress)
    assert f"{url} is not a web address" in error.message
    assert progress.calls == []


# urllib leaves the answer that redirects to the garbage collector when the redirect is refused.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_redirect_from_https_to_http_is_refused(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WithoutEncryption(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(http.client.HTTPConnection, req)

    monkeypatch.setattr(urllib.request, "HTTPSHandler", WithoutEncryption)
    secure = site.url.replace("http:", "https:")
    site.answers = [
        Answer(status=302, headers={"Location": f"{secure}/there"}),
        Answer(status=302, headers={"Location": f"{site.url}/plain"}),
        Answer(BODY),
    ]
    message = fails(NetworkError, f"{secure}/here", target, progress).message
    gc.collect()  # while the filter for warnings is in force
    assert f"redirects to {site.url}/plain" in message
    assert site.requests == ["/here", "/there"]


def test_a_body_without_end_is_cut_short(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_MAX_BYTES", 100_000)
    site.answers = [Answer(BODY, length=None)]
    error = fails(IntegrityError, site.url, target, progress, sha256=None)
    assert "sends more than 100,000 bytes" in error.message


def test_a_full_disk_is_an_error_that_is_not_tried_again(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", no_space)
    site.answers = [Answer(BODY)]
    error = fails(DataError, site.url, target, progress)
    assert "No space left on device" in error.message
    assert len(site.requests) == 1


def test_an_interruption_leaves_nothing(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(amount: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress, "advance", interrupt)
    site.answers = [Answer(BODY)]
    with pytest.raises(KeyboardInterrupt):
        fetch(site.url, target, SHA256, Path.read_bytes, progress)
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["file.zip"]
