"""One headless browser for all tests of the page, and a page of made-up data."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.api import LoadedRun, load_run
from movierec_cli.core.page import make_page
from movierec_cli.core.paths import Paths

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
ODD_TITLES = (
    "<script>alert(1)</script> (1999)", "</script><b>Bold</b> (1998)", "Godfather, The (1972)",
    "Cérémonie, La (1995)",
)  # fmt: skip
"""Titles of the four most rated films, in the place of their made-up ones."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium; without it, or without Playwright, the tests are skipped."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser is installed: {', '.join(BROWSERS)}")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def run(home: Path) -> LoadedRun:
    """The dnn of the made-up data, with some odd titles."""
    loaded = load_run("dnn", Paths.from_environment({"MOVIEREC_HOME": str(home)}))
    films = loaded.dataset.films
    from movierec_cli.core.page.content import films_by_popularity

    titles = films.titles.astype("<U80")
    titles[films_by_popularity(loaded.dataset)[: len(ODD_TITLES)]] = ODD_TITLES
    return replace(loaded, dataset=replace(loaded.dataset, films=replace(films, titles=titles)))


@pytest.fixture(scope="session")
def address(run: LoadedRun, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page on disk."""
    path = tmp_path_factory.mktemp("page") / "films.html"
    path.write_bytes(make_page(run.model, run.manifest, run.dataset).content)
    return path.as_uri()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[[str], Any]]:
    """Opens a page with the network cut off; an error in it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    problems: list[str] = []

    def open_it(address: str) -> Any:
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.on("request", lambda request: problems.append(request.url)
                if not request.url.startswith(("file:", "data:")) else None)  # fmt: skip
        page.goto(address)
        page.wait_for_selector("#command:not(:empty)", state="attached")
        return page

    yield open_it
    context.close()
    assert problems == []


@pytest.fixture
def page(open_page: Callable[[str], Any], address: str) -> Any:
    """The page, just opened."""
    return open_page(address)
