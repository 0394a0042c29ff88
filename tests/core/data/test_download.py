"""A download is complete and verified, or the old file stays and nothing else is left."""

import gc
import hashlib
import http.client
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.data import download
from movierec_cli.core.data.download import Expected, fetch
from movierec_cli.core.errors import IntegrityError, MovierecError, NetworkError
from tests.helpers import Answer, RecordedProgress, Site

BODY = bytes(range(256)) * 1_000
EXPECTED = Expected(len(BODY), hashlib.sha256(BODY).hexdigest())
OLD = b"the old file"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "RETRY_PAUSES", (0.0, 0.0, 0.0))


PAUSES = download.RETRY_PAUSES
SOCKET_LEFT_OPEN = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""urllib leaves the answer that redirects to the garbage collector when the redirect is refused."""


@pytest.fixture
def collected() -> Iterator[None]:
    """Collect what the test left, while its own filters for warnings are in force."""
    yield
    gc.collect()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "file.zip"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


@pytest.fixture
def progress() -> RecordedProgress:
    return RecordedProgress()


def accept(path: Path) -> bytes:
    return path.read_bytes()


def fails(
    kind: type[MovierecError], url: str, target: Path, progress: RecordedProgress, **options: Any
) -> MovierecError:
    """Fetch; it has to fail with this kind of error, and to leave all as it was."""
    arguments = {"expected": EXPECTED, "read": accept} | options
    with pytest.raises(kind) as caught:
        fetch(url, target, progress=progress, **arguments)
    assert target.read_bytes() == OLD
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert not progress.calls or progress.calls[-1] == ("finish",)
    assert caught.value.hint
    return caught.value


def test_the_file_takes_the_place_of_the_old_one(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]

    def read(path: Path) -> bytes:
        assert target.read_bytes() == OLD  # the complete file is read before the move
        return path.read_bytes()

    assert fetch(f"{site.url}/a.zip", target, EXPECTED, read, progress) == BODY
    assert target.read_bytes() == BODY
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert site.requests == ["/a.zip"]


def test_the_folder_is_made_where_there_is_none(
    site: Site, tmp_path: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]
    fetch(site.url, tmp_path / "new" / "folder" / "a.zip", EXPECTED, accept, progress)
    assert (tmp_path / "new" / "folder" / "a.zip").read_bytes() == BODY


def test_progress_is_told_in_bytes(site: Site, target: Path, progress: RecordedProgress) -> None:
    site.answers = [Answer(BODY)]
    fetch(site.url, target, EXPECTED, accept, progress)
    assert progress.calls[0] == ("start", "Downloading", len(BODY))
    assert progress.calls[-1] == ("finish",)
    assert len(progress.of("advance")) > 1
    assert sum(amount for _, amount in progress.of("advance")) == len(BODY)


@pytest.mark.parametrize(("expected", "total"), [(EXPECTED, len(BODY)), (None, None)])
def test_without_a_content_length_the_total_is_the_expected_size(
    expected: Expected | None,
    total: int | None,
    site: Site,
    target: Path,
    progress: RecordedProgress,
) -> None:
    site.answers = [Answer(BODY, length=None)]
    fetch(site.url, target, expected, accept, progress)
    assert target.read_bytes() == BODY
    assert progress.calls[0] == ("start", "Downloading", total)


def test_a_redirect_is_followed(site: Site, target: Path, progress: RecordedProgress) -> None:
    site.answers = [Answer(status=302, headers={"Location": "/moved.zip"}), Answer(BODY)]
    fetch(f"{site.url}/a.zip", target, EXPECTED, accept, progress)
    assert target.read_bytes() == BODY
    assert site.requests == ["/a.zip", "/moved.zip"]


def test_a_temporary_failure_is_tried_again_after_a_growing_pause(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(download, "RETRY_PAUSES", PAUSES)
    monkeypatch.setattr(download.time, "sleep", slept.append)
    broken_off = Answer(BODY[:1000], length=len(BODY))
    site.answers = [Answer(status=503), Answer(status=429), broken_off, Answer(BODY)]
    fetch(site.url, target, EXPECTED, accept, progress)
    assert target.read_bytes() == BODY
    assert slept == [1.0, 2.0, 4.0]
    notes = [message for _, message in progress.of("note")]
    assert ["503" in notes[0], "429" in notes[1], "broke off" in notes[2]] == [True] * 3


def test_another_file_is_refused_at_once(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    other = b"\1" + BODY[1:]
    site.answers = [Answer(other)]
    error = fails(IntegrityError, site.url, target, progress)
    assert "sent another file" in error.message
    assert EXPECTED.sha256[:16] in error.message
    assert hashlib.sha256(other).hexdigest()[:16] in error.message
    assert len(site.requests) == 1


def test_a_file_of_another_size_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY + b"\0", length=None)]
    error = fails(IntegrityError, site.url, target, progress)
    assert f"{len(BODY) + 1:,} bytes" in error.message
    site.answers = [Answer(BODY[:70_000], length=None)]  # breaks off without notice
    error = fails(IntegrityError, site.url, target, progress)
    assert "70,000 bytes" in error.message
    site.answers = [Answer(BODY)]
    only_size = Expected(len(BODY) + 1, EXPECTED.sha256)
    fails(IntegrityError, site.url, target, progress, expected=only_size)


def test_a_file_that_the_reader_refuses_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]

    def refuse(path: Path) -> None:
        assert path.read_bytes() == BODY
        raise IntegrityError("It lacks something.", "Look elsewhere.")

    error = fails(IntegrityError, site.url, target, progress, expected=None, read=refuse)
    assert error.message == "It lacks something."


def test_a_truncated_body_is_refused_after_all_tries(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY[:70_000], length=len(BODY))]
    error = fails(IntegrityError, site.url, target, progress)
    assert "broke off after 70,000 of 256,000 bytes" in error.message
    assert len(site.requests) == 4


def test_a_broken_chunked_body_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(b"ff\r\nabc", length=None, headers={"Transfer-Encoding": "chunked"})]
    error = fails(MovierecError, site.url, target, progress, expected=None)
    assert error.exit_code in (4, 5)
    assert len(site.requests) == 4


@SOCKET_LEFT_OPEN
def test_a_truncated_body_of_a_redirect_is_an_error_of_ours(
    site: Site, target: Path, progress: RecordedProgress, collected: None
) -> None:
    site.answers = [Answer(b"gone", status=302, length=900, headers={"Location": "/there"})]
    fails(MovierecError, site.url, target, progress)


@pytest.mark.parametrize(("status", "n_tries"), [(404, 1), (503, 4)])
def test_a_lasting_error_of_the_server_is_reported(
    status: int, n_tries: int, site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(status=status)]
    error = fails(NetworkError, f"{site.url}/a.zip", target, progress)
    assert f"{site.url}/a.zip answers {status}" in error.message
    assert "--from" in error.hint
    assert len(site.requests) == n_tries


def test_where_nobody_listens_it_says_so(target: Path, progress: RecordedProgress) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = fails(NetworkError, f"http://127.0.0.1:{port}/a.zip", target, progress)
    assert "cannot be reached" in error.message
    assert "refused" in error.message
    assert len(progress.of("note")) == 3


def test_without_a_network_it_says_so(target: Path, progress: RecordedProgress) -> None:
    error = fails(NetworkError, "https://films.example/a.zip", target, progress)
    assert "https://films.example/a.zip cannot be reached" in error.message


@pytest.mark.parametrize(
    "url", ["http://films.example/a.zip", "ftp://films.example/a.zip", "file:///etc/hosts", "a.zip"]
)
def test_only_https_is_spoken(url: str, target: Path, progress: RecordedProgress) -> None:
    error = fails(NetworkError, url, target, progress)
    assert f"{url} is not an https address" in error.message
    assert progress.calls == []


def test_http_is_spoken_where_it_is_allowed(target: Path, progress: RecordedProgress) -> None:
    error = fails(NetworkError, "http://films.example/a", target, progress, allow_http=True)
    assert "cannot be reached" in error.message  # it was tried


def test_no_file_of_this_machine_is_read_even_then(
    target: Path, progress: RecordedProgress
) -> None:
    fails(NetworkError, target.as_uri(), target, progress, allow_http=True)


@SOCKET_LEFT_OPEN
@pytest.mark.parametrize("location", ["http://films.example/a.zip", "ftp://127.0.0.1/a.zip"])
def test_a_redirect_to_another_protocol_is_refused(
    site: Site, target: Path, progress: RecordedProgress, collected: None, location: str
) -> None:
    site.answers = [Answer(status=301, headers={"Location": location})]
    error = fails(NetworkError, site.url, target, progress)
    assert f"redirects to {location}, which is not an https address" in error.message
    assert len(site.requests) == 1


@SOCKET_LEFT_OPEN
@pytest.mark.parametrize("allow_http", [False, True])
def test_a_redirect_from_https_to_http_is_refused_even_to_this_machine(
    allow_http: bool,
    site: Site,
    target: Path,
    progress: RecordedProgress,
    collected: None,
    monkeypatch: pytest.MonkeyPatch,
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
    error = fails(NetworkError, f"{secure}/here", target, progress, allow_http=allow_http)
    assert f"redirects to {site.url}/plain, which is not an https address" in error.message
    assert site.requests == ["/here", "/there"]


@SOCKET_LEFT_OPEN
def test_redirects_in_a_circle_end(
    site: Site, target: Path, progress: RecordedProgress, collected: None
) -> None:
    site.answers = [Answer(status=302, headers={"Location": "/again"})]
    fails(NetworkError, f"{site.url}/again", target, progress)


def test_a_body_without_end_is_cut_short(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_MAX_BYTES", 100_000)
    site.answers = [Answer(BODY, length=None)]
    error = fails(IntegrityError, site.url, target, progress, expected=None)
    assert "sends more than 100,000 bytes" in error.message
    assert len(site.requests) == 1
