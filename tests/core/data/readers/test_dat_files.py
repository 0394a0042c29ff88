"""The files of MovieLens 1M and 10M, with two colons between cells."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers import dat_files
from movierec_cli.core.data.readers.layouts import find_layout
from movierec_cli.core.data.sources import open_source
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT
from tests.helpers import RecordedProgress, write_folder

FILES: Mapping[str, bytes] = {
    "ratings.dat": b"2::10::5::978302109\n1::3952::3::978300760\n1::10::4::978301968\n",
    "movies.dat": (
        "10::Star Trek: First Contact (1996)::Action|Sci-Fi\n"
        "25::Misérables, Les (1995)::Drama\n"
        "3952::Contender, The (2000)::Drama|Thriller\n"
    ).encode("latin-1"),
    "users.dat": b"1::F::1::10::48067\n2::M::56::16::70072-1234\n",
}


def read(folder: Path, **changed: bytes) -> Dataset:
    files = FILES | {name.replace("_", "."): data for name, data in changed.items()}
    with open_source(write_folder(folder / "files", files), "") as source:
        return dat_files.read(source, "tiny", SILENT).dataset


def test_titles_contain_colons_and_latin_1(tmp_path: Path) -> None:
    dataset = read(tmp_path)
    assert dataset.films.ids.tolist() == [10, 25, 3952]
    assert dataset.films.titles.tolist() == [
        "Star Trek: First Contact (1996)", "Misérables, Les (1995)", "Contender, The (2000)",
    ]  # fmt: skip
    assert dataset.films.years.tolist() == [1996, 1995, 2000]
    assert dataset.genres == ("Action", "Drama", "Sci-Fi", "Thriller")
    assert dataset.films.genres[0].tolist() == [True, False, True, False]


def test_titles_in_utf_8_are_read_as_such(tmp_path: Path) -> None:
    movies = FILES["movies.dat"].decode("latin-1").encode()
    assert read(tmp_path, movies_dat=movies).films.titles[1] == "Misérables, Les (1995)"


def test_ratings_are_ordered_by_user_and_film(tmp_path: Path) -> None:
    ratings = read(tmp_path).ratings
    assert ratings.user_rows.tolist() == [0, 0, 1]
    assert ratings.film_rows.tolist() == [0, 2, 0]
    assert ratings.values.tolist() == [4, 3, 5]
    assert ratings.timestamps.tolist() == [978301968, 978300760, 978302109]


def test_ratings_are_read_in_blocks_and_not_line_by_line(tmp_path: Path) -> None:
    progress = RecordedProgress()
    with open_source(write_folder(tmp_path / "files", FILES), "") as source:
        dat_files.read(source, "tiny", progress)
    assert progress.of("start") == [("start", "Reading ratings.dat", 62)]


def test_codes_of_ages_are_years_and_those_of_occupations_names(tmp_path: Path) -> None:
    dataset = read(tmp_path)
    assert dataset.users.age.tolist() == [15, 60]
    assert dataset.users.gender.tolist() == [1, 0]
    assert [dataset.occupations[code] for code in dataset.users.occupation] == [
        "K-12 student", "self-employed",
    ]  # fmt: skip
    assert dataset.users.zip_code.tolist() == ["48067", "70072-1234"]


def test_every_code_has_a_value() -> None:
    assert sorted(map(int, dat_files.AGES)) == [1, 18, 25, 35, 45, 50, 56]
    assert len(set(dat_files.OCCUPATIONS)) == 21


def test_the_scale_has_half_stars_if_a_rating_has(tmp_path: Path) -> None:
    assert read(tmp_path).lowest_rating == 1
    ratings = FILES["ratings.dat"].replace(b"::5::", b"::4.5::")
    half = read(tmp_path / "half", ratings_dat=ratings)
    assert (half.lowest_rating, half.ratings.values.max()) == (0.5, 4.5)


def test_users_may_be_missing(tmp_path: Path) -> None:
    files = {name: data for name, data in FILES.items() if name != "users.dat"}
    with open_source(write_folder(tmp_path / "files", files), "") as source:
        dataset = dat_files.read(source, "tiny", SILENT).dataset
    assert not dataset.users.have_demographics
    assert dataset.occupations == ()


def test_problems_of_all_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(
            tmp_path,
            ratings_dat=FILES["ratings.dat"] + b"1::11::5.5::9\n1:12:4:9\n",
            movies_dat=FILES["movies.dat"] + b"77::Short\n",
            users_dat=FILES["users.dat"] + b"3::Q::300::10::1\n",
        )
    for place in (
        "ratings.dat, line 4, column rating: '5.5'",
        "ratings.dat, line 5: ",
        "movies.dat, line 4: ",
        "users.dat, line 3, column age: '300'",
        "users.dat, line 3, column gender: 'Q'",
    ):
        assert place in caught.value.message


@pytest.mark.ml1m_half
def test_half_of_movielens_1m_is_read_with_its_demographics(half_archive: Path) -> None:
    with open_source(half_archive, "") as source:
        layout, inner = find_layout(source)
        assembled = layout.read(inner, "half", SILENT)
    dataset = assembled.dataset
    assert (len(dataset.users), len(dataset.films), len(dataset.ratings)) == (2999, 3883, 487_650)
    assert (assembled.duplicates, assembled.users_without_ratings) == (0, 6040 - 2999)
    assert (len(dataset.genres), len(dataset.occupations)) == (18, 21)
    assert sorted(set(dataset.users.age.tolist())) == [15, 21, 29, 39, 47, 52, 60]
    assert (dataset.users.gender >= 0).all()
    assert (dataset.lowest_rating, dataset.has_times) == (1, True)
    assert "Misérables, Les (1995)" in dataset.films.titles.tolist()
    assert np.isnan(dataset.films.years).sum() == 0
