"""A typed title is resolved to one film, or refused with the candidates."""

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.recommend.title_search import TitleError, TitleIndex
from tests.helpers import make_dataset

TITLES = [
    "Godfather, The (1972)",  # 10
    "Godfather: Part II, The (1974)",  # 20
    "Cérémonie, La (1995)",  # 30
    "Boot, Das (1981)",  # 40
    "Star Trek: First Contact (1996)",  # 50
    "Star Trek: Generations (1994)",  # 60
    "Toy Story (1995)",  # 70
    "Sabrina (1954)",  # 80
    "Sabrina (1995)",  # 90
    "Seven (Se7en) (1995)",  # 100
    "Schindler's List (1993)",  # 110
    "2001: A Space Odyssey (1968)",  # 120
    "Toy Story (1995)",  # 130, more popular than 70
    "Shawshank Redemption, The (1994)",  # 140
    "unknown",  # 150
]
FILMS = make_dataset([(0, 12, 4.0), (1, 12, 4.0), (0, 6, 4.0), (0, 5, 4.0)], 2, TITLES)
INDEX = TitleIndex(FILMS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("the godfather", 10),
        ("godfather (1972)", 10),
        ("godfather 1974", 20),
        ("godfather 2", 20),
        ("the godfather part ii", 20),
        ("ceremonie", 30),
        ("la cérémonie", 30),
        ("das boot", 40),
        ("first contact", 50),
        ("star trek contact", 50),
        ("toy stroy", 130),
        ("70", 70),
        (" 70 ", 70),
        ("se7en", 100),
        ("schindlers list", 110),
        ("2001", 120),
        ("shawshenk", 140),
        (90, 90),
    ],
)
def test_a_title_is_found_as_people_type_it(typed: str | int, meant: int) -> None:
    assert FILMS.films.ids[INDEX.resolve(typed)] == meant


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [("star trek", [5, 4]), ("Sabrina", [7, 8])],  # the more popular film first
)
def test_an_ambiguous_title_has_its_candidates(typed: str, candidates: list[int]) -> None:
    with pytest.raises(TitleError, match="may be any of 2 films") as caught:
        INDEX.resolve(typed)
    assert caught.value.candidates == candidates
    first, second = (caught.value.hint.index(INDEX.label(row)) for row in candidates)
    assert first < second


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("Godfather (1999)", "10 Godfather, The (1972)"),
        ("schindler ark", "110 Schindler's List (1993)"),
        ("xqzzy", "movierec films WORD"),
        ("!?", "movierec films WORD"),
        ("9" * 5000, "movierec films WORD"),
    ],
)
def test_an_unknown_title_gets_the_nearest_suggested(typed: str, suggested: str) -> None:
    with pytest.raises(TitleError, match="There is no film") as caught:
        INDEX.resolve(typed)
    assert suggested in caught.value.hint


def test_a_short_word_is_not_taken_for_another() -> None:
    with pytest.raises(TitleError, match="There is no film 'toon'"):
        INDEX.resolve("toon")


def test_searching_returns_exact_titles_then_parts_then_similar_ones() -> None:
    assert INDEX.search("godfather") == [0, 1]
    assert INDEX.search("star") == [5, 4]
    assert INDEX.search("godfathr")[0] == 0
    assert INDEX.search("sabrina 1995") == [8]
    assert INDEX.search("qqqqqq") == []


@pytest.mark.ml100k
def test_every_real_title_means_itself(ml100k: Dataset) -> None:
    films = ml100k.films
    index = TitleIndex(ml100k)
    others = [
        title for title in films.titles.tolist() if films.titles[index.resolve(title)] != title
    ]
    assert others == []


@pytest.mark.ml100k
def test_star_trek_is_ambiguous(ml100k: Dataset) -> None:
    with pytest.raises(TitleError, match="'star trek' may be any of 8 films"):
        TitleIndex(ml100k).resolve("star trek")
