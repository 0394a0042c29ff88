"""Downloads of several processes at once, and of one that is killed."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import registry
from movierec_cli.core.data.install import bring, download
from movierec_cli.core.paths import Paths
from tests.helpers import Answer, Site, edition_of, tiny_contents, wait_for, write_zip

TINY = edition_of(tiny_contents())

DOWNLOAD = """
import sys
from pathlib import Path
from movierec_cli.core.data.install import download
from movierec_cli.core.paths import Paths
from tests.helpers import edition_of, tiny_contents
cache = Path(sys.argv[1])
download(edition_of(tiny_contents()), Paths(cache, cache), sys.argv[2])
"""


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    """An archive so large that half of it is on disk before the other half arrives."""
    padded = tiny_contents() | {"README": os.urandom(400_000)}
    return write_zip(tmp_path / "padded.zip", padded).read_bytes()


def names(paths: Paths) -> list[str]:
    return sorted(path.name for path in paths.cache.iterdir()) if paths.cache.exists() else []


def half_is_there(paths: Paths, n_parts: int) -> bool:
    parts = files.parts_in(paths.cache)
    return len(parts) == n_parts and all(part.stat().st_size > 100_000 for part in parts)


def start(paths: Paths, site: Site) -> "subprocess.Popen[bytes]":
    """Start a process that downloads the tiny edition from the site."""
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.Popen(
        [sys.executable, "-c", DOWNLOAD, str(paths.cache), site.url], env=environ
    )


def test_two_downloads_at_once_do_not_disturb_each_other(
    body: bytes, paths: Paths, site: Site
) -> None:
    go_on = threading.Event()
    site.answers = [Answer(body, held=go_on)]
    processes = [start(paths, site) for _ in range(2)]
    try:
        wait_for(lambda: half_is_there(paths, 2))
        assert "ml-100k.zip" not in names(paths)
        go_on.set()
        assert [process.wait(20) for process in processes] == [0, 0]
    finally:
        go_on.set()
        for process in processes:
            process.kill()
            process.wait()
    assert names(paths) == ["ml-100k.npz", "ml-100k.zip"]
    assert registry.archive_path("ml-100k", paths).read_bytes() == body
    assert len(registry.load_dataset("ml-100k", paths).ratings) == 5


@pytest.mark.parametrize("there", [False, True], ids=["nothing before", "something before"])
def test_the_download_after_one_that_was_killed_succeeds_and_takes_the_litter_away(
    there: bool, body: bytes, paths: Paths, site: Site, tmp_path: Path
) -> None:
    if there:
        bring(TINY, write_zip(tmp_path / "mine.zip", tiny_contents()), paths)
    before = {name: (paths.cache / name).read_bytes() for name in names(paths)}
    go_on = threading.Event()
    site.answers = [Answer(body, held=go_on)]
    process = start(paths, site)
    try:
        wait_for(lambda: half_is_there(paths, 1))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        go_on.set()
    (part,) = files.parts_in(paths.cache)
    assert {name: (paths.cache / name).read_bytes() for name in before} == before
    assert names(paths) == [part.name, *before]
    site.answers = [Answer(body)]
    assert len(download(TINY, paths, site.url).ratings) == 5
    assert names(paths) == ["ml-100k.npz", "ml-100k.zip"]
    assert registry.archive_path("ml-100k", paths).read_bytes() == body
