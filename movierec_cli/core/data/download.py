"""Verified download of a file over https."""

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from movierec_cli import __version__
from movierec_cli.core.errors import IntegrityError, NetworkError
from movierec_cli.core.files import atomic_write
from movierec_cli.core.progress import Progress

RETRY_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth try."""

_TIMEOUT = 20.0  # seconds without a byte
_CHUNK = 64 * 1024
_MAX_BYTES = 512 * 2**20
_HINT = (
    "Check the connection, or use an archive of your own with: movierec download --from ml-100k.zip"
)

T = TypeVar("T")


class _TemporaryError(NetworkError):
    """A failure that another try may fix."""


def fetch(
    url: str, target: Path, sha256: str | None, read: Callable[[Path], T], progress: Progress
) -> T:
    """Download ``url`` to ``target``; ``target`` changes only if everything succeeds.

    Parameters
    ----------
    sha256
        Checksum of the file in hexadecimal, where it is known.
    read
        Reads the complete temporary file, and raises an error if the content is wrong.

    Returns
    -------
    The result of ``read``.

    Raises
    ------
    NetworkError
        If the server cannot be reached or does not send the complete file.
    IntegrityError
        If the file is another one.
    """
    if not url.startswith(("https://", "http://")) or not url.isascii():
        raise NetworkError(
            f"{url} is not a web address.",
            "Give an https:// address of ASCII characters with --url, others as %C3%A9.",
        )
    pauses = iter(RETRY_PAUSES)
    while True:
        try:
            with atomic_write(target) as file:
                digest = hashlib.sha256()
                for chunk in _body(url, progress):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                if sha256 not in (None, digest.hexdigest()):
                    raise IntegrityError(
                        f"{url} sent another file, with SHA-256 {digest.hexdigest()}.", _HINT
                    )
                return read(Path(file.name))
        except _TemporaryError as error:
            pause = next(pauses, None)
            if pause is None:
                raise
            progress.note(f"{error.message} Trying again in {pause:g} s.")
            time.sleep(pause)
        finally:
            progress.finish()


def _body(url: str, progress: Progress) -> Iterator[bytes]:
    """Yield the body of the answer to a request in chunks."""
    request = urllib.request.Request(url, headers={"User-Agent": f"movierec/{__version__}"})
    opener = urllib.request.build_opener(_SecureRedirects)
    received = 0
    try:
        with opener.open(request, timeout=_TIMEOUT) as response:
            announced = response.headers.get("Content-Length", "")
            size = int(announced) if announced.isdigit() else None
            progress.start("Downloading", size)
            while chunk := response.read(_CHUNK):
                received += len(chunk)
                if received > _MAX_BYTES:
                    raise IntegrityError(f"{url} sends more than {_MAX_BYTES:,} bytes.", _HINT)
                yield chunk
                progress.advance(len(chunk))
    except urllib.error.HTTPError as error:
        error.close()
        is_temporary = error.code >= 500 or error.code in (408, 429)
        kind = _TemporaryError if is_temporary else NetworkError
        raise kind(f"{url} answers {error.code} {error.reason}.", _HINT) from error
    except (http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        raise _TemporaryError(f"{url} cannot be downloaded: {reason}.", _HINT) from error
    if size not in (None, received):
        raise _TemporaryError(f"{url} broke off after {received:,} of {size:,} bytes.", _HINT)


class _SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, except from https to another protocol."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.startswith("https:"):
            fp.close()
            raise NetworkError(f"{req.full_url} redirects to {newurl}, without encryption.", _HINT)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
