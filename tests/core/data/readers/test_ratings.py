"""Files of ratings become arrays; each wrong cell is named by its line and column."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data.readers import ratings as module
from movierec_cli.core.data.readers.movielens import find_rating_columns
from movierec_cli.core.data.readers.rating_table import RatingRules, RatingTable
from movierec_cli.core.data.readers.ratings import RatingFile, read_ratings
from movierec_cli.core.data.readers.tables import Problems, sniff
from movierec_cli.core.data.sources import file_source
from movierec_cli.core.errors import DataError
from tests.helpers import RecordedProgress

Reader = Callable[..., RatingTable]
STARS = RatingRules(0.5, 5)


def read(
    path: Path, data: bytes | str, rules: RatingRules = STARS, progress: object = None
) -> RatingTable:
    """Read ``data`` as the file ``mine.csv``; raise all its problems."""
    (path / "mine.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    source = file_source(path / "mine.csv")
    with source.open("mine.csv") as file:
        text_format = sniff(file)
    problems = Problems()
    file_of_ratings = RatingFile(source, "mine.csv", text_format, find_rating_columns)
    table = read_ratings(file_of_ratings, rules, problems, progress or RecordedProgress())
    problems.raise_any()
    return table


def messages(path: Path, data: bytes | str, rules: RatingRules = STARS) -> list[str]:
    """Return the problems of a file without its folder."""
    with pytest.raises(DataError) as caught:
        read(path, data, rules)
    lines = caught.value.message.replace(f"{path / 'mine.csv'}, ", "").splitlines()
    return lines if len(lines) == 1 else [line.strip() for line in lines[1:]]


@pytest.fixture(params=["fast", "line by line"])
def reader(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Reader:
    """Both ways to read a file of plain numbers; it checks that this way was taken."""
    progress = RecordedProgress()
    if request.param == "line by line":
        monkeypatch.setattr(module, "_WIDEST", 0)

    def read_so(data: bytes | str) -> RatingTable:
        table = read(tmp_path, data, progress=progress)
        assert len(progress.of("start")) == (1 if request.param == "fast" else 2)
        return table

    return read_so


def test_large_ids_and_fine_ratings_are_kept_exactly(reader: Reader) -> None:
    table = reader("user,film,rating\n3000000000,1,3.3\n4294967297,1,4\n1,1,4\n")
    assert table.users.names[table.users.codes].tolist() == [3_000_000_000, 4_294_967_297, 1]
    assert table.values.tolist() == [3.3, 4, 4]


PLAIN = "userId,movieId,rating,timestamp\n7,292757,3.5,881250949\n200001,1,5,978300760\n7,1,.5,1\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_both_ways_of_reading_give_the_same(reader: Reader, delimiter: str, end: str) -> None:
    table = reader(PLAIN.replace(",", delimiter).replace("\n", end))
    assert table.users.names[table.users.codes].tolist() == [7, 200001, 7]
    assert table.films.names[table.films.codes].tolist() == [292757, 1, 1]
    assert table.values.tolist() == [3.5, 5, 0.5]
    assert table.times is not None
    assert table.times.tolist() == [881250949, 978300760, 1]
    assert (len(table), table.titles.first) == (3, {})
    assert len(table.users.names) == len(table.films.names) == 2


def test_other_columns_are_passed_over_in_any_order(reader: Reader) -> None:
    table = reader("note,rating,film,x,user\nfine,4,10,,1\n,3,20,9,2\n")
    assert table.users.names[table.users.codes].tolist() == [1, 2]
    assert table.films.names[table.films.codes].tolist() == [10, 20]
    assert table.values.tolist() == [4, 3]
    assert table.times is None


def test_whole_numbers_in_a_column_of_floats_are_the_same_ids(tmp_path: Path) -> None:
    table = read(tmp_path, "user,film,rating\n1.0,10.0,4\n1,20.0,3\n")
    assert table.users.names[table.users.codes].tolist() == [1, 1]
    assert table.films.names[table.films.codes].tolist() == [10, 20]


def test_times_in_milliseconds_become_seconds(reader: Reader) -> None:
    times = reader("user,film,rating,time\n1,1,4,881250949123\n1,2,4,978300760000\n").times
    assert times is not None
    assert times.tolist() == [881250949, 978300760]


def test_plain_numbers_are_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 2)
    progress = RecordedProgress()
    table = read(tmp_path, PLAIN, progress=progress)
    assert table.values.tolist() == [3.5, 5, 0.5]
    assert len(progress.of("start")) == 1
    assert sum(amount for _, amount in progress.of("advance")) == len(PLAIN)
    assert progress.calls[0] == ("start", "Reading mine.csv", len(PLAIN))


@pytest.mark.parametrize("zeros", ["007", " 007", "00"])
def test_a_number_with_zeros_in_front_is_text(zeros: str, tmp_path: Path) -> None:
    table = read(tmp_path, f"film,user,rating\n1,{zeros},4\n1,7,3\n1,0,5\n")
    assert table.users.names.tolist() == [zeros.strip(), "7", "0"]
    assert table.films.names.tolist() == [1]


def test_zeros_in_front_are_found_between_two_blocks() -> None:
    for n_before in range(2**22 - 12, 2**22 + 2):
        data = b"x" * n_before + b",  007"
        assert module._has_padded_numbers(io.BytesIO(data))
    assert not module._has_padded_numbers(io.BytesIO(b"1,0,0.5\n10,20,0\n"))


def test_zeros_in_front_are_kept_in_utf_16(tmp_path: Path) -> None:
    table = read(tmp_path, "user,film,rating\n007,1,4\n7,1,3\n".encode("utf-16"))
    assert table.users.names.tolist() == ["007", "7"]


@pytest.mark.parametrize(
    "name", ["9" * 19, "9" * 5_000, "-1", "+7", "1e3", "0x10", "1_0", "²", "x"]
)
def test_an_id_that_is_no_plain_number_makes_all_ids_text(name: str, tmp_path: Path) -> None:
    data = f"user,film,rating\n{name},1,4\n7,1,3\n"
    if len(name) > 200:
        assert "is not the id of a user" in messages(tmp_path, data)[0]
    else:
        assert read(tmp_path, data).users.names.tolist() == [name, "7"]


def test_titles_are_read_with_commas_and_line_breaks(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        'user,film,title,rating\n1,9,"Boat, The\n (1995)",4\n1,5,Heat,3\n2,5,,3\n2,7,,1\n',
    )
    by_id = {str(table.films.names[code]): title for code, title in table.titles.first.items()}
    assert by_id == {"9": "Boat, The (1995)", "5": "Heat"}


def test_a_title_stands_in_for_a_missing_film_id(tmp_path: Path) -> None:
    table = read(tmp_path, 'user,title,rating\n1,"Boat, The",4\n2,Heat (1995),3\n')
    assert table.films.names.tolist() == ["Boat, The", "Heat (1995)"]


@pytest.mark.parametrize(
    ("cell", "value"), [("3,5", 3.5), ("3.", 3), (",5", 0.5), ("+4", 4), ("5e0", 5), (" 2 ", 2)]
)
def test_numbers_have_a_decimal_point_or_comma(cell: str, value: float, tmp_path: Path) -> None:
    assert read(tmp_path, f"user;film;rating\n1;1;{cell}\n").values.tolist() == [value]


def test_a_time_may_have_a_decimal_comma(tmp_path: Path) -> None:
    times = read(tmp_path, "user;film;rating;time\n1;1;4;881250949,9\n").times
    assert times is not None
    assert times.tolist() == [881250949]


def test_iso_dates_become_seconds(tmp_path: Path) -> None:
    data = "user,film,rating,date\n1,1,4,1970-01-02\n1,2,4,1970-01-01T00:00:05Z\n1,3,4,7\n"
    times = read(tmp_path, data).times
    assert times is not None
    assert times.tolist() == [86_400, 5, 7]


@pytest.mark.parametrize(
    "cell",
    ["nan", "NaN", "", "inf", "1e9", "1000000000", "0", "5.5", "x", "4\0", "٣", "1e400", "True"],
)
def test_a_wrong_rating_is_named_by_line_column_and_value(cell: str, tmp_path: Path) -> None:
    (message,) = messages(tmp_path, f"user,film,rating\n1,1,4\n1,2,{cell}\n2,1,3\n")
    assert message == f"line 3, column rating: {cell!r} is not a rating of 0.5 to 5."


@pytest.mark.parametrize("cell", ["nan", "", "inf", "-inf", "x", "1e400"])
def test_without_a_scale_a_rating_is_any_finite_number(cell: str, tmp_path: Path) -> None:
    data = "user,film,rating\n1,1,1e9\n1,2,{}\n2,1,-3\n"
    assert read(tmp_path, data.format(0), RatingRules()).values.tolist() == [1e9, 0, -3]
    (message,) = messages(tmp_path, data.format(cell), RatingRules())
    assert message == f"line 3, column rating: {cell!r} is not a number."


def test_a_rating_may_be_missing_where_the_rules_say_so(tmp_path: Path) -> None:
    rules = RatingRules(1, 5, may_lack=True)
    values = read(tmp_path, "user,film,rating\n1,1,\n1,2,4\n", rules).values
    assert np.isnan(values[0])
    assert values[1] == 4
    assert np.isnan(read(tmp_path, "user,film\n1,1\n", rules).values).all()
    assert "'nan'" in messages(tmp_path, "user,film,rating\n1,1,nan\n", rules)[0]


@pytest.mark.parametrize(
    "cell", ["yesterday", "", "31/01/2020", "1e300", "99999999999", "1066-10-14"]
)
def test_a_wrong_time_is_named(cell: str, tmp_path: Path) -> None:
    data = f"user,film,rating,timestamp\n1,1,4,881250949\n1,2,4,{cell}\n1,3,4,881250950\n"
    (message,) = messages(tmp_path, data)
    assert message.startswith(f"line 3, column timestamp: {cell!r} is not a time")


@pytest.mark.parametrize("cell", ["", "  ", "2\0", "x" * 201])
def test_a_wrong_id_is_named(cell: str, tmp_path: Path) -> None:
    (message,) = messages(tmp_path, f"user,movieId,rating\n1,1,4\n1,{cell},4\n")
    assert message.startswith("line 3, column movieId: '")
    assert message.endswith("is not the id of a film.")


def test_all_problems_are_named_in_the_order_of_their_lines(tmp_path: Path) -> None:
    data = b"user,film,rating,time,title\n1,1,9,1,\n,2,4,x,\n1,3,4,1\n1,4,4,1,\xff\n"
    assert [message.partition(":")[0] for message in messages(tmp_path, data)] == [
        "line 4",
        "line 2, column rating",
        "line 3, column user",
        "line 3, column time",
        "line 5, column title",
    ]


def test_reading_ends_after_twenty_problems(tmp_path: Path) -> None:
    found = messages(tmp_path, "user,film,rating\n" + "1,1,x\n" * 100)
    assert (len(found), found[19].partition(":")[0]) == (21, "line 21, column rating")


@pytest.mark.parametrize("row", ["1,2,4", "1,2,4,x,x", "1,2"])
def test_a_row_of_another_length_is_a_problem_even_with_all_cells_that_are_used(
    row: str, tmp_path: Path
) -> None:
    (message,) = messages(tmp_path, f"user,film,rating,note\n1,1,4,x\n{row}\n1,3,4,x\n")
    assert message.startswith(f"line 3: '{row}' has {row.count(',') + 1} cells, the header 4")


def test_a_table_of_very_many_columns_is_read(tmp_path: Path) -> None:
    n = 300_000
    header = ",".join(["user", "film", "rating", *(f"c{number}" for number in range(n))])
    table = read(tmp_path, f"{header}\n{','.join(['3'] * (n + 3))}\n")
    assert table.values.tolist() == [3]


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    table = read(tmp_path, "user,film,rating,time\n")
    assert (len(table), len(table.users.names), len(table.users.codes)) == (0, 0, 0)


@pytest.mark.parametrize("missing", ["user", "film"])
def test_a_file_without_ids_is_refused_with_the_option(missing: str, tmp_path: Path) -> None:
    data = "user,film,rating\n1,1,4\n".replace(missing, "other")
    with pytest.raises(DataError, match=f"no column of {missing} ids") as caught:
        read(tmp_path, data)
    assert f"--{missing}-column" in caught.value.hint


def test_many_ratings_of_one_user_are_read(tmp_path: Path) -> None:
    data = "user,film,rating\n" + "".join(f"1,{film},4\n" for film in range(200_000))
    table = read(tmp_path, data)
    assert (len(table), len(table.users.names), len(table.films.names)) == (200_000, 1, 200_000)
