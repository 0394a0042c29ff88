"""Own ratings are read from a CSV file, or refused with file, line and column."""

from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_file import read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.helpers import make_dataset

TITLES = ["Fargo (1996)", "Evita (1996)", "Toy Story (1995)", "Sabrina (1954)", "Sabrina (1995)"]
FILMS = make_dataset([(0, 0, 4.0)], 1, TITLES)
INDEX = TitleIndex(FILMS)


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "title,rating\nfargo,4\nToy Story (1995),2.5\n",
        "rating,film\n4,10\n2.5,30\n",
        "\ufeffFilm, Rating\r\n10, 4\r\n30, 2.5\r\n",
        'title,rating,note\n"Fargo (1996)",4,"great, really"\n30,2.5,\n\n',
    ],
)
def test_ratings_are_read_from_a_file(text: str, tmp_path: Path) -> None:
    assert read_ratings(write(tmp_path, text), INDEX) == {0: 4.0, 2: 2.5}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("movie,rating\nfargo,4\n", "line 1: has the columns movie, rating", "film,rating"),
        ("", r"has the columns \(none\)", "film,rating"),
        ("film,rating\nxyzzy,4\n", "line 2, column film: There is no film 'xyzzy'", "films WORD"),
        ("film,rating\nsabrina,4\n", "line 2, column film: .* any of 2", "50 Sabrina"),
        ("film,rating\nfargo,9\n", "line 2, column rating: '9' is not a rating", "1 to 5"),
        ("film,rating\nfargo,good\n", "line 2, column rating: 'good' is not", "1 to 5"),
        ("film,rating\nfargo\n", "line 2, column rating: '' is not a rating", "1 to 5"),
        ("film,rating\nfargo,4\n10,4\n", "line 3, column film: '10' is rated twice", "Keep one"),
        ("film,rating\nfargo,4,5\n", "line 2: has more columns than the 2", "Quote a title"),
        ("film,rating,rating\nfargo,4,4\n", "line 1: has the columns film, rating, rating", ""),
        ("film,rating\n", "mine.csv has no rating", "a film on each line"),
        ('film,rating\n10,4\n"fargo,4\n', "line 3: is not CSV: unexpected end", "Save it"),
        (b"film,rating\n10,4\n\xe9,4\n", "line 3: is not a CSV file in UTF-8", "Save it"),
        (b"film,rating\n\x00\n", "line 2", ""),
    ],
)
def test_a_wrong_file_is_refused(
    text: str | bytes, message: str, hint: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_ratings(write(tmp_path, text), INDEX)
    assert caught.value.exit_code == 3
    assert hint in caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_ratings(tmp_path / "none.csv", INDEX)
