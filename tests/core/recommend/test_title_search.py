"""A typed title is resolved to one film, or refused with the candidates: right, never guessed."""

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.titles import without_year
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
    "Twelve Monkeys (1995)",  # 160
    "12 Angry Men (1957)",  # 170
    "Apollo 13 (1995)",  # 180
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1963)",  # 190
    "Star Wars (1977)",  # 200
    "Empire Strikes Back, The (1980)",  # 210
    "Alien (1979)",  # 220
    "Alien 3 (1992)",  # 230
    "Aliens (1986)",  # 240
    "Rock, The (1996)",  # 250
    "Fargo (1996)",  # 260
    "Babe (1995)",  # 270
    "Braveheart (1995)",  # 280
    "Wedding Singer, The (1998)",  # 290
    "Heat (1995)",  # 300
    "Scream (1996)",  # 310
    "Scream 2 (1997)",  # 320
    "140 (1997)",  # 330, whose title is an id
    "Land Before Time III (1995) (V)",  # 340
    "Two Friends (1986) ",  # 350
    "Nine (2009)",  # 360
    "9 (2009)",  # 370
    "Blade Runner 2049 (2017)",  # 380
    "Man in the Iron Mask, The (1998)",  # 390
    "Last Time I Saw Paris, The (1954)",  # 400
    "Murder (1930)",  # 410
    "Nutty Professor, The (1996)",  # 420
    "Little Princess, A (1995)",  # 430
    "Little Princess, The (1939)",  # 440
    "Moonlight",  # 450
    "Seven Years in Tibet (1997)",  # 460
    "Cosmos (1975-1979)",  # 470
    "Star Trek: The Wrath of Khan (1982)",  # 480
    "Romeo and Juliet (1968)",  # 490
]
POPULAR = [(0, 12, 4.0), (1, 12, 4.0), (0, 6, 4.0), (0, 5, 4.0)]
FILMS = make_dataset(POPULAR, 2, TITLES)
INDEX = TitleIndex(FILMS)


def id_of(typed: str | int) -> int:
    return int(FILMS.films.ids[INDEX.resolve(typed)])


def refused(typed: str | int) -> TitleError:
    with pytest.raises(TitleError) as caught:
        INDEX.resolve(typed)
    assert caught.value.exit_code == 2
    return caught.value


def titles(rows: list[int]) -> list[str]:
    return [INDEX.title(row) for row in rows]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("the godfather", 10),
        ("godfather (1972)", 10),
        ("godfather 1972", 10),
        ("the godfather part ii", 20),
        ("la cérémonie", 30),
        ("das boot", 40),
        ("toy story", 130),
        ("Little Princess, A", 430),
        ("the little princess", 440),
        ("two friends", 350),
        ("nine", 360),
        ("9", 370),
        ("blade runner 2049", 380),
        ("land before time iii (1995)", 340),
        ("cosmos 1975", 470),
    ],
)
def test_a_title_is_found_in_every_spelling(typed: str, meant: int) -> None:
    assert id_of(typed) == meant
    assert INDEX.look_up(typed).note == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12 monkeys", 160),
        ("Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", 160),
        ("Twelve Angry Men", 170),
        ("7 years in tibet", 460),
        ("apollo xiii", 180),
        ("godfather", 10),
        ("godfather 2", 20),
        ("se7en", 100),
        ("ceremonie", 30),
        ("Seven (a.k.a. Se7en) (1995)", 100),
        ("doctor strangelove", 190),
        ("Dr. Strangelove (1964)", 190),
        ("Star Wars: Episode IV - A New Hope (1977)", 200),
        ("star wars episode 4", 200),
        ("a new hope", 200),
        ("Star Wars: Episode V - The Empire Strikes Back (1980)", 210),
        ("Star Wars: The Empire Strikes Back", 210),
        ("Star Trek II: The Wrath of Khan (1982)", 480),
        ("William Shakespeare's Romeo and Juliet (1968)", 490),
        ("schindlers list", 110),
    ],
)
def test_a_known_alternative_title_is_found(typed: str, meant: int) -> None:
    assert id_of(typed) == meant


