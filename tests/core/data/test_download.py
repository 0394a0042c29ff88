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


def accept(path: Path) -> None:
    assert path.is_file()


def fails(
    kind: type[MovierecError], url: str, target: Path, progress: RecordedProgress, **options: Any
) -> MovierecError:
    """Fetch; it has to fail with this kind of error, and to leave all as it was."""
    arguments = {"expected": EXPECTED, "check": accept} | options
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
    checked = []
    fetch(
        f"{site.url}/a.zip", target, EXPECTED, lambda path: checked.append(path.read_bytes()),
        progress,
    )  # fmt: skip
    assert target.read_bytes() == BODY
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert checked == [BODY]  # the check sees the complete file, before it is in its place
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


def test_without_a_content_length_the_expected_size_is_the_total(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY, length=None)]
    fetch(site.url, target, EXPECTED, accept, progress)
    assert target.read_bytes() == BODY
    assert progress.calls[0] == ("start", "Downloading", len(BODY))


def test_without_any_size_the_total_is_unknown(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY, length=None)]
    fetch(site.url, target, None, accept, progress)
    assert target.read_bytes() == BODY
    assert progress.calls[0] == ("start", "Downloading", None)


def test_a_redirect_is_followed(site: Site, target: Path, progress: RecordedProgress) -> None:
    site.answers = [Answer(status=302, headers={"Location": "/moved.zip"}), Answer(BODY)]
    fetch(f"{site.url}/a.zip", target, EXPECTED, accept, progress)
    assert target.read_bytes() == BODY
    assert site.requests == ["/a.zip", "/moved.zip"]


def test_a_server_error_is_tried_again(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(status=503), Answer(status=429), Answer(BODY)]
    fetch(site.url, target, EXPECTED, accept, progress)
    assert target.read_bytes() == BODY
    assert len(site.requests) == 3
    first, second = (message for _, message in progress.of("note"))
    assert "answers 503" in first
    assert "answers 429" in second
    assert "Trying again in 0 s" in first


def test_each_pause_between_the_tries_is_longer(
    site: Site, target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(download, "RETRY_PAUSES", PAUSES)
    monkeypatch.setattr(download.time, "sleep", slept.append)
    site.answers = [*[Answer(status=500)] * 3, Answer(BODY)]
    fetch(site.url, target, EXPECTED, accept, progress)
    assert slept == [1.0, 2.0, 4.0]
    assert target.read_bytes() == BODY


def test_a_body_that_broke_off_is_fetched_again_from_the_start(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY[:1000], length=len(BODY)), Answer(BODY)]
    fetch(site.url, target, EXPECTED, accept, progress)
    assert target.read_bytes() == BODY


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
    site.answers = [Answer(BODY + b"\0", length=None), Answer(BODY)]
    error = fails(IntegrityError, site.url, target, progress)
    assert f"{len(BODY) + 1:,} bytes" in error.message
    size_alone = Expected(len(BODY) + 1, EXPECTED.sha256)
    fails(IntegrityError, site.url, target, progress, expected=size_alone)


def test_a_body_that_breaks_off_without_a_content_length_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY[:70_000], length=None)]
    error = fails(IntegrityError, site.url, target, progress)
    assert "70,000 bytes" in error.message
    assert "not 256,000 bytes" in error.message


def test_what_the_check_refuses_is_refused(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(BODY)]

    def refuse(path: Path) -> None:
        assert path.read_bytes() == BODY
        raise IntegrityError("It lacks something.", "Look elsewhere.")

    error = fails(IntegrityError, site.url, target, progress, expected=None, check=refuse)
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


def test_a_page_that_is_not_there_is_not_asked_for_again(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(status=404)]
    error = fails(NetworkError, f"{site.url}/gone.zip", target, progress)
    assert f"{site.url}/gone.zip answers 404 Not Found." in error.message
    assert "--from" in error.hint
    assert len(site.requests) == 1


def test_a_server_that_stays_ill_is_tried_four_times(
    site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [Answer(status=503)]
    error = fails(NetworkError, site.url, target, progress)
    assert "answers 503" in error.message
    assert len(site.requests) == 4


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
    assert error.message == f"{url} is not an https address."
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
def test_a_redirect_away_from_https_is_refused(
    site: Site, target: Path, progress: RecordedProgress, collected: None, location: str
) -> None:
    site.answers = [Answer(status=301, headers={"Location": location})]
    error = fails(NetworkError, site.url, target, progress)
    assert error.message == f"{location} is not an https address."
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
    assert error.message == (
        f"{secure}/there redirects to {site.url}/plain, which is not an https address."
    )
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
    monkeypatch.setattr(download, "_LARGEST", 100_000)
    site.answers = [Answer(BODY, length=None)]
    error = fails(IntegrityError, site.url, target, progress, expected=None)
    assert "sends more than 100,000 bytes" in error.message
    assert len(site.requests) == 1
