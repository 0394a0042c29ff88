"""A certificate that is not valid is named, and never accepted."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from trustme import LeafCert

from movierec_cli.core.data.download import fetch
from movierec_cli.core.errors import IntegrityError, NetworkError
from tests.core.data.download.conftest import (
    BODY,
    GOOD,
    OTHER,
    UNKNOWN,
    Https,
    content,
    fails,
    host,
    notes,
    remote_at,
)
from tests.helpers import Answer, RecordedProgress, Site
from tests.tls import Issuer, intercepting


def test_a_valid_certificate_is_accepted(
    issuer: Issuer, https: Https, site: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [GOOD]
    assert fetch(remote_at(https(issuer.certificate())), target, content, progress) == BODY
    assert notes(progress) == []


def test_an_expired_certificate_has_a_mirror_and_the_checksum_decides(
    issuer: Issuer,
    https: Https,
    site: Site,
    mirror: Site,
    target: Path,
    progress: RecordedProgress,
    slept: list[float],
) -> None:
    site.answers = [GOOD]
    official = https(issuer.certificate(ends=-1))
    remote = remote_at(f"{official}/a.zip", mirror.url)
    mirror.answers = [OTHER]
    error = fails(IntegrityError, remote, target, progress)
    assert f"The certificate of {host(official)} has expired." in error.message
    mirror.answers = [GOOD]
    progress.calls.clear()
    assert fetch(remote, target, content, progress) == BODY
    assert notes(progress) == [
        f"The certificate of {host(official)} has expired. Trying the mirror {host(mirror.url)}."
    ]
    assert (site.requests, slept) == ([], [])


@pytest.mark.parametrize(
    ("certificate", "name", "problem", "advice"),
    [
        (lambda issuer: issuer.certificate(ends=-1), "localhost", "has expired.", ""),
        (
            lambda issuer: issuer.certificate(begins=1),
            "localhost",
            "is not valid yet.",
            f"Check the clock of this machine: it says {date.today()}. ",
        ),
        (
            lambda issuer: issuer.certificate("films.example"),
            "localhost",
            "is for another host.",
            "",
        ),
        (lambda issuer: issuer.certificate(), "127.0.0.1", "is for another host.", ""),
        (
            lambda issuer: UNKNOWN.certificate(),
            "localhost",
            "has an unknown issuer.",
            "If your network has an issuer of its own, give its certificate: SSL_CERT_FILE=FILE. ",
        ),
    ],
    ids=["expired", "not yet valid", "other host", "other address", "unknown issuer"],
)
def test_an_invalid_certificate_is_named_and_not_tried_again(
    certificate: Callable[[Issuer], LeafCert],
    name: str,
    problem: str,
    advice: str,
    issuer: Issuer,
    https: Https,
    site: Site,
    target: Path,
    progress: RecordedProgress,
    slept: list[float],
) -> None:
    site.answers = [GOOD]
    address = https(certificate(issuer), name)
    error = fails(NetworkError, remote_at(f"{address}/a.zip"), target, progress)
    assert error.message == (
        f"file.zip cannot be downloaded. The certificate of {host(address)} {problem}"
    )
    assert error.hint.startswith(f"{advice}Take the archive from elsewhere")
    assert "movierec download ml-1m --url URL" in error.hint
    assert (site.requests, slept, notes(progress)) == ([], [], [])


def test_a_certificate_is_that_of_the_host_after_a_redirect(
    issuer: Issuer, https: Https, site: Site, target: Path, progress: RecordedProgress
) -> None:
    expired = https(issuer.certificate(ends=-1))
    site.answers = [Answer(status=302, headers={"Location": f"{expired}/there"})]
    error = fails(NetworkError, remote_at(https(issuer.certificate())), target, progress)
    assert f"The certificate of {host(expired)} has expired." in error.message


def test_a_certificate_that_a_proxy_shows_is_that_of_the_host(
    target: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with intercepting(UNKNOWN.certificate("films.example")) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        error = fails(NetworkError, remote_at("https://films.example/a.zip"), target, progress)
    assert "The certificate of films.example has an unknown issuer." in error.message


@pytest.mark.parametrize("scheme", ["http", "ftp"])
def test_a_redirect_from_https_to_another_protocol_is_refused(
    scheme: str,
    issuer: Issuer,
    https: Https,
    site: Site,
    target: Path,
    progress: RecordedProgress,
    slept: list[float],
) -> None:
    secure = https(issuer.certificate())
    plain = site.url.replace("http", scheme, 1)
    site.answers = [
        Answer(status=302, headers={"Location": f"{secure}/there"}),
        Answer(status=302, headers={"Location": f"{plain}/plain"}),
        GOOD,
    ]
    message = fails(NetworkError, remote_at(f"{secure}/here"), target, progress).message
    assert f"{secure}/there redirects to {plain}/plain, without encryption." in message
    assert (site.requests, slept) == (["/here", "/there"], [])
