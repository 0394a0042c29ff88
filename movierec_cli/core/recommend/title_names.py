"""The names of a film: what its title says, and a few well-known alternative titles."""

import re
from dataclasses import dataclass
from functools import cache

from movierec_cli.core.data.titles import without_year, year_in
from movierec_cli.core.recommend.title_words import key, normalize, telling

_WELL_KNOWN = (
    ("Star Wars", "Star Wars: Episode IV - A New Hope", "Star Wars: A New Hope",
     "Star Wars: Episode IV", "Star Wars IV", "A New Hope"),
    ("The Empire Strikes Back", "Star Wars: Episode V - The Empire Strikes Back",
     "Star Wars: The Empire Strikes Back", "Star Wars: Episode V"),
    ("Return of the Jedi", "Star Wars: Episode VI - Return of the Jedi",
     "Star Wars: Return of the Jedi", "Star Wars: Episode VI"),
    ("The Phantom Menace", "Star Wars: Episode I - The Phantom Menace",
     "Star Wars: The Phantom Menace", "Star Wars: Episode I"),
    ("Attack of the Clones", "Star Wars: Episode II - Attack of the Clones",
     "Star Wars: Attack of the Clones", "Star Wars: Episode II"),
    ("Revenge of the Sith", "Star Wars: Episode III - Revenge of the Sith",
     "Star Wars: Revenge of the Sith", "Star Wars: Episode III"),
    ("Star Trek: The Wrath of Khan", "Star Trek II: The Wrath of Khan"),
    ("Friday the 13th: The Final Chapter", "Friday the 13th Part IV: The Final Chapter"),
    ("Interview with the Vampire", "Interview with the Vampire: The Vampire Chronicles"),
    ("Raiders of the Lost Ark", "Indiana Jones and the Raiders of the Lost Ark"),
    ("Harry Potter and the Sorcerer's Stone", "Harry Potter and the Philosopher's Stone"),
    ("Léon: The Professional", "The Professional", "Léon"),
    ("Seven", "Se7en"),
    ("E.T. the Extra-Terrestrial", "E.T."),
    ("Mad Max 2", "The Road Warrior", "Mad Max 2: The Road Warrior"),
    ("First Blood", "Rambo: First Blood"),
    ("Live Free or Die Hard", "Die Hard 4.0", "Die Hard 4"),
    ("Die Hard: With a Vengeance", "Die Hard 3"),
    ("Mulholland Dr.", "Mulholland Drive"),
    ("The Avengers", "Marvel's The Avengers", "Avengers Assemble"),
    ("Nikita", "La Femme Nikita"),
)  # fmt: skip
"""Titles under which one film is known, a film a row; a catalog has one of them."""

_ASIDE = re.compile(r"\s*\(([^()]*)\)$")
_AKA = re.compile(r"[\s,]*\b(?:a\.\s?k\.\s?a\b\.?|aka\b|also known as\b):?\s*", re.IGNORECASE)
_FOREIGN_ARTICLE = re.compile(
    r", *(?:la|le|les|l['’]|el|los|las|il|lo|i|gli|der|die|das|det|den|un|une|ein|eine|o|os)$",
    re.IGNORECASE,
)
_OR = re.compile(r"\s+or:\s+|;\s*or,?\s+|,\s*or,\s+|:\s+or\s+\(?", re.IGNORECASE)
_EPISODE = re.compile(r":?\s+episode\s+\w+\s*[-–—:]\s*", re.IGNORECASE)
_AUTHOR = re.compile(r"^([^:]+?)['’]s\s+(.+)$", re.IGNORECASE)
_SUBTITLE = re.compile(r":\s+|\s+[-–—]\s+")
_YEAR_AT_END = re.compile(r"^(?P<title>.*[^\s,])[\s,]+\[?(?P<year>(?:18|19|20)\d\d)\]?$")


