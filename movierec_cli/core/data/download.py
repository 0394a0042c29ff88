"""Verified download of a file over https."""

import errno
import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar
from urllib.parse import urlsplit

from movierec_cli import __version__
from movierec_cli.core.errors import IntegrityError, MovierecError, NetworkError
from movierec_cli.core.files import atomic_write
from movierec_cli.core.progress import Progress

RETRY_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth try."""

_TIMEOUT = 20.0  # seconds without a byte
_CHUNK = 64 * 1024
_MAX_BYTES = 512 * 2**20
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NETWORK_HINT = (
    "Check the connection, or use an archive of your own with: movierec download --from ARCHIVE.zip"
)

T = TypeVar("T")


class Expected(NamedTuple):
    """Size in bytes and SHA-256 in hexadecimal of the file to download."""

    size: int
    sha256: str


class _TemporaryError(Exception):
    """A failure that another try may fix; carries the error of the last try."""

    def __init__(self, final: MovierecError) -> None:
        super().__init__(final.message)
        self.final = final


def fetch(
    url: str,
    target: Path,
    expected: Expected | None,
    read: Callable[[Path], T],
    progress: Progress,
    *,
    allow_http: bool = False,
) -> T:
    """Download ``url`` to ``target``; ``target`` changes only if everything succeeds.

    Parameters
    ----------
    expected
        Size and checksum, where they are known.
    read
        Reads the complete temporary file, and raises an error if the content is wrong.
    allow_http
        Allows unencrypted http; it is always allowed to the loopback interface.

    Returns
    -------
    The result of ``read``.

    Raises
    ------
    NetworkError
        If the server cannot be reached or does not send the file.
    IntegrityError
        If the file is incomplete or another one.
    """
    if not _is_allowed(url, allow_http):
        raise NetworkError(
            f"{url} is not an https address.", "Give an https:// address with --url."
        )
    pauses = iter(RETRY_PAUSES)
    while True:
        try:
            with atomic_write(target) as file:
                _receive(url, file, expected, progress, allow_http)
                file.flush()
                return read(Path(file.name))
        except _TemporaryError as error:
            pause = next(pauses, None)
            if pause is None:
                raise error.final from error
            progress.note(f"{error.final.message} Trying again in {pause:g} s.")
            time.sleep(pause)
        finally:
            progress.finish()


def _receive(
    url: str, file: BinaryIO, expected: Expected | None, progress: Progress, allow_http: bool
) -> None:
    """Write the body of the answer to ``file``; check its size and checksum."""
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
                if received > _MAX_BYTES:
                    raise IntegrityError(
                        f"{url} sends more than {_MAX_BYTES:,} bytes.", _NETWORK_HINT
                    )
                digest.update(chunk)
                file.write(chunk)
                progress.advance(len(chunk))
    except urllib.error.HTTPError as error:
        with error:
            failure = NetworkError(f"{url} answers {error.code} {error.reason}.", _NETWORK_HINT)
        if error.code >= 500 or error.code in (408, 429):
            raise _TemporaryError(failure) from error
        raise failure from error
    except http.client.IncompleteRead as error:
        raise _TemporaryError(_incomplete(url, received, announced_size)) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            raise
        reason = getattr(error, "reason", error)
        raise _TemporaryError(
            NetworkError(f"{url} cannot be reached: {reason}.", _NETWORK_HINT)
        ) from error
    if announced_size is not None and received != announced_size:
        raise _TemporaryError(_incomplete(url, received, announced_size))
    if expected and (received != expected.size or digest.hexdigest() != expected.sha256):
        raise IntegrityError(
            f"{url} sent another file: {received:,} bytes with SHA-256 {digest.hexdigest()[:16]}…, "
            f"not {expected.size:,} bytes with {expected.sha256[:16]}….",
            "Nothing was changed. Try again later, or use an archive of your own with: "
            "movierec download --from ARCHIVE.zip",
        )


def _incomplete(url: str, received: int, announced: int | None) -> IntegrityError:
    whole = f" of {announced:,}" if announced is not None else ""
    return IntegrityError(
        f"{url} broke off after {received:,}{whole} bytes.",
        "Nothing was changed. Run the same command again.",
    )


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, except from https to http."""

    def __init__(self, allow_http: bool) -> None:
        self._allow_http = allow_http

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(req.full_url).scheme == "https":
            allowed = urlsplit(newurl).scheme == "https"  # not even to the loopback interface
        else:
            allowed = _is_allowed(newurl, self._allow_http)
        if not allowed:
            fp.close()
            raise NetworkError(
                f"{req.full_url} redirects to {newurl}, which is not an https address.",
                _NETWORK_HINT,
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_allowed(url: str, allow_http: bool) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "http":
        return allow_http or parts.hostname in _LOOPBACK
    return parts.scheme == "https"
