"""The files of MovieLens 100K are read as published, with all their traps."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers import ml_100k
from tests.helpers import tiny_contents

TINY = ml_100k.parse(tiny_contents(), "tiny")


def test_users_are_read_with_their_zip_codes_as_text() -> None:
    assert TINY.users.ids.tolist() == [1, 2, 5]
    assert TINY.users.age.tolist() == [24, 53, 7]
    assert TINY.users.gender.tolist() == [0, 1, 1]
    assert TINY.users.occupation.tolist() == [1, 0, 0]
    assert TINY.users.zip_code.tolist() == ["85711", "T8H1N", "01234"]


def test_films_are_read_from_latin_1_with_dates_missing_and_without_leading_zero() -> None:
    films = TINY.films
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


def test_ratings_keep_the_order_of_the_file_and_point_to_rows() -> None:
    ratings = TINY.ratings
    assert ratings.user_rows.tolist() == [2, 0, 0, 1, 0]
    assert ratings.film_rows.tolist() == [0, 1, 0, 2, 3]
    assert ratings.values.tolist() == [3, 5, 1, 4, 2]
    assert ratings.timestamps.tolist() == [881250949, 891717742, 878887116, 880606923, 886397596]


def test_names_and_folds_are_read() -> None:
    assert TINY.name == "tiny"
    assert TINY.genres == ("unknown", "Action", "Comedy")
    assert TINY.occupations == ("student", "writer")
    assert {fold: rows.tolist() for fold, rows in TINY.folds.items()} == {
        "u1": [0], "u2": [1], "u3": [2], "u4": [3], "u5": [4], "ua": [0, 4], "ub": [2, 3],
    }  # fmt: skip


def test_a_control_character_of_latin_1_ends_no_line() -> None:
    films = tiny_contents()["u.item"].replace(b"Iron Comet", b"Iron\x85Comet")
    dataset = ml_100k.parse(tiny_contents(u_item=films), "tiny")
    assert dataset.films.titles[3] == "Iron\x85Comet (1950)"


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
    sizes = {fold: len(rows) for fold, rows in ml100k.folds.items()}
    assert sizes == dict.fromkeys(("u1", "u2", "u3", "u4", "u5"), 20_000) | {"ua": 9430, "ub": 9430}
    assert ml100k.folds["u1"].tolist() == list(range(20_000))  # a consecutive block


@pytest.mark.ml100k
def test_eighteen_real_titles_have_two_ids_and_one_film_has_no_date(ml100k: Dataset) -> None:
    _, counts = np.unique(ml100k.films.titles, return_counts=True)
    assert (len(counts), (counts == 2).sum(), counts.max()) == (1664, 18, 2)
    assert np.isnat(ml100k.films.released).sum() == 1
