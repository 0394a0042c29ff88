"""No test reaches another machine: connections and look-ups but those of the loopback fail."""

import errno
import ipaddress
import socket
from typing import Any

import pytest

LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr")


def is_here(host: Any) -> bool:
    """Tell whether a host is this machine's loopback interface."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every way out of this machine fail in this process."""
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), name))
    for name in LOOK_UPS:
        monkeypatch.setattr(socket, name, _guarded_look_up(getattr(socket, name)))


def _guarded(real: Any, name: str) -> Any:
    def call(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]  # of sendto it comes last
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            if name == "connect_ex":
                return errno.ENETUNREACH
            raise OSError(errno.ENETUNREACH, f"the tests have no network: {address[0]}")
        return real(self, *arguments)

    return call


def _guarded_look_up(real: Any) -> Any:
    def call(host: Any, *arguments: Any, **options: Any) -> Any:
        if not is_here(host):
            raise socket.gaierror(f"the tests have no network: {host}")
        return real(host, *arguments, **options)

    return call
