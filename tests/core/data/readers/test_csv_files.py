"""The files of MovieLens 20M and later: half stars, ids at other sites, no demographics."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers import csv_files
from movierec_cli.core.data.sources import open_source
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT
from tests.helpers import write_folder

FILES: Mapping[str, bytes] = {
    "ratings.csv": (
        b"userId,movieId,rating,timestamp\r\n2,292757,0.5,1260759144\r\n1,1,4.5,964982703\r\n"
    ),
    "movies.csv": (
        "movieId,title,genres\r\n"
        "1,Toy Story (1995),Adventure|Children\r\n"
        '29,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",IMAX\r\n'
        "40697,Babylon 5,(no genres listed)\r\n"
        "292757,The OA (2016-),Drama\r\n"
    ).encode(),
    "links.csv": b"movieId,imdbId,tmdbId\r\n1,0114709,862\r\n40697,0105946,\r\n",
    "tags.csv": b"not read \xff",
}


def read(folder: Path, without: str = "", **changed: bytes) -> Dataset:
    files = FILES | {name.replace("_", "."): data for name, data in changed.items()}
    kept = {name: data for name, data in files.items() if name != without}
    with open_source(write_folder(folder / "files", kept), "") as source:
        return csv_files.read(source, "tiny", SILENT).dataset


def test_the_files_are_read(tmp_path: Path) -> None:
    dataset = read(tmp_path)
    assert dataset.users.ids.tolist() == [1, 2]
    assert dataset.films.ids.tolist() == [1, 29, 40697, 292757]
    assert dataset.films.titles.tolist() == [
        "Toy Story (1995)",
        "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
        "Babylon 5",
        "The OA (2016-)",
    ]
    np.testing.assert_array_equal(dataset.films.years, np.float32([1995, 1995, np.nan, 2016]))
    assert dataset.genres == ("Adventure", "Children", "Drama", "IMAX")
    assert not dataset.films.genres[2].any()
    assert dataset.ratings.values.tolist() == [4.5, 0.5]
    assert dataset.ratings.timestamps.tolist() == [964982703, 1260759144]
    assert (dataset.lowest_rating, dataset.occupations) == (0.5, ())
    assert not dataset.users.have_demographics


def test_links_are_kept_and_may_be_missing(tmp_path: Path) -> None:
    films = read(tmp_path).films
    assert films.imdb_ids.tolist() == ["tt0114709", "", "tt0105946", ""]
    assert films.tmdb_ids.tolist() == [862, 0, 0, 0]
    films = read(tmp_path / "other", without="links.csv").films
    assert (set(films.imdb_ids.tolist()), set(films.tmdb_ids.tolist())) == ({""}, {0})


def test_problems_of_all_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(
            tmp_path,
            ratings_csv=FILES["ratings.csv"] + b"1,29,6,1\r\n1,40697,nan,1\r\n",
            movies_csv=FILES["movies.csv"] + b"50,\xff,War\r\n",
            links_csv=FILES["links.csv"] + b"29,x,y\r\n",
        )
    for place in (
        "ratings.csv, line 4, column rating: '6' is not a rating of 0.5 to 5",
        "ratings.csv, line 5, column rating: 'nan'",
        "movies.csv, line 6, column title: '\ufffd' is not readable",
        "links.csv, line 4, column imdbId: 'x'",
        "links.csv, line 4, column tmdbId: 'y'",
    ):
        assert place in caught.value.message


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ratings\.csv has no column of user ids"):
        read(tmp_path, ratings_csv=b"a,b\n1,2\n")


def test_a_file_without_ratings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ratings\.csv has no rating\."):
        read(tmp_path, ratings_csv=b"userId,movieId,rating,timestamp\n")
    with pytest.raises(DataError, match=r"ratings\.csv has no column of ratings; it has: userId"):
        read(tmp_path / "column", ratings_csv=b"userId,movieId\n1,1\n")
    with pytest.raises(DataError, match=r"ratings\.csv, line 2: '1,1' has 2 cells"):
        read(tmp_path / "short", ratings_csv=b"userId,movieId,rating\n1,1\n")


def test_movielens_latest_small_has_the_published_counts(latest_small: Dataset) -> None:
    dataset = latest_small
    assert (len(dataset.users), len(dataset.films), len(dataset.ratings)) == (610, 9_742, 100_836)
    assert len(np.unique(dataset.ratings.film_rows)) == 9_724
    assert (dataset.lowest_rating, dataset.has_times) == (0.5, True)
    assert sorted(set(dataset.ratings.values.tolist())) == [half / 2 for half in range(1, 11)]
    assert len(dataset.genres) == 19
    assert {"Children", "IMAX"} <= set(dataset.genres)
    assert not any("no genres" in genre for genre in dataset.genres)
    assert dataset.users.ids.tolist() == list(range(1, 611))


def test_twelve_real_films_have_no_year_and_five_titles_two_ids(latest_small: Dataset) -> None:
    films = latest_small.films
    undated = films.titles[np.isnat(films.released)].tolist()
    assert len(undated) == 12
    assert "Babylon 5" in undated
    twice = sorted(title for title, n in Counter(films.titles.tolist()).items() if n > 1)
    assert twice == [
        "Confessions of a Dangerous Mind (2002)",
        "Emma (1996)",
        "Eros (2004)",
        "Saturn 3 (1980)",
        "War of the Worlds (2005)",
    ]


def test_real_links_have_leading_zeros_and_some_lack_one_site(latest_small: Dataset) -> None:
    films = latest_small.films
    assert films.imdb_ids[films.titles == "Toy Story (1995)"].tolist() == ["tt0114709"]
    assert all(name.startswith("tt") and len(name) >= 9 for name in films.imdb_ids.tolist())
    assert (films.tmdb_ids == 0).sum() == 8
