"""One spelling of the words of a title: case, accents, punctuation, articles, numbers."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from movierec_cli.core.data.titles import folded, without_year

_CHARACTERS = str.maketrans(
    {**dict.fromkeys("'`’‘´ʼ"), "&": " and ", "+": " and ", "½": " 1/2",
     "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l"}
)  # fmt: skip
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ARTICLES = "the|a|an|la|le|les|l|el|los|las|il|lo|i|gli|der|die|das|det|den|un|une|ein|eine|o|os"
_TRAILING_ARTICLE = re.compile(rf"^(.+), *({_ARTICLES})$", re.MULTILINE)
_MOVED_ARTICLE = re.compile(rf"^(.+), *({_ARTICLES}|una|l['’])$", re.IGNORECASE)
_LEADING_ARTICLE = re.compile(r"^(?:the|a|an) (?=.)", re.MULTILINE)
_NO_LETTER = re.compile(r"[^\w\n]+|_+")
_INITIALS = re.compile(r"\b[^\W\d_]\b(?: [^\W\d_]\b)+")

_SMALL_WORDS = frozenset(
    ("a", "an", "and", "at", "by", "for", "from", "in", "is", "la", "le", "of", "on", "or", "the",
     "to", "with")
)  # fmt: skip

_SPELLINGS = {
    "doctor": "dr", "mister": "mr", "saint": "st", "versus": "vs", "boulevard": "blvd",
    "junior": "jr", "volume": "vol", "colour": "color", "colours": "colors", "harbour": "harbor",
    "neighbour": "neighbor", "neighbours": "neighbors",
}  # fmt: skip
_SPELLED = re.compile(rf"\b(?=[bcdhjmnsv])(?:{'|'.join(_SPELLINGS)})\b")

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
          "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
             "tenth", "eleventh", "twelfth", *(f"{teen}th" for teen in _TEENS[3:]))  # fmt: skip
_ORDINAL_TENS = tuple(f"{ten[:-1]}ieth" for ten in _TENS)
_VALUES = {
    **{word: value for value, word in enumerate([*_UNITS, *_TEENS], start=1)},
    **{word: value for value, word in enumerate(_ORDINALS, start=1)},
    **{word: 20 + 10 * at for words in (_TENS, _ORDINAL_TENS) for at, word in enumerate(words)},
    "hundred": 100, "thousand": 1000,
}  # fmt: skip


def _any_of(*words: Sequence[str]) -> str:
    return "(?:" + "|".join(word for group in words for word in group) + r")\b"


_BELOW_100 = f"(?:{_any_of(_TENS)}(?: {_any_of(_UNITS)})?|{_any_of(_TEENS, _UNITS)})"
_CARDINAL = re.compile(
    r"\b(?=[otfsen])(?:"
    rf"{_BELOW_100} (?:hundred|thousand)\b(?: (?:and )?{_BELOW_100})?"  # one hundred and one
    rf"|{_any_of(_TEENS)} {_any_of(_TENS)}(?: {_any_of(_UNITS)})?"  # nineteen eighty four
    rf"|{_BELOW_100})"
)
_ORDINAL = re.compile(
    rf"\b(?=[tfsen])(?:(?:{_any_of(_TENS)} )?{_any_of(_ORDINALS)}|{_any_of(_ORDINAL_TENS)})"
)

# A single "v" is a number behind another word, "i" and "x" only behind "part" and the like.
_ROMAN = re.compile(
    r"\b(?=[ivx])(?:(?=[ivx]{2})x{0,3}(?:ix|iv|v?i{0,3})(?<=[ivx])\b|(?<=\w )v\b"
    r"|(?:(?<=\bpart )|(?<=\bvol )|(?<=\bepisode )|(?<=\bchapter )|(?<=\bwar ))[ix]\b)"
)
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10}
_PART = re.compile(r" (?:part|vol|episode|chapter) (?=\d)")
_SPACE_OUTSIDE_NUMBERS = re.compile(r" (?:(?<!\d )|(?!\d))")


def normalize(title: str) -> str:
    """Return the words of a title in one spelling, without year and leading article.

    "Godfather, The (1972)" and "the godfather" both become "godfather", "Part II" becomes "2",
    "Twelfth" becomes "12th", "L.A." becomes "la" and "Doctor" becomes "dr". A title without letters
    and digits, such as "$", stays as it is.
    """
    return normalize_all([without_year(title)])[0]


def normalize_all(titles: Iterable[str]) -> list[str]:
    """Normalize titles without years: all at once, ten times as fast as one after the other."""
    titles = list(titles)
    lines = (title if title.isascii() else folded(title.translate(_CHARACTERS)) for title in titles)
    text = "\n".join(line.replace("\n", " ") for line in lines).casefold()
    for character in "'`&+":  # of the lines in ASCII; faster than to translate
        text = text.replace(character, _CHARACTERS[ord(character)] or "")
    text = _THOUSANDS.sub("", text).replace(" v. ", " vs ")
    text = _TRAILING_ARTICLE.sub(r"\2 \1", text)
    text = "\n".join(map(str.strip, _NO_LETTER.sub(" ", text).split("\n")))
    text = _INITIALS.sub(lambda found: found[0].replace(" ", ""), text)
    text = _LEADING_ARTICLE.sub("", text)
    text = _SPELLED.sub(lambda found: _SPELLINGS[found[0]], text)
    text = _ORDINAL.sub(lambda found: _ordinal(_value(found[0])), text)
    text = _CARDINAL.sub(lambda found: str(_value(found[0])), text)
    text = _ROMAN.sub(lambda found: str(_roman(found[0])), text)
    found = _PART.sub(" ", text).split("\n")
    return [words or title.strip() for words, title in zip(found, titles, strict=True)]


def spelling_rules(titles: Iterable[str]) -> dict[str, object]:
    """Return the rules of `normalize_all` for a program in JavaScript.

    ``characters`` are replaced, then case and accents go, then each pattern of ``steps`` is
    replaced in all of a text, line by line. Where a step has no replacement, ``spellings`` have it,
    with the number words of numbers below 100 and of those in the ``titles``.
    """
    return {
        "characters": {chr(code): to or "" for code, to in _CHARACTERS.items()},
        "steps": [
            (_THOUSANDS.pattern, ""),
            (r" v\. ", " vs "),
            (_TRAILING_ARTICLE.pattern, "$2 $1"),
            (r"[^\p{L}\p{N}\n]+", " "),
            ("^ | $", ""),
            (r"(?<=\b[a-z]) (?=[a-z]\b)", ""),
            (_LEADING_ARTICLE.pattern, ""),
            (_SPELLED.pattern, None),
            (_ORDINAL.pattern, None),
            (_CARDINAL.pattern, None),
            (_ROMAN.pattern, None),
            (_PART.pattern, " "),
        ],
        "spellings": {
            **_SPELLINGS,
            **{words: _ordinal(_value(words)) for words in _ordinal_words()},
            **_cardinals(set(" ".join(normalize_all(map(without_year, titles))).split())),
            **{letters: str(_roman(letters)) for letters in _roman_numbers()},
        },
    }


def _ordinal_words() -> list[str]:
    return [f"{ten} {unit}".strip() for ten in ("", *_TENS) for unit in _ORDINALS] + [
        *_ORDINAL_TENS
    ]


def _cardinals(known: Container[str]) -> dict[str, str]:
    """Return number words and their number, of those below 100 and those ``known`` as digits."""
    tens = [*_TENS, *(f"{ten} {unit}" for ten in _TENS for unit in _UNITS)]
    below_100 = [*_UNITS, *_TEENS, *tens]
    rounds = [f"{words} {power}" for words in below_100 for power in ("hundred", "thousand")]
    larger = [
        *(f"{teen} {ten}" for teen in _TEENS for ten in tens),
        *rounds,
        *(f"{words}{joint}{rest}" for words in rounds for joint in (" ", " and ")
          for rest in below_100),
    ]  # fmt: skip
    numbers = {words: str(_value(words)) for words in (*below_100, *larger)}
    return {
        words: number for words, number in numbers.items() if len(number) < 3 or number in known
    }


def _roman_numbers() -> Iterator[str]:
    units = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return filter(None, (f"{tens}{unit}" for tens in ("", "x", "xx", "xxx") for unit in units))


def key(words: str) -> str:
    """Return normalized words without the spaces; numbers stay apart.

    Titles of one key differ at most by spaces and hyphens: "spider man" and "spiderman".
    """
    return _SPACE_OUTSIDE_NUMBERS.sub("", words)


def numbers(words: str) -> list[str]:
    """Return the words with a digit among normalized words, in order."""
    return [word for word in words.split() if any(map(str.isdigit, word))]


def same_words(title: str) -> str:
    """Return the words of a title with their articles and numbers as written, without case."""
    text = _TRAILING_ARTICLE.sub(r"\2 \1", folded(without_year(title).translate(_CHARACTERS)))
    return _NO_LETTER.sub(" ", text).strip()


def article_first(title: str) -> str:
    """Return a title without year as people write it: "Godfather, The" as "The Godfather"."""
    found = _MOVED_ARTICLE.match(title)
    if found is None:
        return title
    space = "" if found[2].endswith(("'", "’")) else " "
    return f"{found[2]}{space}{found[1]}"


def article(title: str) -> str:
    """Return the English article of a title, moved or not; empty if it has none."""
    first, _, rest = same_words(title).partition(" ")
    return first if rest and first in ("the", "a", "an") else ""


def telling(words: str) -> list[str]:
    """Return the normalized words that tell something about a title."""
    return [word for word in words.split() if word not in _SMALL_WORDS]


def _value(words: str) -> int:
    """Return the number that cardinal or ordinal number words name."""
    total = 0
    for word in words.replace(" and ", " ").split():
        value = _VALUES[word]
        if value >= 100:
            total *= value
        elif 10 <= total < 20 and value >= 20:  # "nineteen eighty"
            total = total * 100 + value
        else:
            total += value
    return total


def _ordinal(value: int) -> str:
    suffixes = {1: "st", 2: "nd", 3: "rd"}
    return f"{value}{'th' if 10 < value < 14 else suffixes.get(value % 10, 'th')}"


def _roman(letters: str) -> int:
    digits = [_ROMAN_DIGITS[letter] for letter in letters]
    return sum(
        -digit if digit < following else digit
        for digit, following in zip(digits, [*digits[1:], 0], strict=True)
    )
