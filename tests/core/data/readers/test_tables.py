"""Tables of text are read whatever their form; a problem is named by file, line and column."""

import io
from pathlib import Path

import pytest

from movierec_cli.core.data.readers.tables import (
    MAX_PROBLEMS,
    Problems,
    Table,
    TextFormat,
    checked_text,
    find_columns,
    read_table,
    sniff,
)
from movierec_cli.core.errors import DataError

USUAL = {"user": ("user", "userid"), "film": ("film", "itemid")}


def opened(data: bytes | str) -> io.BufferedReader:
    raw = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return io.BufferedReader(raw)  # type: ignore[arg-type]


def read(data: bytes | str, problems: Problems | None = None) -> Table:
    """Read a table, its form as the beginning shows it."""
    file = opened(data)
    return read_table(file, "mine.csv", sniff(file), problems or Problems())


def rows(data: bytes | str) -> list[list[str]]:
    problems = Problems()
    cells = [row for _, row in read(data, problems).rows]
    problems.raise_any()
    return cells


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_most_frequent_one_in_the_header(delimiter: str) -> None:
    table = read("user,film,rating\n1,2,3\n".replace(",", delimiter))
    assert table.columns == ["user", "film", "rating"]
    assert list(table.rows) == [(2, ["1", "2", "3"])]


