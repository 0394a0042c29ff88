"""Verified download of a published file over https, from its official address or a mirror."""

import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlsplit

from movierec_cli import __version__
from movierec_cli.core.errors import IntegrityError, NetworkError
from movierec_cli.core.files import atomic_write, check_space
from movierec_cli.core.progress import Progress

RETRY_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth round of tries."""

_TIMEOUT = 20.0  # seconds without a byte
_CHUNK = 64 * 1024
_MAX_BYTES = 2**30  # of a file of unknown size
_NOT_YET_VALID, _EXPIRED = 9, 10  # X509_V_ERR_... of OpenSSL, which Python does not name
_UNKNOWN_ISSUER = (2, 18, 19, 20, 21)  # no issuer found, or signed by itself
_OTHER_HOST = (62, 64)  # another name, another IP address

T = TypeVar("T")


@dataclass(frozen=True)
class Remote:
    """A published file: its addresses, and what is known of its content.

    Attributes
    ----------
    addresses
        At least one web address, in the order of the tries: the official one, then its mirrors.
    command
        Command in hints, such as ``movierec download ml-1m``; it takes ``--url`` and ``--from``.
    checksum
        ``sha256:`` or ``md5:``, and the checksum in lower-case hexadecimal; ``None`` if unknown.
    size
        Size in bytes; ``None`` if unknown.
    """

    addresses: tuple[str, ...]
    command: str
    checksum: str | None = None
    size: int | None = None

    @property
    def max_bytes(self) -> int:
        """Bytes that are accepted at most."""
        return _MAX_BYTES if self.size is None else self.size

    @property
    def elsewhere(self) -> str:
        """Hint: the commands that take the file from another place."""
        verified = " Its checksum is verified." if self.checksum else ""
        return (
            f"Take the archive from elsewhere: {self.command} --url URL, or "
            f"{self.command} --from FILE.{verified}"
        )


class _AddressError(Exception):
    """A failure of one address: the problem, and advice beside `Remote.elsewhere`."""

    def __init__(self, problem: str, advice: str = "", is_temporary: bool = False) -> None:
        super().__init__(problem)
        self.advice = advice
        self.is_temporary = is_temporary


def fetch(
    remote: Remote,
    target: Path,
    read: Callable[[Path, str], T],
    progress: Progress,
    margin: int = 0,
) -> T:
    """Download a file to ``target``; ``target`` changes only if everything succeeds.

    The next address is tried at once. After all addresses have failed, those with a temporary
    failure are tried again after a pause.

    Parameters
    ----------
    read
        Reads the complete temporary file, given its path and its address as a label. It raises
        `IntegrityError` if the content is wrong; the next address is tried then as well.
    margin
        Bytes of disk space that are needed beside the file, such as for its prepared form.

    Returns
    -------
    The result of ``read``.

    Raises
    ------
    NetworkError
        If no address sends the complete file.
    IntegrityError
        If the last address that was tried sends another file.
    DataError
        If the disk has too little space, or the folder cannot be written to.
    """
    for address in remote.addresses:
        _check_address(address)
    failures: dict[str, _AddressError | IntegrityError] = {}
    waiting = remote.addresses
    pauses = iter(RETRY_PAUSES)
    while True:
        for address, mirror in zip_longest(waiting, waiting[1:]):
            try:
                with atomic_write(target) as file:
                    _receive(address, remote, target, file, margin, progress)
                    file.flush()
                    return read(Path(file.name), address)
            except (_AddressError, IntegrityError) as error:
                failures[address] = error
            finally:
                progress.finish()
            problem = _problem(failures[address], address, remote)
            if mirror:
                progress.note(f"{problem} Trying the mirror {_host(mirror)}.")
        last = failures[address]
        waiting = tuple(address for address in waiting if _is_temporary(failures[address]))
        pause = next(pauses, None)
        if pause is None or not waiting:
            if isinstance(last, IntegrityError) and len(failures) == 1:
                raise last
            raise _summary(failures, last, remote, target) from last
        some = "" if waiting == remote.addresses else " " + " and ".join(map(_host, waiting))
        progress.note(f"{problem} Trying{some} again in {pause:g} s.")
        time.sleep(pause)


def _summary(
    failures: Mapping[str, _AddressError | IntegrityError],
    last: _AddressError | IntegrityError,
    remote: Remote,
    target: Path,
) -> NetworkError | IntegrityError:
    """Return one error that names the problem of each address; ``last`` decides its kind."""
    problems = [_problem(error, address, remote) for address, error in failures.items()]
    advice = [error.advice for error in failures.values() if isinstance(error, _AddressError)]
    kind = IntegrityError if isinstance(last, IntegrityError) else NetworkError
    return kind(
        " ".join([f"{target.name} cannot be downloaded.", *problems]),
        " ".join([*dict.fromkeys(filter(None, advice)), remote.elsewhere]),
    )


def _problem(error: Exception, address: str, remote: Remote) -> str:
    """Return the problem of an address; one of several addresses is shortened to its host."""
    problem = str(error)
    return problem if len(remote.addresses) == 1 else problem.replace(address, _host(address))


def _is_temporary(error: Exception) -> bool:
    return isinstance(error, _AddressError) and error.is_temporary


def _host(address: str) -> str:
    """Return the host of an address, with its port where one is given, without a password."""
    return urlsplit(address).netloc.rpartition("@")[2]


def _check_address(address: str) -> None:
    """Refuse anything but an http or https address that can be sent as it is."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a malformed host or port
        is_web = False
    if not (is_web and address.isascii() and address.isprintable() and " " not in address):
        raise NetworkError(
            f"{address} is not a web address.",
            "Give an https:// address of ASCII characters with --url, others as %C3%A9.",
        )


