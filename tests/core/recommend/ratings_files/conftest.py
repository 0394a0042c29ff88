"""Catalogs to match with: MovieLens Latest Small, and a few films of the old numbering."""

from collections.abc import Callable
from pathlib import Path

import pytest

from movierec_cli.core.data import registry
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.ratings_files.reading import OwnRatings, read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.helpers import make_dataset

OLD_TITLES = [
    "Toy Story (1995)",
    "Fargo (1996)",
    "Heat (1995)",
    "Sabrina (1954)",
    "Sabrina (1995)",
    "Godfather, The (1972)",
    "Seven (Se7en) (1995)",
    "Batman & Robin (1997)",
    "Good, The Bad and The Ugly, The (1966)",
    "Raiders of the Lost Ark (1981)",
    "Underworld (1997)",
]
"""Films numbered 10, 20, ... with ratings of 1 to 5, as in MovieLens 100K."""

Read = Callable[..., OwnRatings]


@pytest.fixture(scope="session")
def latest(tmp_path_factory: pytest.TempPathFactory) -> TitleIndex:
    """The packaged data set."""
    folder = tmp_path_factory.mktemp("latest")
    return TitleIndex(registry.load_dataset("ml-latest-small", Paths(folder, folder)))


@pytest.fixture(scope="session")
def old() -> TitleIndex:
    """A catalog without ids at other sites, whose films are numbered in another way."""
    return TitleIndex(make_dataset([(0, 0, 4.0)], 1, OLD_TITLES))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read one file of a given content; its name is that of the test."""

    def read_content(
        content: str | bytes, titles: TitleIndex, name: str = "mine.csv"
    ) -> OwnRatings:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_ratings([path], titles)

    return read_content


def films(own: OwnRatings) -> dict[str, float]:
    """Return title -> rating."""
    titles = own.report.dataset.films.titles
    return {str(titles[row]): rating for row, rating in own.ratings.items()}


def seen(own: OwnRatings) -> set[str]:
    """Return the titles of the films that are seen and not rated."""
    return {str(own.report.dataset.films.titles[row]) for row in own.seen}


def outcomes(own: OwnRatings) -> dict[int, str]:
    """Return line -> result of each row."""
    return {row.entry.line: str(row.outcome) for row in own.report.rows}