@pytest.mark.parametrize("first", ["sep=;\n", "sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_a_line_of_a_spreadsheet_names_the_delimiter(first: str) -> None:
    table = read(f"{first}a,b;c\n1,5;2\n")
    assert table.columns == ["a,b", "c"]
    assert list(table.rows) == [(3, ["1,5", "2"])]
    assert table.skipped_lines == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_encoding_that_its_beginning_shows(encoding: str) -> None:
    assert rows("user,film\nÉlan,映画\n".encode(encoding)) == [["Élan", "映画"]]


def test_big_endian_text_is_read() -> None:
    assert rows(b"\xfe\xff" + "user,film\né,2\n".encode("utf-16-be")) == [["é", "2"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert rows(f"{end}a,b{end}{end}1,2{end} , {end}3,4") == [["1", "2"], ["3", "4"]]


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks() -> None:
    table = read('user,title\n1,"Boat, The\n(1995)"\n2,"a ""b"""\n\n3, "c"\n')
    assert list(table.rows) == [
        (2, ["1", "Boat, The\n(1995)"]),
        (4, ["2", 'a "b"']),
        (6, ["3", "c"]),
    ]


def test_a_delimiter_of_two_characters_leaves_single_ones_alone() -> None:
    text_format = TextFormat("::", "latin-1", ("film", "title"), quoted=False)
    file = io.BytesIO(b'1::Boat: The "Return"\r\n\n2::Star\x85: II\n')
    table = read_table(file, "x", text_format, Problems())
    assert list(table.rows) == [(1, ["1", 'Boat: The "Return"']), (3, ["2", "Star\x85: II"])]


def test_rows_of_another_length_are_problems_but_for_empty_cells_at_the_end() -> None:
    problems = Problems()
    table = read("a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n", problems)
    assert [line for line, _ in table.rows] == [4, 5]
    assert problems.messages == [
        "mine.csv, line 2: '1,2' has 2 cells, the header 3",
        "mine.csv, line 3: '1,2,3,4' has 4 cells, the header 3",
    ]


@pytest.mark.parametrize("data", ["", "\n\n", " , ,\n", "\ufeff"])
def test_a_file_without_a_header_is_refused(data: str) -> None:
    with pytest.raises(DataError, match=r"mine\.csv is empty"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [b"user,ra\0ting\n", b"pr\xe9nom,film\n", b"PK\x03\x04,\n", "user,film".encode("utf-16-le")],
)
def test_a_header_that_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match=r"mine\.csv, line 1: the header has .* not readable") as e:
        read(data)
    assert e.value.message.isprintable()


def test_bytes_that_are_not_utf_8_are_found_with_line_and_column() -> None:
    problems = Problems()
    ((line, cells),) = read(b"user,film\nRen\xe9,1\n", problems).rows
    assert checked_text(cells[0]) is None
    problems.add("mine.csv", line, "user", cells[0], "is wrong")
    assert problems.messages == [
        "mine.csv, line 2, column user: 'Ren\ufffd' is not readable as text in UTF-8"
    ]


def test_half_a_character_at_the_end_of_utf_16_is_found() -> None:
    ((_, cells),) = read("user,film\n1,2\n".encode("utf-16")[:-1]).rows
    assert cells[0] == "1"
    assert checked_text(cells[1]) is None


def test_a_quote_without_its_end_is_named_by_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = Problems()
    assert [line for line, _ in read('a,b\n1,2\n"3,4\n5,6\n', problems).rows] == [2]
    assert problems.messages[0].startswith("mine.csv, line 3: ")
    monkeypatch.setattr("movierec_cli.core.data.readers.tables._LONGEST_CELL", 100)
    with pytest.raises(DataError, match=r"mine\.csv, line 3: field larger than") as caught:
        rows('a,b\n1,2\n"3,4\n' + "5,6\n" * 100)
    assert "quotes" in caught.value.hint


def test_one_problem_is_a_sentence_and_several_are_a_list() -> None:
    problems = Problems()
    problems.raise_any()
    problems.add("mine.csv", 1_234, "rating", "9", "is too high")
    with pytest.raises(DataError) as caught:
        problems.raise_any()
    assert caught.value.message == "mine.csv, line 1,234, column rating: '9' is too high."
    problems.add("films.csv", 3, "", "x", "is short")
    with pytest.raises(DataError) as caught:
        problems.raise_any()
    assert caught.value.message.splitlines()[1:] == [
        "  mine.csv, line 1,234, column rating: '9' is too high",
        "  films.csv, line 3: 'x' is short",
    ]
    assert caught.value.hint.startswith("Correct these lines")


def test_reading_ends_with_the_twentieth_problem() -> None:
    problems = Problems()
    for line in range(1, MAX_PROBLEMS):
        problems.add("mine.csv", line, "rating", "x", "is wrong")
    with pytest.raises(DataError) as caught:
        problems.add("mine.csv", 20, "rating", "x", "is wrong")
    lines = caught.value.message.splitlines()
    assert len(lines) == 1 + 20 + 1
    assert lines[20].startswith("  mine.csv, line 20,")
    assert "may be more" in lines[21]


def test_a_long_value_is_cut_in_a_message() -> None:
    problems = Problems()
    problems.add("mine.csv", 1, "c" * 300, "x" * 300, "is wrong")
    (message,) = problems.messages
    assert f"'{'x' * 60}…' is wrong" in message
    assert len(message) < 200


@pytest.mark.parametrize(
    "header", ["userId,itemId", "USER_ID,Item ID", "user_id:token,item_id:token", "film,user"]
)
def test_columns_are_found_by_their_usual_names(header: str) -> None:
    found = find_columns(read(header + "\n"), USUAL, {})
    assert found == ({"user": 1, "film": 0} if header == "film,user" else {"user": 0, "film": 1})


def test_the_first_usual_name_is_the_best_and_a_missing_column_is_left_out() -> None:
    assert find_columns(read("userId,user\n"), USUAL, {}) == {"user": 1}


def test_a_chosen_column_is_taken_and_no_other_column_takes_it() -> None:
    table = read("who,user,film\n")
    assert find_columns(table, USUAL, {"user": "Who"}) == {"user": 0, "film": 2}
    assert find_columns(table, USUAL, {"user": "film"}) == {"user": 2}


def test_a_chosen_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match=r"mine\.csv has no column 'whom'") as caught:
        find_columns(read("who,film\n"), USUAL, {"user": "whom"})
    assert caught.value.hint == "It has: who, film"


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match=r"mine\.csv has 2 columns 'user'") as caught:
        find_columns(read("user,User,film\n"), USUAL, {})
    assert "--user-column" in caught.value.hint


def test_only_a_dozen_of_many_columns_are_listed() -> None:
    table = read(",".join(f"c{number}" for number in range(300_000)) + "\n")
    with pytest.raises(DataError) as caught:
        find_columns(table, USUAL, {"user": "who"})
    assert caught.value.hint.endswith("c10, c11 and 299,988 more")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" a b ", "a b"),
        ("a\n b", "a b"),
        ("Élan ", "Élan"),
        ("", ""),
        ("a\0", None),
        ("a\x1b[2J", None),
        ("\udce9", None),
    ],
)
def test_a_text_has_no_control_characters(cell: str, text: str | None) -> None:
    assert checked_text(cell) == text


def test_a_file_is_sniffed_without_moving_in_it(tmp_path: Path) -> None:
    file = opened("a;b\n1;2\n")
    assert sniff(file) == TextFormat(";", "utf-8-sig")
    assert file.read() == b"a;b\n1;2\n"