@dataclass(frozen=True)
class Names:
    """The names in one title, as written.

    Attributes
    ----------
    main
        The title without its year and without parentheses at its end.
    alternatives
        Other titles that the title itself gives: "Dr. Strangelove" in "Dr. Strangelove or: How I
        Learned to Stop Worrying and Love the Bomb", the name of an episode, the title without a
        foreign article at its end.
    asides
        The texts in parentheses or after "a.k.a.": mostly the original title.
    """

    main: str
    alternatives: tuple[str, ...]
    asides: tuple[str, ...]

    @property
    def head(self) -> str:
        """The title without its subtitle."""
        return _SUBTITLE.split(self.main)[0]

    @property
    def after_author(self) -> str:
        """The title behind a full name, "Dracula" in "Bram Stoker's Dracula"; else empty."""
        match = _AUTHOR.match(self.main)
        return match[2] if match and len(telling(normalize(match[1]))) > 1 else ""

    @property
    def subtitles(self) -> tuple[str, ...]:
        """The texts behind a colon or a dash in the title or in an aside."""
        return tuple(
            part for name in (self.main, *self.asides) for part in _SUBTITLE.split(name)[1:]
        )


@dataclass(frozen=True)
class Reading:
    """One way to read a typed title: its names, and the year if one is typed."""

    names: Names
    year: int | None


def names_in(title: str) -> Names:
    """Take a title apart: "Seven (a.k.a. Se7en) (1995)" has the names Seven and Se7en."""
    bare = main = without_year(title)
    asides: list[str] = []
    while match := _ASIDE.search(main):
        if not main[: match.start()]:
            break
        main = main[: match.start()]
        asides += _split_aside(match[1])
    if "k" in main and len(parts := _AKA.split(main)) > 1 and parts[0]:
        main, asides = parts[0], [*asides, *parts[1:]]
    if asides:
        asides.append(bare)
    alternatives = []
    for name in (main, *asides):
        if "," in name and (match := _FOREIGN_ARTICLE.search(name)):
            alternatives.append(name[: match.start()])
    if " or" in bare.casefold() or "; or" in bare.casefold():
        alternatives += [head for head in _OR.split(bare)[:1] if head != bare]
    if "pisode" in main.casefold():
        alternatives += _EPISODE.split(main)[1:]
    return Names(main, tuple(alternatives), tuple(filter(None, asides)))


def readings(typed: str, year: int | None = None) -> list[Reading]:
    """Return the ways to read a typed title, the most likely first.

    A year in parentheses is a year. A bare one, as in "fargo 1996", may belong to the title, as in
    "Blade Runner 2049". A ``year`` from elsewhere has to agree with a typed one.
    """
    own = year_in(typed)
    if own is not None:
        return [Reading(names_in(typed), own)] if year in (None, own) else []
    whole = Reading(names_in(typed), year)
    match = _YEAR_AT_END.match(typed.strip())
    if match is None:
        return [whole]
    split = Reading(names_in(match["title"]), int(match["year"]))
    return [whole, split] if year in (None, split.year) else [whole]


def words_mean(words: str, title: str, *, has_year: bool) -> bool:
    """Return whether normalized words are enough to mean a title that has all of them.

    They are the title up to the colon, and its year is typed or they end with a number; or they are
    its subtitle; or they stand in the order of the title and are half of it. A subtitle has two
    words that tell something ("the" does not); so have words with their year, and others three.
    Every number of the title has to be typed.
    """
    names, told = names_in(title), telling(words)
    if normalize(names.head) == words:
        return has_year or (words[-1].isdigit() and len(told) > 1)
    untyped = set(normalize(names.main).split()) - set(words.split())
    if len(told) < 2 or any(word.isdecimal() for word in untyped):
        return False
    if words in map(normalize, names.subtitles):
        return True
    for name in map(normalize, (names.main, *names.asides)):
        rest = iter(name.split())
        if all(word in rest for word in words.split()) and 2 * len(told) >= len(telling(name)):
            return has_year or sum(not word.isdecimal() for word in told) >= 3
    return False


def well_known(name_key: str) -> tuple[str, ...]:
    """Return the keys of the other titles under which a film is known."""
    return tuple(
        other
        for group in _well_known_keys()
        if name_key in group
        for other in group
        if other != name_key
    )


@cache
def _well_known_keys() -> list[list[str]]:
    return [[key(normalize(title)) for title in titles] for titles in _WELL_KNOWN]


def _split_aside(text: str) -> list[str]:
    """Split "a.k.a. Sydney, a.k.a. Hard Eight" and "a.k.a. Alice, Sweet Alice/Holy Terror"."""
    parts = _AKA.split(text)
    if len(parts) == 1:
        return [text.strip()]
    return [name.strip() for part in parts for name in part.split("/") if name.strip()]