def _receive(
    address: str, remote: Remote, target: Path, file: BinaryIO, margin: int, progress: Progress
) -> None:
    """Write the body of the answer into ``file``; check its size, the disk and its checksum."""
    kind, _, expected = (remote.checksum or "sha256:").partition(":")
    digest = hashlib.new(kind, usedforsecurity=False)
    received = 0
    with _answer(address) as answer:
        announced: int | None = answer.length
        if announced is not None:
            _check_size(announced, address, remote)
        size = announced if remote.size is None else remote.size
        check_space(target, (size or 0) + margin)
        progress.start("Downloading", size)
        while received <= remote.max_bytes and (chunk := _chunk(answer, address)):
            received += len(chunk)
            digest.update(chunk)
            file.write(chunk)
            progress.advance(len(chunk))
    if announced not in (None, received):
        raise _AddressError(
            f"{address} broke off after {received:,} of {announced:,} bytes.",
            "Check the connection.",
            is_temporary=True,
        )
    _check_size(received, address, remote)
    if expected and digest.hexdigest() != expected:
        raise IntegrityError(
            f"{address} sent another file, with the checksum {kind}:{digest.hexdigest()}.",
            remote.elsewhere,
        )


def _check_size(n_bytes: int, address: str, remote: Remote) -> None:
    """Refuse a file of another size than the published one, or without bounds."""
    if n_bytes > remote.max_bytes:
        raise IntegrityError(
            f"{address} sends more than {remote.max_bytes:,} bytes.", remote.elsewhere
        )
    if remote.size not in (None, n_bytes):
        raise IntegrityError(
            f"{address} sends {n_bytes:,} bytes instead of {remote.size:,}.", remote.elsewhere
        )


def _answer(address: str) -> http.client.HTTPResponse:
    """Return the answer to a request, after redirects; its body is not read yet."""
    request = urllib.request.Request(address, headers={"User-Agent": f"movierec/{__version__}"})
    opener = urllib.request.build_opener(_SecureRedirects, _NamedCertificates)
    with _failures_of(address, "cannot be reached"):
        answer: http.client.HTTPResponse = opener.open(request, timeout=_TIMEOUT)
    return answer


def _chunk(answer: http.client.HTTPResponse, address: str) -> bytes:
    with _failures_of(address, "broke off"):
        return answer.read(_CHUNK)


@contextmanager
def _failures_of(address: str, failure: str) -> Iterator[None]:
    """Turn what the libraries raise for a failed request into an `_AddressError`."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        phrase = http.client.responses.get(error.code, "")  # not the server's: any characters
        is_temporary = error.code >= 500 or error.code in (408, 429)
        raise _AddressError(
            f"{address} answers {error.code} {phrase}".rstrip() + ".",
            "Try again later." if is_temporary else "",
            is_temporary,
        ) from error
    except (http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        words = str(getattr(reason, "strerror", None) or reason)
        raise _AddressError(
            f"{address} {failure}: {''.join(filter(str.isprintable, words))}.",
            "Check the connection.",
            is_temporary=True,
        ) from error
    except ValueError as error:  # of a host name, or of the goal of a redirect
        raise _AddressError(f"{address} leads to a malformed address.") from error


class _SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, except from https to another protocol."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Return the next request."""
        if urlsplit(newurl).scheme not in ("https", req.type):
            raise _AddressError(f"{req.full_url} redirects to {newurl}, without encryption.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any
    ) -> Any:
        """Return the answer of the next address."""
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except Exception:
            fp.close()  # urllib leaves it open when the redirect is refused or malformed
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class _NamedCertificates(urllib.request.HTTPSHandler):
    """Names the host with an invalid certificate, which may be the goal of a redirect."""

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Return the answer."""
        try:
            return super().https_open(req)
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                # With a proxy, req.host is that of the proxy.
                raise _invalid_certificate(_host(req.full_url), error.reason) from error
            raise


def _invalid_certificate(host: str, error: ssl.SSLCertVerificationError) -> _AddressError:
    """Return what is wrong with a certificate, and what can be done about it."""
    certificate = f"The certificate of {host}"
    if error.verify_code == _EXPIRED:
        return _AddressError(f"{certificate} has expired.")
    if error.verify_code == _NOT_YET_VALID:
        today = date.today().isoformat()
        return _AddressError(
            f"{certificate} is not valid yet.", f"Check the clock of this machine: it says {today}."
        )
    if error.verify_code in _OTHER_HOST:
        return _AddressError(f"{certificate} is for another host.")
    if error.verify_code in _UNKNOWN_ISSUER:
        return _AddressError(
            f"{certificate} has an unknown issuer.",
            "If your network has an issuer of its own, give its certificate: SSL_CERT_FILE=FILE.",
        )
    return _AddressError(f"{certificate} is invalid: {error.verify_message}.")
