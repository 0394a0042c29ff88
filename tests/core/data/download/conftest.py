"""Two web sites, a target, and the file that the tests download."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.data import download
from movierec_cli.core.data.download import Remote, fetch
from movierec_cli.core.errors import MovierecError
from tests.helpers import Answer, RecordedProgress, Site, names, serving
from tests.tls import Issuer, encrypted

BODY = bytes(range(256)) * 1_000
SHA256 = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
MD5 = f"md5:{hashlib.md5(BODY).hexdigest()}"
GOOD = Answer(BODY)
OTHER = Answer(BODY[::-1])
OLD = b"the old file"
PAUSES = download.RETRY_PAUSES
UNKNOWN = Issuer()
"""An issuer that this machine does not trust."""

Https = Callable[..., str]


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses, none of which takes time."""
    pauses: list[float] = []
    monkeypatch.setattr(download.time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "file.zip"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


@pytest.fixture
def progress() -> RecordedProgress:
    return RecordedProgress()


@pytest.fixture
def mirror() -> Iterator[Site]:
    """A second web site on this machine; it has the file."""
    with serving() as site:
        site.answers = [GOOD]
        yield site


@pytest.fixture
def issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """An issuer of certificates that this machine trusts."""
    issuer = Issuer()
    issuer.trust(tmp_path, monkeypatch)
    return issuer


@pytest.fixture
def https(site: Site) -> Iterator[Https]:
    """Serve the first site with a certificate: ``https(certificate)`` is its address."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(encrypted(site, *arguments))


def remote_at(*addresses: str, checksum: str | None = SHA256, size: int | None = None) -> Remote:
    return Remote(addresses, "movierec download ml-1m", checksum, size)


def content(path: Path, label: str) -> bytes:
    """Read a downloaded file."""
    return path.read_bytes()


def host(address: str) -> str:
    return address.partition("//")[2]


def notes(progress: RecordedProgress) -> list[str]:
    return [message for _, message in progress.of("note")]


def fails(
    kind: type[MovierecError],
    remote: Remote,
    target: Path,
    progress: RecordedProgress,
    read: Any = content,
    margin: int = 0,
) -> MovierecError:
    """Fetch; it has to fail with this kind of error, and to leave all as it was."""
    with pytest.raises(kind) as caught:
        fetch(remote, target, read, progress, margin)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]
    assert not progress.calls or progress.calls[-1] == ("finish",)
    assert caught.value.hint
    return caught.value
