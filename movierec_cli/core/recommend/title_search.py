"""Finding a film by what a person types."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Films, IntArray
from movierec_cli.core.data.titles import folded, without_year, year_in
from movierec_cli.core.errors import UsageError

_ARTICLES = "the|a|an|la|le|les|l'|el|los|las|il|lo|der|die|das|det|un|une"
_TRAILING_ARTICLE = re.compile(rf"^(.+),[ ]+({_ARTICLES})$", re.MULTILINE)
_LEADING_ARTICLE = re.compile(r"^(the|a|an) (?=.)", re.MULTILINE)
_APOSTROPHE = re.compile(r"['`’]")
_NO_LETTER = re.compile(r"[^a-z0-9\n]+")
_ROMAN = re.compile(r"\b(?:ii|iii|iv|v|vi|vii|viii|ix)\b")
_DIGITS = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
           "ix": "9"}  # fmt: skip
_PARENTHESES = re.compile(r"\(([^)]*)\)")
_YEAR_TYPED = re.compile(r"^(?P<title>.+?)[\s,]+\(?(?P<year>(?:19|20)\d\d)\)?$")

_SURE = 0.84  # similarity from which a single typo-ridden match is taken
_CLEARLY = 0.04  # how much better it has to be than the next
_NEAR = 0.6  # similarity from which a title is suggested
_SAME_WORD = 0.8  # similarity from which a word is taken for a misspelt one
_SHORT_WORD = 4  # letters; shorter ones are like too many others
_SHOWN = 8
_LONGEST_ID = 18  # digits; what is longer fits no id


def normalize(title: str) -> str:
    """Return a title as it is compared: no case, accents, punctuation, year or leading article.

    "Godfather, The (1972)" and "the godfather" both become "godfather", "Part II" and "part 2"
    become "part 2".
    """
    return _normalize_lines(without_year(title))


def _normalize_lines(text: str) -> str:
    """Normalize titles, one a line: a whole catalog at once is ten times as fast as in turn."""
    text = folded(text).replace("&", " and ")
    text = _TRAILING_ARTICLE.sub(r"\1", text)
    text = _APOSTROPHE.sub("", text)  # "schindlers list" is typed without
    lines = _NO_LETTER.sub(" ", text).split("\n")
    text = _LEADING_ARTICLE.sub("", "\n".join(map(str.strip, lines)))
    return _ROMAN.sub(lambda match: _DIGITS[match[0]], text)


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """The titles of a catalog, ready to be searched.

    Attributes
    ----------
    films
        The catalog.
    counts
        The number of ratings of each film, [n_films]; the better known film comes first.
    names
        For each film the normalized forms it is known by.
    """

    films: Films
    counts: NDArray[np.int64]
    names: tuple[tuple[str, ...], ...]

    @classmethod
    def build(cls, films: Films, film_rows: IntArray) -> "TitleIndex":
        """Index ``films``; ``film_rows`` has the film of every rating."""
        counts = np.bincount(film_rows, minlength=len(films))
        return cls(films, counts, _names_of(films.titles.tolist()))

    def search(self, query: str) -> list[int]:
        """Return the rows of all films that ``query`` may mean, the likeliest first.

        An exact title comes before one that contains every word, and both before similar ones.
        """
        for text, year in _readings(query):
            found = dict.fromkeys([*self._exact(text), *self._containing(text)])
            if rows := self._of_year(list(found), year):
                return rows
        return self._nearest(*_readings(query)[0])

    def resolve(self, query: str) -> int:
        """Return the row of the one film that ``query`` means: an id or a title.

        Of a title that the catalog holds under two ids, the better known one is meant.

        Raises
        ------
        UsageError
            If no film or more than one is meant; the hint lists the candidates.
        """
        if query.strip().isdecimal() and len(query.strip()) <= _LONGEST_ID:
            row = np.flatnonzero(self.films.ids == int(query))
            if len(row):
                return int(row[0])
        found = self._meant(query)
        if not found:
            nearest = self._nearest(*_readings(query)[0])[:5]
            raise UsageError(
                f"There is no film {query!r}.",
                f"Did you mean: {self._listed(nearest)}"
                if nearest
                else "Search with: movierec films WORD",
            )
        if len({str(self.films.titles[row]) for row in found}) > 1:
            raise UsageError(
                f"{query!r} may be any of {len(found)} films.",
                f"Give the id or the year: {self._listed(found)}",
            )
        return found[0]

    def _meant(self, query: str) -> list[int]:
        """Return the films meant, by the strictest of the ways to match that finds any."""
        literal = np.flatnonzero(self.films.titles == query.strip()).tolist()
        if literal:
            return self._by_fame(literal)
        for text, year in _readings(query):
            for match in (self._exact, self._containing, self._surely, self._respelt):
                if rows := self._of_year(match(text), year):
                    return rows
        return []

    def _exact(self, text: str) -> list[int]:
        return self._by_fame(row for row, names in enumerate(self.names) if text in names)

    def _containing(self, text: str) -> list[int]:
        words = [f" {word}" for word in text.split()]
        if not words:
            return []
        return self._by_fame(
            row
            for row, names in enumerate(self.names)
            if any(all(word in f" {name}" for word in words) for name in names)
        )

    def _surely(self, text: str) -> list[int]:
        """Return the film whose title is nearly ``text``, if no other is nearly as near."""
        scored = self._scored(text)
        best = [
            (score, row) for score, row in scored if score >= max(_SURE, scored[0][0] - _CLEARLY)
        ]
        titles = {str(self.films.titles[row]) for _, row in best}
        return [row for _, row in best] if len(titles) == 1 else []

    def _respelt(self, text: str) -> list[int]:
        """Return the films that contain every word once misspelt ones are put right."""
        import difflib  # noqa: PLC0415 - slow to load and seldom needed

        known = {word for names in self.names for name in names for word in name.split()}
        words = [
            word
            if word in known or len(word) <= _SHORT_WORD
            else next(iter(difflib.get_close_matches(word, known, 1, _SAME_WORD)), word)
            for word in text.split()
        ]
        return self._containing(" ".join(words)) if words != text.split() else []

    def _nearest(self, text: str, year: int | None) -> list[int]:
        """Return films to suggest: the title of another year, then what is like it."""
        like = [*self._respelt(text), *(row for _, row in self._scored(text))]
        rows = dict.fromkeys([*self._exact(text), *(self._of_year(like, year) or like)])
        return list(rows)

    def _scored(self, text: str) -> list[tuple[float, int]]:
        """Return similarity 0..1 and row of the films most like ``text``, best first."""
        import difflib  # noqa: PLC0415 - slow to load and seldom needed

        known = {name for names in self.names for name in names}
        close = difflib.get_close_matches(text, known, 2 * _SHOWN, _NEAR)
        score = {name: difflib.SequenceMatcher(None, text, name).ratio() for name in close}
        scored = [
            (max(score[name] for name in names if name in score), row)
            for row, names in enumerate(self.names)
            if any(name in score for name in names)
        ]
        return sorted(scored, key=lambda item: (-item[0], -self.counts[item[1]], item[1]))

    def _of_year(self, rows: list[int], year: int | None) -> list[int]:
        return [row for row in rows if year in (None, year_in(str(self.films.titles[row])))]

    def _by_fame(self, rows: Iterable[int]) -> list[int]:
        return sorted(rows, key=lambda row: (-self.counts[row], row))

    def _listed(self, rows: list[int]) -> str:
        shown = [f"{self.films.ids[row]} {self.films.titles[row]}" for row in rows[:_SHOWN]]
        more = len(rows) - len(shown)
        return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _readings(query: str) -> list[tuple[str, int | None]]:
    """Read "fargo 1996" as a title and a year; or else as a title that ends with a number."""
    whole: tuple[str, int | None] = (_normalize_lines(query.replace("(", " ")), None)
    match = _YEAR_TYPED.match(query.strip())
    return [(normalize(match["title"]), int(match["year"])), whole] if match else [whole]


def _names_of(titles: list[str]) -> tuple[tuple[str, ...], ...]:
    """Return the normalized forms of each title."""
    forms = [_forms(title) for title in titles]
    plain = (form if form.isascii() else folded(form) for own in forms for form in own)
    lines = iter(_normalize_lines("\n".join(plain)).split("\n"))
    return tuple(tuple({name for name in (next(lines) for _ in own) if name}) for own in forms)


def _forms(title: str) -> list[str]:
    """Return what a film may be called: the title, its parts around parentheses, its article."""
    bare = without_year(title)
    forms = [bare]
    if "(" in bare:
        forms += [_PARENTHESES.sub(" ", bare).strip(), *_PARENTHESES.findall(bare)]
    for form in forms[:]:
        if "," in form and (match := _TRAILING_ARTICLE.match(folded(form))):
            forms.append(f"{match[2]} {match[1]}")  # "Boot, Das" is typed "das boot"
    return forms
