"""MovieLens 100K is read as published; whatever else is refused, naming file, line and column."""

import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data import movielens
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError
from tests.helpers import md5s, tiny_contents, with_line, write_zip

TINY = movielens.parse(tiny_contents())


def test_users_are_read_as_written() -> None:
    assert TINY.users.ids.tolist() == [1, 2, 5]
    assert TINY.users.age.tolist() == [24, 53, 7]
    assert TINY.users.gender.tolist() == [0, 1, 1]
    assert TINY.users.occupation.tolist() == [1, 0, 0]
    assert TINY.users.zip_code.tolist() == ["85711", "T8H1N", "01234"]


def test_films_are_read_as_written_with_accents_and_without_a_date_where_there_is_none() -> None:
    films = TINY.films
    assert films.ids.tolist() == [1, 2, 4, 9]
    assert films.titles.tolist() == [
        "Paper Boat (1995)",
        "Élan vital, L' (1996)",
        "unknown",
        "Iron Comet (1950)",
    ]
    assert films.released.astype(str).tolist() == ["1995-01-01", "1996-02-29", "NaT", "1951-12-31"]
    np.testing.assert_array_equal(films.years, np.float32([1995, 1996, np.nan, 1951]))
    assert films.genres.astype(int).tolist() == [[0, 0, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0]]


def test_ratings_keep_the_order_of_the_file_and_point_to_rows() -> None:
    ratings = TINY.ratings
    assert ratings.user_rows.tolist() == [2, 0, 0, 1, 0]
    assert ratings.film_rows.tolist() == [0, 1, 0, 2, 3]
    assert ratings.values.tolist() == [3, 5, 1, 4, 2]
    assert ratings.timestamps.tolist() == [881250949, 891717742, 878887116, 880606923, 886397596]


def test_names_and_folds_are_read() -> None:
    assert TINY.name == "ml-100k"
    assert TINY.genres == ("unknown", "Action", "Comedy")
    assert TINY.occupations == ("student", "writer")
    assert {fold: rows.tolist() for fold, rows in TINY.folds.items()} == {
        "u1": [0], "u2": [1], "u3": [2], "u4": [3], "u5": [4], "ua": [0, 4], "ub": [2, 3],
    }  # fmt: skip


def test_windows_line_ends_and_a_missing_last_line_end_change_nothing() -> None:
    changed = {name: data.replace(b"\n", b"\r\n")[:-2] for name, data in tiny_contents().items()}
    assert movielens.parse(changed).checksum() == TINY.checksum()


