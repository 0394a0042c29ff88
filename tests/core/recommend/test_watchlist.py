"""Recommendations as a file that Letterboxd imports: its columns, titles with article first."""

from pathlib import Path

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.catalog import RankedFilm
from movierec_cli.core.recommend.watchlist import check_watchlist, write_watchlist


def film(title: str, year: int | None = None, imdb: str = "", tmdb: int = 0) -> RankedFilm:
    return RankedFilm(1, 1, title, year, (), imdb or None, tmdb or None)


def test_titles_are_those_that_people_write_and_years_and_ids_have_columns(tmp_path: Path) -> None:
    films = [
        film("Godfather, The (1972)", 1972, "tt0068646", 238),
        film("Postino, Il (1994)", 1994),
        film("City of Lost Children, The (Cité des enfants perdus, La) (1995)", 1995),
        film("Good, the Bad and the Ugly, The (1966)", 1966),
        film("Avventura, L' (1960)", 1960),
        film("unknown"),
    ]
    write_watchlist(films, tmp_path / "watch.csv")
    assert (tmp_path / "watch.csv").read_text(encoding="utf-8").splitlines() == [
        "Title,Year,imdbID,tmdbID",
        "The Godfather,1972,tt0068646,238",
        "Il Postino,1994,,",
        "The City of Lost Children,1995,,",
        '"The Good, the Bad and the Ugly",1966,,',
        "L'Avventura,1960,,",
        "unknown,,,",
    ]


@pytest.mark.parametrize("name", ["watch", "watch.jsonl", "watch.pdf", "."])
def test_a_file_that_letterboxd_does_not_import_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        check_watchlist(tmp_path / name)
    assert ".csv" in caught.value.hint
