"""People's own tables become a data set in stars, or are refused with every problem."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.own_files import OwnFiles, read_own
from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT

HEADER = "user,film,rating\n"


def read(path: Path, data: str | bytes, **options: Any) -> tuple[Dataset, Scale | None, int]:
    """Return the data set of ``data``, its scale and the number of duplicates."""
    file = path / "mine.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    assembled, scale = read_own(OwnFiles(file, **options), "mine", SILENT)
    return assembled.dataset, scale, assembled.duplicates


def refused(path: Path, data: str | bytes, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, data, **options)
    return caught.value


def test_ratings_with_ids_of_text_on_a_scale_of_ten_become_stars(tmp_path: Path) -> None:
    dataset, scale, _ = read(tmp_path, HEADER + "bob,x,7\nann,y,0\nann,x,10\n")
    assert dataset.users.ids.tolist() == ["ann", "bob"]
    assert dataset.films.ids.tolist() == dataset.films.titles.tolist() == ["x", "y"]
    assert dataset.ratings.values.tolist() == [5, 0, 3.5]
    assert (scale, dataset.lowest_rating) == (Scale(0, 10), 0)
    assert (dataset.genres, dataset.occupations, dataset.has_times) == ((), (), False)


def test_a_given_scale_is_taken(tmp_path: Path) -> None:
    dataset, scale, _ = read(tmp_path, HEADER + "1,1,3\n1,2,4\n", scale=Scale(1, 6))
    assert scale == Scale(1, 6)
    np.testing.assert_allclose(dataset.ratings.values, [2.5, 10 / 3])
    assert dataset.lowest_rating == pytest.approx(5 / 6)


def test_a_rating_outside_of_a_given_scale_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + "1,1,3\n1,2,1000000000\n", scale=Scale(1, 6))
    assert error.message.endswith("line 3, column rating: '1000000000' is not a rating of 1 to 6.")


@pytest.mark.parametrize("n_sound", [3, 1_000])
def test_a_rating_far_outside_is_named_by_its_line_also_where_the_scale_is_guessed(
    n_sound: int, tmp_path: Path
) -> None:
    rows = [f"1,{film},{1 + film % 5}" for film in range(n_sound)]
    rows[0] = "1,0,5"
    data = HEADER + "\n".join([*rows, "2,1,1000000000"])
    error = refused(tmp_path, data)
    assert f"line {n_sound + 2:,}, column rating: '1000000000'" in error.message
    assert "is not a rating of 1 to 5" in error.message
    assert "--scale" in error.hint


@pytest.mark.parametrize(
    "ratings", [[4, 4, 4], [1, 2, 3, 4], [1, 5], [3.7, 4.2, 5], [-1, -2, 5, 3]]
)
def test_a_scale_that_is_not_certain_is_asked_for(ratings: list[float], tmp_path: Path) -> None:
    data = HEADER + "".join(f"1,{film},{rating}\n" for film, rating in enumerate(ratings))
    error = refused(tmp_path, data)
    assert "is not certain" in error.message
    assert "--scale" in error.hint
    given, _, _ = read(tmp_path, data, scale=Scale(-2, 5))
    assert len(given.ratings) == len(ratings)


def test_ratings_that_are_all_equal_one_user_and_one_film_are_data(tmp_path: Path) -> None:
    dataset, _, _ = read(tmp_path, HEADER + "1,1,4\n", scale=Scale(1, 5))
    assert (len(dataset.users), len(dataset.films), dataset.ratings.values.tolist()) == (1, 1, [4])


def test_rows_without_a_rating_are_likes_if_so_wished(tmp_path: Path) -> None:
    dataset, scale, _ = read(tmp_path, "user,film\n1,1\n1,2\n", implicit=True)
    assert dataset.ratings.values.tolist() == [5, 5]
    assert (scale, dataset.lowest_rating) == (None, 5)
    data = HEADER + "1,1,\n1,2,2\n1,3,10\n1,4,1\n"
    dataset, scale, _ = read(tmp_path, data, implicit=True)
    assert dataset.ratings.values.tolist() == [5, 1, 5, 0.5]
    assert scale == Scale(1, 10)


def test_rows_without_a_rating_are_refused_else(tmp_path: Path) -> None:
    error = refused(tmp_path, "user,film\n1,1\n")
    assert "has no column of ratings; it has: user, film" in error.message
    assert "--implicit" in error.hint
    assert "line 2, column rating: ''" in refused(tmp_path, HEADER + "1,1,\n").message


@pytest.mark.parametrize("data", [HEADER, HEADER + "\n\n", HEADER + ",,\n"])
def test_a_header_without_ratings_is_refused(data: str, tmp_path: Path) -> None:
    assert "mine.csv has a header and no rating" in refused(tmp_path, data).message


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe"])
def test_an_empty_file_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "mine.csv is empty" in refused(tmp_path, data).message


def test_duplicates_are_counted_and_the_last_one_counts(tmp_path: Path) -> None:
    dataset, _, duplicates = read(tmp_path, HEADER + "1,1,1\n1,2,3\n1,1,5\n1,1,4\n")
    assert (duplicates, dataset.ratings.values.tolist()) == (2, [4, 3])


def test_the_first_title_of_a_film_counts_and_others_are_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    titles = ["", "Right (1991)", "Right (1991)", "Wrong"]
    lines = [f"{user},1,{title},4" for user, title in enumerate(titles)]
    file.write_text("\n".join(["user,film,title,rating", *lines, "5,2,Other,3"]))
    assembled, _ = read_own(OwnFiles(file, scale=Scale(1, 5)), "mine", SILENT)
    assert assembled.dataset.films.titles.tolist() == ["Right (1991)", "Other"]
    assert (assembled.with_several_titles, assembled.unused) == (1, ())
    films = tmp_path / "films.csv"
    films.write_text("film,title\n1,Listed\n")
    assembled, _ = read_own(OwnFiles(file, films, scale=Scale(1, 5)), "mine", SILENT)
    assert assembled.dataset.films.titles.tolist() == ["Listed", "Other"]
    assert assembled.with_several_titles == 0


def test_columns_that_are_not_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("user,film,genres,rating,year\n1,1,Drama,4,1990\n1,2,War,5,1991\n")
    assembled, _ = read_own(OwnFiles(file, scale=Scale(1, 5)), "mine", SILENT)
    assert assembled.unused == ("genres", "year")


def test_columns_are_found_by_their_names_or_the_options(tmp_path: Path) -> None:
    data = (
        "Reviewer ID;Movie_Title;Your Rating;Date\n"
        "a;Heat (1995);5;2020-01-01\na;Fargo;1;2020-01-02\nb;Fargo;4;2020-01-02\n"
    )
    dataset, _, _ = read(tmp_path, data)
    assert dataset.films.titles.tolist() == ["Fargo", "Heat (1995)"]
    assert dataset.has_times
    columns = {"user": "who", "film": "what", "rating": "how", "time": None}
    dataset, _, _ = read(
        tmp_path, "who,what,how,rating\n1,2,5,9\n1,3,4,9\n1,4,3,9\n", columns=columns
    )
    assert dataset.ratings.values.tolist() == [5, 4, 3]
    error = refused(tmp_path, HEADER + "1,1,5\n", columns={"user": "who"})
    assert "has no column 'who'" in error.message


def test_films_and_users_come_from_files_of_their_own(tmp_path: Path) -> None:
    films, users = tmp_path / "films.csv", tmp_path / "users.tsv"
    films.write_bytes(
        "\ufefffilm;title;year;genres;imdb\nx;Élan;1995;Drama|War;tt0114709\n".encode()
    )
    users.write_bytes(b"user\tage\tgender\tjob\nann\t30\tF\twriter\nzoe\t20\tF\tnurse\n")
    dataset, _, _ = read(tmp_path, HEADER + "ann,x,5\nbob,y,4\nbob,x,1\n", films=films, users=users)
    assert dataset.films.titles.tolist() == ["Élan (1995)", "y"]
    assert dataset.films.imdb_ids.tolist() == ["tt0114709", ""]
    assert dataset.genres == ("Drama", "War")
    np.testing.assert_array_equal(dataset.films.years, np.float32([1995, np.nan]))
    assert dataset.users.gender.tolist() == [1, -1]
    assert [dataset.occupations[code] for code in dataset.users.occupation[:1]] == ["writer"]


def test_problems_of_films_and_users_are_named_together(tmp_path: Path) -> None:
    films, users = tmp_path / "films.csv", tmp_path / "users.csv"
    films.write_bytes(b"film,title,year\nx,a,soon\n")
    users.write_bytes(b"user,age\nann,200\n")
    error = refused(tmp_path, HEADER + "1,x,5\n1,y,4\n1,z,3\n", films=films, users=users)
    assert f"{films}, line 2, column year: 'soon'" in error.message
    assert f"{users}, line 2, column age: '200'" in error.message


@pytest.mark.parametrize("option", ["films", "users"])
def test_a_missing_file_is_named(option: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone.csv"
    error = refused(tmp_path, HEADER + "1,x,5\n1,y,4\n1,z,3\n", **{option: gone})
    assert f"There is no file {gone}" in error.message
    with pytest.raises(DataError, match="There is no file"):
        read_own(OwnFiles(gone), "mine", SILENT)


def test_ratings_of_recbole_are_read(tmp_path: Path) -> None:
    data = (
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "196\t242\t3\t881250949\n186\t302\t5\t891717742\n22\t377\t1\t878887116\n"
    )
    dataset, scale, _ = read(tmp_path, data)
    assert dataset.users.ids.tolist() == [22, 186, 196]
    assert dataset.ratings.timestamps.tolist() == [878887116, 891717742, 881250949]
    assert str(scale) == "1 to 5"