def test_a_missing_article_is_said() -> None:
    assert INDEX.look_up("godfather").note == "'godfather' is read as Godfather, The (1972)."
    assert INDEX.look_up("the godfather").note == INDEX.look_up("godfather 1972").note == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("first contact", 50),
        ("star trek contact", 50),
        ("how i learned to stop worrying and love the bomb", 190),
        ("star trek 1994", 60),
        ("2001 (1968)", 120),
        ("godfather 1974", 20),
    ],
)
def test_words_of_one_title_mean_it_and_that_is_said(typed: str, meant: int) -> None:
    assert id_of(typed) == meant
    assert INDEX.look_up(typed).note.startswith(f"{typed!r} is read as ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("toy stroy", 130),
        ("schindlers lst", 110),
        ("shawshenk redemption", 140),
        ("teh godfather 1972", 10),
        ("the empire strikes bakc", 210),
        ("Bravehaert (1995)", 280),
    ],
)
def test_an_unmistakable_typing_error_is_corrected_and_that_is_said(typed: str, meant: int) -> None:
    assert id_of(typed) == meant
    assert INDEX.look_up(typed).note.startswith(f"{typed!r} is read as ")


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("Alien 2", "Alien 3 (1992)"),  # a number is no misspelling of another number
        ("Apollo 14", "Apollo 13 (1995)"),
        ("Alien 33", "Alien 3 (1992)"),
        ("Apollo", "Apollo 13 (1995)"),  # ... or of none
        ("Toy Story 2", "Toy Story (1995)"),
        ("Rocky", "Rock, The (1996)"),  # a short title is never respelt
        ("Argo", "Fargo (1996)"),
        ("Babel", "Babe (1995)"),
        ("Brave", "Braveheart (1995)"),
        ("Murdre", "Murder (1930)"),
        ("The Monkeys Twelve", "Twelve Monkeys (1995)"),
        ("Wedding Ringer", "Wedding Singer, The (1998)"),  # another word
        ("The Heat", "Heat (1995)"),  # another article
        ("Bravehaert", "Braveheart (1995)"),  # one word, without its year
        ("Iron Man", "Man in the Iron Mask, The (1998)"),  # words in another order
        ("Saw", "Last Time I Saw Paris, The (1954)"),  # one word of many
        ("Star Wars: Episode II - Attack of the Clones", "Star Wars (1977)"),
    ],
)
def test_another_film_is_not_taken_but_suggested(typed: str, suggested: str) -> None:
    error = refused(typed)
    assert error.message.startswith(f"There is no film {typed!r}; by-hand has 49 films, 1930 to ")
    assert titles(error.candidates)[0] == suggested
    assert suggested in error.hint
    assert len(error.candidates) <= 5


def test_a_word_of_the_catalog_is_never_respelt() -> None:
    index = TitleIndex(make_dataset([], 1, ["Paper Moon Rising (1990)", "Paper Noon (1991)"]))
    with pytest.raises(TitleError):
        index.resolve("paper noon rising")
    assert index.resolve("paper mooon rising") == 0


def test_of_two_titles_as_near_none_is_taken() -> None:
    index = TitleIndex(make_dataset([], 1, ["Paper Boats Race (1990)", "Paper Bolts Race (1991)"]))
    with pytest.raises(TitleError) as caught:
        index.resolve("paper bots race")
    assert sorted(caught.value.candidates) == [0, 1]
    assert index.resolve("paper bots race 1991") == 1


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("Scream (2022)", "Scream (1996)"),
        ("scream 2022", "Scream (1996)"),
        ("The Nutty Professor (1963)", "Nutty Professor, The (1996)"),
        ("Godfather (1999)", "Godfather, The (1972)"),
        ("Braveheart (1990)", "Braveheart (1995)"),
        ("Moonlight (2016)", "Moonlight"),  # its year is unknown
        ("Bravehaert (1994)", "Braveheart (1995)"),
    ],
)
def test_a_typed_year_is_binding(typed: str, suggested: str) -> None:
    assert titles(refused(typed).candidates)[0] == suggested


@pytest.mark.parametrize(("typed", "meant"), [("Fargo (1997)", 260), ("Sabrina (1996)", 90)])
def test_one_year_off_passes_for_an_exact_title_and_is_said(typed: str, meant: int) -> None:
    assert id_of(typed) == meant
    title = INDEX.title(INDEX.resolve(typed))
    assert INDEX.look_up(typed).note == f"{typed!r} is read as {title}."


def test_in_a_catalog_without_years_a_typed_year_is_of_no_use_and_that_is_said() -> None:
    found = TitleIndex(make_dataset([], 1, ["Moonlight", "Comet"])).look_up("moonlight (2016)")
    assert (found.row, found.note) == (0, "'moonlight (2016)' is read as Moonlight.")


def test_one_year_off_two_films_is_a_question() -> None:
    index = TitleIndex(make_dataset([], 1, ["Comet (1990)", "Comet (1992)"]))
    with pytest.raises(TitleError) as caught:
        index.resolve("comet 1991")
    assert caught.value.candidates == [0, 1]


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [("star trek", [5, 4, 47]), ("Sabrina", [7, 8])],  # the more popular film first
)
def test_an_ambiguous_title_has_its_candidates(typed: str, candidates: list[int]) -> None:
    error = refused(typed)
    assert error.message == f"{typed!r} may be any of {len(candidates)} films."
    assert error.is_ambiguous
    assert error.candidates == candidates
    places = [error.hint.index(INDEX.label(row)) for row in candidates]
    assert places == sorted(places)


