"""Getting a file over the network: verified, or not at all."""

import errno
import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from movierec_cli import __version__
from movierec_cli.core.errors import IntegrityError, MovierecError, NetworkError
from movierec_cli.core.files import atomic_write
from movierec_cli.core.progress import Progress

RETRY_PAUSES = (1.0, 2.0, 4.0)
"""Seconds to wait before the second, third and fourth try."""

_TIMEOUT = 20.0  # seconds without a byte
_CHUNK = 64 * 1024
_LARGEST = 512 * 2**20
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NETWORK_HINT = (
    "Check the connection, or bring your own archive with: movierec download --from ml-100k.zip"
)


@dataclass(frozen=True)
class Expected:
    """What the file has to be.

    Attributes
    ----------
    size
        In bytes.
    sha256
        In hexadecimal.
    """

    size: int
    sha256: str


class _Temporary(Exception):  # noqa: N818
    """A failure that another try may fix; carries what to say when it does not."""

    def __init__(self, final: MovierecError) -> None:
        super().__init__(final.message)
        self.final = final


def fetch(
    url: str,
    target: Path,
    expected: Expected | None,
    check: Callable[[Path], None],
    progress: Progress,
    *,
    allow_http: bool = False,
) -> None:
    """Download ``url`` to ``target``; ``target`` changes only if everything is right.

    Parameters
    ----------
    expected
        Size and checksum, where they are known.
    check
        Looks into the complete temporary file and raises if it is not what it should be.
    allow_http
        Whether unencrypted http is allowed; to this machine itself it always is.

    Raises
    ------
    NetworkError
        If the server cannot be reached or does not give the file.
    IntegrityError
        If what it gives is incomplete or another file.
    """
    _require_secure(url, allow_http)
    for pause in (*RETRY_PAUSES, None):
        try:
            with atomic_write(target) as file:
                _fetch_once(url, file, expected, progress, allow_http)
                file.flush()
                check(Path(file.name))
            return
        except _Temporary as error:
            if pause is None:
                raise error.final from error
            progress.note(f"{error.final.message} Trying again in {pause:g} s.")
            time.sleep(pause)
        finally:
            progress.finish()


def _fetch_once(
    url: str, file: BinaryIO, expected: Expected | None, progress: Progress, allow_http: bool
) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": f"movierec/{__version__}"})
    opener = urllib.request.build_opener(_CheckedRedirects(allow_http))
    digest = hashlib.sha256()
    received = 0
    announced_size: int | None = None
    try:
        with opener.open(request, timeout=_TIMEOUT) as response:
            announced = response.headers.get("Content-Length")
            announced_size = int(announced) if announced and announced.isdigit() else None
            progress.start("Downloading", announced_size or (expected.size if expected else None))
            while chunk := response.read(_CHUNK):
                received += len(chunk)
                if received > _LARGEST:
                    raise IntegrityError(
                        f"{url} sends more than {_LARGEST:,} bytes.", _NETWORK_HINT
                    )
                digest.update(chunk)
                file.write(chunk)
                progress.advance(len(chunk))
    except urllib.error.HTTPError as error:
        with error:
            failure = NetworkError(f"{url} answers {error.code} {error.reason}.", _NETWORK_HINT)
        if error.code >= 500 or error.code in (408, 429):
            raise _Temporary(failure) from error
        raise failure from error
    except http.client.IncompleteRead as error:
        raise _Temporary(_incomplete(url, received, announced_size)) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            raise
        reason = getattr(error, "reason", error)
        raise _Temporary(
            NetworkError(f"{url} cannot be reached: {reason}.", _NETWORK_HINT)
        ) from error
    if announced_size is not None and received != announced_size:
        raise _Temporary(_incomplete(url, received, announced_size))
    if expected and (received != expected.size or digest.hexdigest() != expected.sha256):
        raise IntegrityError(
            f"{url} sent another file: {received:,} bytes with SHA-256 {digest.hexdigest()[:16]}…, "
            f"not {expected.size:,} bytes with {expected.sha256[:16]}….",
            "Nothing was changed. Try again later, or use your own archive: "
            "movierec download --from ml-100k.zip",
        )


def _incomplete(url: str, received: int, announced: int | None) -> IntegrityError:
    whole = f" of {announced:,}" if announced is not None else ""
    return IntegrityError(
        f"{url} broke off after {received:,}{whole} bytes.",
        "Nothing was changed. Run the same command again.",
    )


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to http."""

    def __init__(self, allow_http: bool) -> None:
        self._allow_http = allow_http

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            _require_as_secure(newurl, req.full_url)
            _require_secure(newurl, self._allow_http)
        except NetworkError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _require_as_secure(url: str, before: str) -> None:
    if urlsplit(before).scheme == "https" and urlsplit(url).scheme != "https":
        raise NetworkError(
            f"{before} redirects to {url}, which is not an https address.", _NETWORK_HINT
        )


def _require_secure(url: str, allow_http: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    if parts.scheme == "http" and (allow_http or parts.hostname in _LOOPBACK):
        return
    raise NetworkError(f"{url} is not an https address.", "Give an https:// address with --url.")
