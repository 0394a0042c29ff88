"""The tests really have no network, but this machine's loopback."""

import errno
import socket
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers import Answer, Site

ELSEWHERE = [
    (socket.AF_INET, ("192.0.2.1", 9)),
    (socket.AF_INET, ("films.example", 9)),
    (socket.AF_INET6, ("2001:db8::1", 9, 0, 0)),
    (socket.AF_INET6, ("::ffff:192.0.2.1", 9, 0, 0)),
]
"""Addresses that nobody has, RFC 5737 and RFC 3849: they are refused before anything is sent."""


@pytest.mark.parametrize(("family", "address"), ELSEWHERE)
def test_no_connection_leaves_this_machine(family: int, address: tuple[Any, ...]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as stream:
        with pytest.raises(OSError, match="the tests have no network"):
            stream.connect(address)
        assert stream.connect_ex(address) == errno.ENETUNREACH
    with socket.socket(family, socket.SOCK_DGRAM) as datagrams:
        for arguments in ((b"x", address), (b"x", 0, address)):
            with pytest.raises(OSError, match="the tests have no network"):
                datagrams.sendto(*arguments)


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: socket.getaddrinfo("films.example", 443),
        lambda: socket.getaddrinfo("films.example", 443, socket.AF_INET6),
        lambda: socket.gethostbyname("films.example"),
        lambda: socket.gethostbyname_ex("films.example"),
        lambda: socket.gethostbyaddr("192.0.2.1"),
        lambda: socket.create_connection(("films.example", 443)),
        lambda: urllib.request.urlopen("https://films.example"),
    ],
)
def test_no_name_is_looked_up(look_up: Callable[[], object]) -> None:
    with pytest.raises(OSError, match="the tests have no network"):
        look_up()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_loopback_works(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        server = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with server, socket.create_connection(server.getsockname()[:2]) as client:
        client.sendall(b"x")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(1) == b"x"


def test_a_site_on_this_machine_answers(site: Site) -> None:
    site.answers = [Answer(b"here")]
    with urllib.request.urlopen(site.url) as response:
        assert response.read() == b"here"