def test_a_word_of_one_title_is_a_question_too() -> None:
    error = refused("shawshank")
    assert error.is_ambiguous
    assert titles(error.candidates)[0] == "Shawshank Redemption, The (1994)"


@pytest.mark.parametrize("typed", ["xqzzy", "!?", "", "9" * 5000])
def test_what_resembles_nothing_gets_the_next_step(typed: str) -> None:
    error = refused(typed)
    assert not error.is_ambiguous
    assert "movierec films WORD" in error.hint


@pytest.mark.parametrize(("typed", "meant"), [("70", 70), (" 70 ", 70), (90, 90), (140, 140)])
def test_digits_are_an_id(typed: str | int, meant: int) -> None:
    assert id_of(typed) == meant


def test_digits_are_a_title_where_a_film_has_it() -> None:
    found = INDEX.look_up("140")
    assert INDEX.title(found.row) == "140 (1997)"
    assert "as an id: 140 Shawshank Redemption, The (1994)" in found.note


def test_in_a_column_of_titles_digits_are_never_an_id() -> None:
    with pytest.raises(TitleError, match="There is no film '300'"):
        INDEX.look_up_title("300")
    assert INDEX.title(INDEX.look_up_title("9").row) == "9 (2009)"


def test_an_id_that_begins_a_title_is_said() -> None:
    numbered = ["Boat (1990)"] * 9 + ["50: A Space Tale (1968)"]  # the id of the fifth is 50
    found = TitleIndex(make_dataset([], 1, numbered)).look_up("50")
    assert found.row == 4
    assert "there is also 100 50: A Space Tale (1968)" in found.note


def test_a_year_from_a_column_is_used_with_the_title() -> None:
    assert INDEX.title(INDEX.look_up_title("Sabrina", 1954).row) == "Sabrina (1954)"
    assert INDEX.title(INDEX.look_up_title("Sabrina (1995)", 1995).row) == "Sabrina (1995)"
    for title, year in [("Scream", 2022), ("Toy Story 3", 2010), ("Rocky", 1976), ("Saw", 2004)]:
        with pytest.raises(TitleError, match=rf"There is no film '{title} \({year}\)'"):
            INDEX.look_up_title(title, year)
    with pytest.raises(TitleError):
        INDEX.look_up_title("Sabrina (1995)", 1954)


def test_searching_returns_names_then_titles_with_the_words_or_else_near_ones() -> None:
    assert INDEX.matches("godfather") == {0: "exact", 1: "contains"}
    assert INDEX.search("star tr") == [5, 4, 47]
    assert INDEX.search("sabrina 1995") == [8]
    assert INDEX.matches("godfathr")[0] == "near"
    assert set(INDEX.matches("Rocky").values()) == {"near"}
    assert INDEX.matches("qqqqqq") == {}


@pytest.mark.ml100k
def test_every_real_title_means_itself(ml100k: Dataset) -> None:
    index = TitleIndex(ml100k)
    every = [index.title(row) for row in range(len(ml100k.films))]
    assert [title for title in every if index.title(index.resolve(title)) != title] == []
    for title in map(without_year, every):
        try:
            found = [index.look_up_title(title).row]
        except TitleError as error:
            found = error.candidates
        assert title in [without_year(index.title(row)) for row in found]


@pytest.mark.ml100k
def test_star_trek_is_ambiguous(ml100k: Dataset) -> None:
    with pytest.raises(TitleError, match="'star trek' may be any of 8 films"):
        TitleIndex(ml100k).resolve("star trek")


@pytest.mark.ml100k
@pytest.mark.parametrize(
    "typed",
    ["Rocky", "Argo", "Babel", "Brave", "Tokyo Story", "The Whale", "The Martian", "The Others",
     "The Illusionist", "Unbreakable", "The Incredibles", "Iron Man", "Saw", "Alien 2",
     "Scream (2022)", "Beauty and the Beast (2017)", "Les Misérables (2012)",
     "Ghost in the Shell (2017)", "Alice in Wonderland (2010)", "Father of the Bride (1991)",
     "The Nutty Professor (1963)"],
)  # fmt: skip
def test_films_that_the_real_catalog_lacks_are_refused(typed: str, ml100k: Dataset) -> None:
    with pytest.raises(TitleError) as caught:
        TitleIndex(ml100k).resolve(typed)
    assert 1 <= len(caught.value.candidates) <= 5
