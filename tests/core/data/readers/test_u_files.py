"""The files of MovieLens 100K: users, films, ratings and the official folds."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers import u_files
from movierec_cli.core.data.sources import open_source
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT
from tests.helpers import tiny_contents, write_folder


def read(folder: Path, contents: Mapping[str, bytes]) -> Dataset:
    with open_source(write_folder(folder / "files", contents), "") as source:
        return u_files.read(source, "tiny", SILENT).dataset


@pytest.fixture
def tiny_dataset(tmp_path: Path) -> Dataset:
    return read(tmp_path, tiny_contents())


def test_users_are_read_with_their_zip_codes_as_text(tiny_dataset: Dataset) -> None:
    users = tiny_dataset.users
    assert users.ids.tolist() == [1, 2, 5]
    assert users.age.tolist() == [24, 53, 7]
    assert users.gender.tolist() == [0, 1, 1]
    assert users.occupation.tolist() == [1, 0, 0]
    assert users.zip_code.tolist() == ["85711", "T8H1N", "01234"]


def test_films_are_read_from_latin_1_with_dates_missing_and_without_leading_zero(
    tiny_dataset: Dataset,
) -> None:
    films = tiny_dataset.films
    assert films.ids.tolist() == [1, 2, 4, 9, 11]
    assert films.titles.tolist() == [
        "Paper Boat (1995)",
        "Élan vital, L' (1996)",
        "unknown",
        "Iron Comet (1950)",
        "Paper Boat (1995)",
    ]
    assert films.released.astype(str).tolist() == [
        "1995-01-01", "1996-02-29", "NaT", "1951-12-31", "1995-02-04",
    ]  # fmt: skip
    np.testing.assert_array_equal(films.years, np.float32([1995, 1996, np.nan, 1951, 1995]))
    assert films.genres.astype(int).tolist() == [
        [0, 0, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1],
    ]  # fmt: skip


def test_ratings_are_ordered_by_user_and_film(tiny_dataset: Dataset) -> None:
    ratings = tiny_dataset.ratings
    assert ratings.user_rows.tolist() == [0, 0, 0, 1, 2]
    assert ratings.film_rows.tolist() == [0, 1, 3, 2, 0]
    assert ratings.values.tolist() == [1, 5, 2, 4, 3]
    assert ratings.timestamps.tolist() == [878887116, 891717742, 886397596, 880606923, 881250949]
    assert (tiny_dataset.lowest_rating, tiny_dataset.has_times) == (1, True)


def test_names_and_folds_are_read(tiny_dataset: Dataset) -> None:
    assert tiny_dataset.name == "tiny"
    assert tiny_dataset.genres == ("unknown", "Action", "Comedy")
    assert tiny_dataset.occupations == ("student", "writer")
    assert {fold: rows.tolist() for fold, rows in tiny_dataset.folds.items()} == {
        "u1": [4], "u2": [1], "u3": [0], "u4": [3], "u5": [2], "ua": [2, 4], "ub": [0, 3],
    }  # fmt: skip


def test_only_ratings_and_films_are_needed(tmp_path: Path) -> None:
    flags = b"|".join([b"0"] * 18)
    contents = {
        "u.data": tiny_contents()["u.data"],
        "u.item": b"1|Paper Boat (1995)|01-Jan-1995|||" + flags + b"|1\n",
    }
    dataset = read(tmp_path, contents)
    assert (len(dataset.genres), dataset.occupations, dict(dataset.folds)) == (19, (), {})
    assert not dataset.users.have_demographics
    assert [dataset.genres[column] for column in np.flatnonzero(dataset.films.genres[0])] == [
        "Western"
    ]
    assert len(dataset.films) == 4  # those rated, the others without a title
    assert dataset.films.titles.tolist()[1:] == ["2", "4", "9"]


def test_a_control_character_of_latin_1_ends_no_line(tmp_path: Path) -> None:
    films = tiny_contents()["u.item"].replace(b"Iron Comet", b"Iron\x85Comet")
    dataset = read(tmp_path, tiny_contents(u_item=films))
    assert dataset.films.titles[3] == "Iron\x85Comet (1950)"


@pytest.mark.parametrize(
    "date", ["30-Feb-1995", "1-Jun-95", "01-Foo-1995", "9-Jun-" + "9" * 5000, "x"]
)
def test_a_date_that_does_not_exist_is_named(date: str, tmp_path: Path) -> None:
    films = tiny_contents()["u.item"].replace(b"31-Dec-1951", date.encode())
    with pytest.raises(DataError, match=r"u\.item, line 4, column date: .* is not a date"):
        read(tmp_path, tiny_contents(u_item=films))


def test_wrong_ratings_and_short_rows_are_named(tmp_path: Path) -> None:
    contents = tiny_contents(
        u_data=b"5\t1\t3\t881250949\n1\t2\t6\t1\n1\t1\t1\n", u1_test=b"5\t1\t0\t881250949\n"
    )
    with pytest.raises(DataError) as caught:
        read(tmp_path, contents)
    for place in ("u.data, line 2, column rating: '6'", "u.data, line 3: ", "u1.test, line 1, col"):
        assert place in caught.value.message


def test_a_rating_of_a_fold_that_is_not_in_the_data_is_passed_over(tmp_path: Path) -> None:
    # user 2 and film 12, which is unknown, must not become user 1 and the last film
    contents = tiny_contents(
        u_data=tiny_contents()["u.data"] + b"1\t11\t4\t5\n",
        u1_test=b"2\t12\t4\t5\n3\t1\t4\t5\nx\t1\t4\t5\n5\t1\t3\t9\n",
    )
    assert read(tmp_path, contents).folds["u1"].tolist() == [5]


@pytest.mark.ml100k
def test_the_real_files_have_the_published_counts(ml100k: Dataset) -> None:
    assert (len(ml100k.users), len(ml100k.films), len(ml100k.ratings)) == (943, 1682, 100_000)
    assert ml100k.ratings.values.mean(dtype=np.float64) == pytest.approx(3.530, abs=5e-4)
    assert (ml100k.ratings.values >= 4).mean() == pytest.approx(0.55375, abs=1e-9)
    counts = ml100k.histories.counts
    assert (counts.min(), np.median(counts), counts.max()) == (20, 65, 737)
    assert (np.bincount(ml100k.ratings.film_rows) == 1).sum() == 141
    assert (len(ml100k.genres), len(ml100k.occupations)) == (19, 21)
    assert np.bincount(ml100k.users.gender).tolist() == [670, 273]
    assert (ml100k.users.age.min(), ml100k.users.age.max()) == (7, 73)
    assert ml100k.lowest_rating == 1
    sizes = {fold: len(rows) for fold, rows in ml100k.folds.items()}
    assert sizes == dict.fromkeys(("u1", "u2", "u3", "u4", "u5"), 20_000) | {"ua": 9430, "ub": 9430}


@pytest.mark.ml100k
def test_the_five_real_folds_are_all_ratings_once(ml100k: Dataset) -> None:
    rows = np.concatenate([ml100k.folds[f"u{number}"] for number in range(1, 6)])
    assert np.array_equal(np.sort(rows), np.arange(100_000))
    users = ml100k.ratings.user_rows[ml100k.folds["u1"]]
    assert (len(np.unique(users)), ml100k.users.ids[users].max()) == (459, 462)
    assert set(np.bincount(ml100k.ratings.user_rows[ml100k.folds["ua"]])) == {10}


@pytest.mark.ml100k
def test_eighteen_real_titles_have_two_ids_and_one_film_has_no_date(ml100k: Dataset) -> None:
    _, counts = np.unique(ml100k.films.titles, return_counts=True)
    assert (len(counts), (counts == 2).sum(), counts.max()) == (1664, 18, 2)
    assert np.isnat(ml100k.films.released).sum() == 1
