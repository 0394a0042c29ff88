"""Encrypted servers on this machine, with certificates good and bad."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
import trustme

from tests.helpers import Site


class Issuer:
    """An issuer of certificates; `trust` makes Python accept those that it issues."""

    def __init__(self) -> None:
        self._authority = trustme.CA()

    def trust(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make this issuer one that the test trusts."""
        path = folder / "issuer.pem"
        self._authority.cert_pem.write_to_path(str(path))
        monkeypatch.setenv("SSL_CERT_FILE", str(path))

    def certificate(
        self, host: str = "localhost", begins: int = -30, ends: int = 30
    ) -> trustme.LeafCert:
        """Return a certificate for a host; it begins and ends so many days from today."""
        now = datetime.now(UTC)
        return self._authority.issue_cert(
            host, not_before=now + timedelta(days=begins), not_after=now + timedelta(days=ends)
        )


@contextmanager
def encrypted(site: Site, certificate: trustme.LeafCert, host: str = "localhost") -> Iterator[str]:
    """Serve ``site`` over https with a certificate; yield its https address."""
    context = _server_context(certificate)
    plain = ("127.0.0.1", int(site.url.rpartition(":")[2]))

    def forward(connection: socket.socket) -> None:
        with (
            context.wrap_socket(connection, server_side=True) as client,
            socket.create_connection(plain) as server,
        ):
            server.sendall(client.recv(65536))  # a request of some lines comes in one piece
            while answer := server.recv(65536):
                client.sendall(answer)

    with serving_with(forward) as port:
        yield f"https://{host}:{port}"


@contextmanager
def intercepting(certificate: trustme.LeafCert) -> Iterator[str]:
    """Serve a proxy that shows this certificate for every host; yield its address."""
    context = _server_context(certificate)

    def intercept(connection: socket.socket) -> None:
        connection.recv(65536)  # CONNECT HOST:443
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        context.wrap_socket(connection, server_side=True).close()

    with serving_with(intercept) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def serving_with(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Handle each connection to a free port with a function; yield the port."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # a client that refuses a certificate goes away
                handle(self.request)

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
