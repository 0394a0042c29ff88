"""A mirror is asked where an address fails, and one error names the problem of each."""

from pathlib import Path

import pytest

from movierec_cli.core.data.download import fetch
from movierec_cli.core.errors import IntegrityError, NetworkError
from tests.conftest import UNREACHABLE
from tests.core.data.download.conftest import (
    BODY,
    GOOD,
    MD5,
    OTHER,
    PAUSES,
    content,
    fails,
    host,
    notes,
    remote_at,
)
from tests.helpers import Answer, RecordedProgress, Site


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=404), "answers 404 Not Found."),
        (Answer(status=503), "answers 503 Service Unavailable."),
        (Answer(BODY[:70_000], length=len(BODY)), "broke off after 70,000 of 256,000 bytes."),
        (OTHER, f"sent another file, with the checksum {MD5[:4]}"),
        (Answer(BODY[:70_000]), "sends 70,000 bytes instead of 256,000."),
    ],
    ids=["not found", "busy", "truncated", "another file", "another size"],
)
def test_a_mirror_is_tried_at_once_and_said_in_one_line(
    answer: Answer,
    reason: str,
    site: Site,
    mirror: Site,
    target: Path,
    progress: RecordedProgress,
    slept: list[float],
) -> None:
    site.answers = [answer]
    remote = remote_at(f"{site.url}/a.zip", f"{mirror.url}/b.zip", checksum=MD5, size=len(BODY))
    assert fetch(remote, target, content, progress) == BODY
    assert (site.requests, mirror.requests, slept) == (["/a.zip"], ["/b.zip"], [])
    (note,) = notes(progress)
    assert note.startswith(f"{host(site.url)} {reason}")
    assert note.endswith(f" Trying the mirror {host(mirror.url)}.")


def test_a_site_that_does_not_answer_has_a_mirror(
    mirror: Site, target: Path, progress: RecordedProgress, slept: list[float]
) -> None:
    remote = remote_at(UNREACHABLE, mirror.url)
    assert fetch(remote, target, content, progress) == BODY
    assert notes(progress) == [
        f"{host(UNREACHABLE)} cannot be reached: Connection refused. "
        f"Trying the mirror {host(mirror.url)}."
    ]
    assert slept == []


def test_no_mirror_is_asked_where_the_official_site_has_the_file(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress
) -> None:
    site.answers = [GOOD]
    assert fetch(remote_at(site.url, mirror.url), target, content, progress) == BODY
    assert (mirror.requests, notes(progress)) == ([], [])


def test_a_file_that_the_reader_refuses_has_a_mirror(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress
) -> None:
    def read(path: Path, label: str) -> bytes:
        if path.read_bytes() != BODY:
            raise IntegrityError(f"{label} is not a readable zip archive.")
        return BODY

    site.answers = [Answer(b"<html>Log in to this network</html>")]
    remote = remote_at(f"{site.url}/a.zip", mirror.url, checksum=None)
    assert fetch(remote, target, read, progress) == BODY
    (note,) = notes(progress)
    assert note.startswith(f"{host(site.url)} is not a readable zip archive. Trying")


def test_all_that_failed_temporarily_are_tried_again_after_a_pause(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress, slept: list[float]
) -> None:
    site.answers = [Answer(status=503), GOOD]
    mirror.answers = [Answer(status=429)]
    assert fetch(remote_at(site.url, mirror.url), target, content, progress) == BODY
    assert (len(site.requests), len(mirror.requests), slept) == (2, 1, [1.0])
    assert notes(progress)[1] == (
        f"{host(mirror.url)} answers 429 Too Many Requests. Trying again in 1 s."
    )


def test_an_address_that_failed_for_good_is_not_asked_again(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress, slept: list[float]
) -> None:
    site.answers = [Answer(status=503), Answer(status=503), GOOD]
    mirror.answers = [Answer(status=404)]
    assert fetch(remote_at(site.url, mirror.url), target, content, progress) == BODY
    assert (len(site.requests), len(mirror.requests), slept) == (3, 1, [1.0, 2.0])
    official = host(site.url)
    assert notes(progress)[1:] == [
        f"{host(mirror.url)} answers 404 Not Found. Trying {official} again in 1 s.",
        f"{official} answers 503 Service Unavailable. Trying {official} again in 2 s.",
    ]


def test_nothing_is_tried_again_where_all_failed_for_good(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress, slept: list[float]
) -> None:
    mirror.answers = [Answer(status=403)]
    error = fails(NetworkError, remote_at(site.url, mirror.url), target, progress)
    assert error.message == (
        f"file.zip cannot be downloaded. {host(site.url)} answers 404 Not Found. "
        f"{host(mirror.url)} answers 403 Forbidden."
    )
    assert (len(site.requests), len(mirror.requests), slept) == (1, 1, [])


def test_one_error_names_the_problem_of_each_address(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress, slept: list[float]
) -> None:
    site.answers = [Answer(status=503)]
    mirror.answers = [OTHER]
    remote = remote_at(UNREACHABLE, site.url, mirror.url)
    error = fails(NetworkError, remote, target, progress)
    assert error.message.startswith(
        "file.zip cannot be downloaded. "
        f"{host(UNREACHABLE)} cannot be reached: Connection refused. "
        f"{host(site.url)} answers 503 Service Unavailable. "
        f"{host(mirror.url)} sent another file"
    )
    assert error.hint.startswith("Check the connection. Try again later. Take the archive")
    assert (len(site.requests), len(mirror.requests), slept) == (4, 1, list(PAUSES))


def test_another_file_at_the_last_address_is_a_failure_of_integrity(
    site: Site, mirror: Site, target: Path, progress: RecordedProgress
) -> None:
    mirror.answers = [OTHER]
    error = fails(IntegrityError, remote_at(site.url, mirror.url), target, progress)
    assert f"{host(site.url)} answers 404 Not Found." in error.message
    assert f"{host(mirror.url)} sent another file" in error.message
    assert "--from FILE" in error.hint