@pytest.mark.parametrize(
    ("file", "line", "text", "place", "what"),
    [
        ("u.data", 2, "1\t2\t5", "u.data, line 2:", "has 3 columns instead of 4"),
        ("u.data", 2, "1\t2\t5\t7\t7", "u.data, line 2:", "has 5 columns instead of 4"),
        ("u.data", 3, "1\t1\t0\t9", "u.data, line 3, column 'rating':", "0 is not in 1 to 5"),
        ("u.data", 3, "1\t1\t6\t9", "u.data, line 3, column 'rating':", "6 is not in 1 to 5"),
        ("u.data", 3, "1\t1\tx\t9", "u.data, line 3, column 'rating':", "'x' is not a whole"),
        ("u.data", 3, "1\t1\t3.5\t9", "u.data, line 3, column 'rating':", "'3.5' is not a whole"),
        ("u.data", 3, "1\t1\t٣\t9", "u.data, line 3, column 'rating':", "'٣' is not a whole"),
        ("u.data", 1, "3\t1\t3\t9", "u.data, line 1, column 'user id':", "3 is not in u.user"),
        ("u.data", 1, "0\t1\t3\t9", "u.data, line 1, column 'user id':", "0 is not in 1 or more"),
        ("u.data", 1, "1\t3\t3\t9", "u.data, line 1, column 'film id':", "3 is not in u.item"),
        ("u.data", 1, "1\t-1\t3\t9", "u.data, line 1, column 'film id':", "'-1' is not a whole"),
        ("u.data", 4, "1\t2\t4\t9", "u.data, line 4, column 'film id':", "2 is rated twice by"),
        ("u.data", 1, "5\t1\t3\t-1", "u.data, line 1, column 'timestamp':", "'-1' is not a whole"),
        ("u.data", 1, "5\t1\t3\t" + "9" * 30, "u.data, line 1, column 'timestamp':", "not a whole"),
        ("u.user", 1, "1|24|M|writer", "u.user, line 1:", "has 4 columns instead of 5"),
        ("u.user", 2, "x|53|F|student|1", "u.user, line 2, column 'user id':", "'x' is not"),
        ("u.user", 2, "2|151|F|student|1", "u.user, line 2, column 'age':", "not in 0 to 150"),
        ("u.user", 2, "2|old|F|student|1", "u.user, line 2, column 'age':", "'old' is not a whole"),
        ("u.user", 2, "2|53|f|student|1", "u.user, line 2, column 'gender':", "'f' instead of M"),
        ("u.user", 3, "5|7|F|diver|1", "u.user, line 3, column 'occupation':", "'diver' is not in"),
        ("u.user", 3, "2|7|F|student|1", "u.user, line 3, column 'user id':", "2 comes after 2"),
        ("u.user", 3, "1|7|F|student|1", "u.user, line 3, column 'user id':", "1 comes after 2"),
        ("u.occupation", 1, "writer|1", "u.occupation, line 1:", "has 2 columns instead of 1"),
        ("u.occupation", 2, "student", "u.occupation, line 2, column 'occupation':", "already"),
        ("u.item", 4, "9|Iron|31-Dec-1951||x|0|1", "u.item, line 4:", "has 7 columns instead of 8"),
        ("u.item", 4, "9|I|1951-12-31||x|0|1|0", "u.item, line 4, column 'release date':", "like"),
        ("u.item", 4, "9|I|31-Foo-1951||x|0|1|0", "u.item, line 4, column 'release date':", "Foo"),
        ("u.item", 4, "9|I|30-Feb-1951||x|0|1|0", "u.item, line 4, column 'release date':", "Feb"),
        ("u.item", 4, "9|I|31-Dec-1951||x|0|2|0", "u.item, line 4, column 'genres':", "0 and 1"),
        ("u.item", 4, "0|I|31-Dec-1951||x|0|1|0", "u.item, line 4, column 'film id':", "0 is not"),
        ("u.item", 4, "4|I|31-Dec-1951||x|0|1|0", "u.item, line 4, column 'film id':", "4 comes"),
        ("u.item", 4, "9||31-Dec-1951||x|0|1|0", "u.item, line 4, column 'title':", "is empty"),
        ("u.item", 4, "9|\0|31-Dec-1951||x|0|1|0", "u.item, line 4, column 'title':", "is empty"),
        ("u.genre", 2, "Action|2", "u.genre, line 2, column 'number':", "'2' instead of 1"),
        ("u.genre", 2, "Action", "u.genre, line 2:", "has 1 columns instead of 2"),
        ("u.genre", 2, "unknown|1", "u.genre, line 2, column 'genre':", "'unknown' is there"),
        ("u.genre", 2, " |1", "u.genre, line 2, column 'genre':", "is empty"),
        ("u3.test", 1, "1\t1\t9\t9", "u3.test, line 1, column 'rating':", "9 is not in 1 to 5"),
        ("u3.test", 1, "3\t1\t1\t9", "u3.test, line 1, column 'user id':", "3 is not in u.user"),
        ("u3.test", 1, "1\t3\t1\t9", "u3.test, line 1, column 'film id':", "3 is not in u.item"),
        ("u3.test", 1, "1\t1\t1", "u3.test, line 1:", "has 3 columns instead of 4"),
        ("u3.test", 1, "2\t9\t3\t9", "u3.test, line 1, column 'rating':", "3 of film 9 by user 2"),
        ("u3.test", 1, "1\t1\t5\t9", "u3.test, line 1, column 'rating':", "is not in u.data"),
        ("ub.test", 2, "5\t9\t3\t9", "ub.test, line 2, column 'rating':", "is not in u.data"),
        ("ub.test", 2, "1\t1\t1\t9", "ub.test, line 2, column 'film id':", "1 is rated twice by"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_file_line_and_column(
    file: str, line: int, text: str, place: str, what: str
) -> None:
    with pytest.raises(DataError) as caught:
        movielens.parse(with_line(file, line, text))
    assert caught.value.message.startswith(place)
    assert what in caught.value.message
    assert caught.value.hint == "Fetch a fresh copy with: movierec download --force"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("file", tiny_contents())
@pytest.mark.parametrize("data", [b"", b"\n\n \n"])
def test_an_empty_file_is_named(file: str, data: bytes) -> None:
    with pytest.raises(DataError, match=f"^{file} is empty"):
        movielens.parse(tiny_contents() | {file: data})


@pytest.mark.parametrize("file", [name for name in tiny_contents() if name != "u.item"])
def test_a_line_in_another_encoding_is_named(file: str) -> None:
    lines = tiny_contents()[file].split(b"\n")
    lines[-2] += "é".encode("latin-1")
    place = f"{file}, line {len(lines) - 1}: is not utf-8 text"
    with pytest.raises(DataError, match=f"^{re.escape(place)}") as caught:
        movielens.parse(tiny_contents() | {file: b"\n".join(lines)})
    assert caught.value.exit_code == 3


def test_films_in_utf_8_are_refused_before_their_titles_are_spoilt() -> None:
    films = tiny_contents()["u.item"].decode("latin-1").encode("utf-8")
    with pytest.raises(DataError, match=r"^u\.item, line 2: is utf-8 text instead of latin-1"):
        movielens.parse(tiny_contents(u_item=films))


def test_the_same_files_are_read_from_an_archive_with_and_without_a_folder(tmp_path: Path) -> None:
    for folder in ("ml-100k/", ""):
        archive = write_zip(tmp_path / "some.zip", tiny_contents(), folder)
        assert movielens.read_archive(archive, "some.zip") == tiny_contents()


def test_the_same_files_are_read_from_the_folder_and_from_the_one_above(tmp_path: Path) -> None:
    folder = tmp_path / "ml-100k"
    folder.mkdir()
    for name, data in tiny_contents().items():
        (folder / name).write_bytes(data)
    assert movielens.read_folder(folder) == tiny_contents()
    assert movielens.read_folder(tmp_path) == tiny_contents()


def test_a_folder_without_one_of_the_files_is_refused(tmp_path: Path) -> None:
    for name, data in tiny_contents().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "u4.test").unlink()
    with pytest.raises(IntegrityError, match=r"u4\.test cannot be read: No such file"):
        movielens.read_folder(tmp_path)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.zip"
    path.write_bytes(b"<html>Sign in to the network</html>")
    with pytest.raises(IntegrityError, match=r"^the page is not a readable zip archive") as caught:
        movielens.read_archive(path, "the page")
    assert "movierec download" in caught.value.hint


def test_an_archive_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "half.zip", tiny_contents())
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(IntegrityError, match="not a readable zip archive"):
        movielens.read_archive(path, "half.zip")


def test_an_archive_without_one_of_the_files_is_refused(tmp_path: Path) -> None:
    contents = tiny_contents()
    del contents["u.item"]
    path = write_zip(tmp_path / "some.zip", contents)
    with pytest.raises(IntegrityError, match=r"^some\.zip lacks ml-100k/u\.item"):
        movielens.read_archive(path, "some.zip")


def test_verifying_names_the_files_that_differ(tiny: dict[str, bytes]) -> None:
    movielens.verify(tiny, "here")
    changed = tiny | {"u.item": b"x", "ua.test": tiny["ua.test"] + b"\n"}
    with pytest.raises(IntegrityError, match=r"^here: not the files .*: u\.item, ua\.test\.$"):
        movielens.verify(changed, "here")


def test_packing_gives_an_archive_that_reads_back(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        movielens.pack(tiny_contents(), archive)
    assert movielens.read_archive(tmp_path / "packed.zip", "") == tiny_contents()


def test_the_original_files_are_pinned() -> None:
    assert set(movielens.FILE_MD5) == set(tiny_contents())
    assert movielens.FILE_MD5["u.data"] == "6e47046882bad158b0efbb84cd5cb987"
    assert md5s(tiny_contents()) != movielens.FILE_MD5


def replaced(data: bytes, generator: np.random.Generator) -> bytes:
    position = int(generator.integers(len(data)))
    return data[:position] + bytes([generator.integers(256)]) + data[position + 1 :]


def cut(data: bytes, generator: np.random.Generator) -> bytes:
    start, end = sorted(generator.integers(0, len(data) + 1, 2).tolist())
    return data[:start] + data[end:]


def inserted(data: bytes, generator: np.random.Generator) -> bytes:
    position = int(generator.integers(len(data) + 1))
    piece = (b"\n", b"|", b"\t", b"0", b"99999999999999999999", b"-", b"\r", b"\0", b"\xff\xfe")
    return data[:position] + piece[generator.integers(len(piece))] + data[position:]


@pytest.mark.parametrize("change", [replaced, cut, inserted])
def test_no_change_to_any_file_gives_another_error_than_ours(
    change: Callable[[bytes, np.random.Generator], bytes],
) -> None:
    generator = np.random.default_rng(20)
    outcomes = {"read": 0, "refused": 0}
    for file in tiny_contents():
        for _ in range(150):
            contents = tiny_contents()
            contents[file] = change(contents[file], generator)
            try:
                assert isinstance(movielens.parse(contents), Dataset)
                outcomes["read"] += 1
            except MovierecError:
                outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


def test_random_bytes_in_the_place_of_a_file_give_no_other_error_than_ours() -> None:
    generator = np.random.default_rng(21)
    for file in tiny_contents():
        for length in (1, 10, 1_000):
            with pytest.raises(MovierecError):
                movielens.parse(tiny_contents() | {file: generator.bytes(length) + b"\n\xff"})


@pytest.mark.parametrize(
    "date",
    [
        "0-Jan-1990",
        "1-Jan--5",
        "1-Jan-1995-",
        "01-Jan-" + "9" * 30,
    ],
)
def test_an_impossible_date_is_an_error_of_ours(date: str) -> None:
    with pytest.raises(DataError, match="column 'release date'"):
        movielens.parse(with_line("u.item", 4, f"9|Iron Comet|{date}||x|0|1|0"))


def test_there_is_room_for_many_occupations() -> None:
    occupations = "".join(f"job{number}\n" for number in range(200)).encode()
    users = b"1|24|M|job0|85711\n2|53|F|job1|0\n5|7|F|job199|01234\n"
    dataset = movielens.parse(tiny_contents(u_occupation=occupations, u_user=users))
    assert dataset.users.occupation.tolist() == [0, 1, 199]


def test_no_damage_to_an_archive_gives_another_error_than_ours(tmp_path: Path) -> None:
    original = write_zip(tmp_path / "some.zip", tiny_contents()).read_bytes()
    generator = np.random.default_rng(22)
    path = tmp_path / "damaged.zip"
    refused = 0
    for _ in range(400):
        path.write_bytes(replaced(replaced(original, generator), generator))
        try:
            movielens.read_archive(path, "damaged.zip")
        except IntegrityError:
            refused += 1
    assert refused > 100


def test_a_member_whose_compressed_bytes_are_damaged_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "some.zip", tiny_contents(u_data=tiny_contents()["u.data"] * 9))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("ml-100k/u.data")
    start = member.header_offset + 30 + len(member.filename)
    data[start] = 0xFF  # a block type that deflate does not have
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(data[start : start + member.compress_size]), -15)
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match="not a readable zip archive"):
        movielens.read_archive(path, "some.zip")


@pytest.mark.ml100k
def test_the_real_archive_has_the_published_counts(ml100k: Dataset) -> None:
    assert (len(ml100k.users), len(ml100k.films), len(ml100k.ratings)) == (943, 1682, 100_000)
    assert ml100k.ratings.values.mean(dtype=np.float64) == pytest.approx(3.530, abs=5e-4)
    assert (ml100k.ratings.values >= 4).mean() == pytest.approx(0.55375, abs=1e-9)
    counts = ml100k.histories.counts
    assert (counts.min(), np.median(counts), counts.max()) == (20, 65, 737)
    assert (np.bincount(ml100k.ratings.film_rows) == 1).sum() == 141
    assert (len(ml100k.genres), len(ml100k.occupations)) == (19, 21)
    assert np.bincount(ml100k.users.gender).tolist() == [670, 273]
    assert (ml100k.users.age.min(), ml100k.users.age.max()) == (7, 73)


@pytest.mark.ml100k
def test_the_real_folds_have_the_published_sizes(ml100k: Dataset) -> None:
    sizes = {fold: len(rows) for fold, rows in ml100k.folds.items()}
    assert sizes == dict.fromkeys(("u1", "u2", "u3", "u4", "u5"), 20_000) | {"ua": 9430, "ub": 9430}


@pytest.mark.ml100k
def test_eighteen_real_titles_have_two_ids(ml100k: Dataset) -> None:
    _, counts = np.unique(ml100k.films.titles, return_counts=True)
    assert (len(counts), (counts == 2).sum(), counts.max()) == (1664, 18, 2)
    assert np.isnat(ml100k.films.released).sum() == 1


@pytest.mark.ml100k
def test_the_real_archive_is_verified_file_by_file(archive: Path) -> None:
    contents = movielens.read_archive(archive, "the archive")
    movielens.verify(contents, "the archive")
    contents["u3.test"] += b"\n"
    with pytest.raises(IntegrityError, match=r"not the files of MovieLens 100K: u3\.test\.$"):
        movielens.verify(contents, "the archive")
