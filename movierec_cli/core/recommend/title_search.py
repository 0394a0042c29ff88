"""Films found by titles as they are typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.titles import folded, without_year, year_in
from movierec_cli.core.errors import UsageError

Film = str | int
"""A film as typed: its id, or a title in any spelling that `TitleIndex.resolve` accepts."""

_ARTICLES = "the|a|an|la|le|les|l'|el|los|las|il|lo|der|die|das|det|un|une"
_TRAILING_ARTICLE = re.compile(rf"^(.+),[ ]+({_ARTICLES})$", re.MULTILINE)
_LEADING_ARTICLE = re.compile(r"^(the|a|an) (?=.)", re.MULTILINE)
_APOSTROPHE = re.compile(r"['`’]")
_NO_LETTER = re.compile(r"[^a-z0-9\n]+")
_ROMAN = re.compile(r"\b(?:ii|iii|iv|v|vi|vii|viii|ix)\b")
_DIGITS = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
           "ix": "9"}  # fmt: skip
_PARENTHESES = re.compile(r"\(([^)]*)\)")
_TYPED_YEAR = re.compile(r"^(?P<title>.+?)[\s,]+\(?(?P<year>(?:19|20)\d\d)\)?$")

# Similarities are 0..100: 100 * 2 * common subsequence / sum of the lengths (`rapidfuzz.fuzz`).
_SURE = 84.0  # accepts a single misspelled title
_MARGIN = 4.0  # by which it has to be better than the next title
_NEAR = 60.0  # suggests a title
_SAME_WORD = 80.0  # replaces a misspelled word
_SHORT_WORD = 4  # letters; shorter words resemble too many others
_SHOWN = 8


class TitleError(UsageError):
    """A typed title that means no film, or several: the rows of ``candidates``, best first."""

    def __init__(self, message: str, hint: str, candidates: list[int]) -> None:
        super().__init__(message, hint)
        self.candidates = candidates


def normalize(title: str) -> str:
    """Return a title without case, accents, punctuation, year and leading article.

    "Godfather, The (1972)" and "the godfather" both become "godfather", "Part II" and "part 2"
    become "part 2".
    """
    return _normalize_lines(without_year(title))


def _normalize_lines(text: str) -> str:
    """Normalize titles, one a line: ten times as fast as one call for each title."""
    text = folded(text).replace("&", " and ")
    text = _TRAILING_ARTICLE.sub(r"\1", text)
    text = _APOSTROPHE.sub("", text)  # "schindlers list"
    lines = _NO_LETTER.sub(" ", text).split("\n")
    text = _LEADING_ARTICLE.sub("", "\n".join(map(str.strip, lines)))
    return _ROMAN.sub(lambda match: _DIGITS[match[0]], text)


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """Search by title in the films of a data set; the index is built at the first search."""

    dataset: Dataset

    @cached_property
    def popularity(self) -> NDArray[np.int64]:
        """The number of ratings of each film, [n_films]."""
        return np.bincount(self.dataset.ratings.film_rows, minlength=len(self.dataset.films))

    @cached_property
    def _names(self) -> dict[str, list[int]]:
        """Rows of the films by each normalized name that they have."""
        titles = self.dataset.films.titles.tolist()
        forms = [(form, row) for row, title in enumerate(titles) for form in _forms(title)]
        lines = "\n".join(form if form.isascii() else folded(form) for form, _ in forms)
        names: dict[str, list[int]] = {}
        for name, (_, row) in zip(_normalize_lines(lines).split("\n"), forms, strict=True):
            names.setdefault(name, []).append(row)
        names.pop("", None)
        return names

    def label(self, row: int) -> str:
        """Return id and title of a film."""
        return f"{self.dataset.films.ids[row]} {self.dataset.films.titles[row]}"

    def search(self, query: str) -> list[int]:
        """Return the rows of all films that ``query`` may mean, the most likely first.

        An exact title comes before a title with every word, and both before similar titles.
        """
        for text, year in _readings(query):
            found = dict.fromkeys([*self._exact(text), *self._containing(text)])
            if rows := self._of_year(found, year):
                return rows
        return self._nearest(*_readings(query)[0])

    def resolve(self, film: Film) -> int:
        """Return the row of the one film that an id or a title means.

        A title that the catalog holds under two ids means the more popular one.

        Raises
        ------
        TitleError
            If it means no film, or several; the hint lists the candidates.
        """
        query = str(film).strip()
        with_id = np.flatnonzero(self.dataset.films.ids.astype(str) == query)
        if len(with_id):
            return int(with_id[0])
        found = self._matches(query)
        if not found:
            nearest = self._nearest(*_readings(query)[0])[:5]
            hint = f"Did you mean: {self._listed(nearest)}"
            if not nearest:
                hint = "Search with: movierec films WORD"
            raise TitleError(f"There is no film {film!r}.", hint, nearest)
        if len(self._titles(found)) > 1:
            raise TitleError(
                f"{film!r} may be any of {len(found)} films.",
                f"Give the id or the year: {self._listed(found)}",
                found,
            )
        return found[0]

    def _matches(self, query: str) -> list[int]:
        """Return the films that the strictest successful way of matching finds."""
        literal = np.flatnonzero(self.dataset.films.titles == query).tolist()
        if literal:
            return self._by_popularity(literal)
        for text, year in _readings(query):
            for match in (self._exact, self._containing, self._misspelled, self._respelled):
                if rows := self._of_year(match(text), year):
                    return rows
        return []

    def _exact(self, text: str) -> list[int]:
        return self._by_popularity(self._names.get(text, ()))

    def _containing(self, text: str) -> list[int]:
        """Return the films of which one name has every word, or its beginning."""
        words = [f" {word}" for word in text.split()]
        if not words:
            return []
        return self._by_popularity(
            row
            for name, rows in self._names.items()
            if all(word in f" {name}" for word in words)
            for row in rows
        )

    def _misspelled(self, text: str) -> list[int]:
        """Return the film whose name is nearly ``text``, if no other film is as near."""
        similar = self._similar(text)
        best = max(similar.values(), default=0.0)
        rows = [row for row, value in similar.items() if value >= max(_SURE, best - _MARGIN)]
        return rows if len(self._titles(rows)) == 1 else []

    def _respelled(self, text: str) -> list[int]:
        """Return the films with every word, after unknown words are replaced by similar ones."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - seldom needed

        known = sorted({word for name in self._names for word in name.split()})
        words = text.split()
        for at, word in enumerate(words):
            if len(word) > _SHORT_WORD and word not in known:
                best = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
                words[at] = best[0] if best else word
        return self._containing(" ".join(words)) if words != text.split() else []

    def _nearest(self, text: str, year: int | None) -> list[int]:
        """Return films to suggest: the title with another year, then similar ones."""
        similar = [*self._respelled(text), *self._similar(text)]
        return list(dict.fromkeys([*self._exact(text), *(self._of_year(similar, year) or similar)]))

    def _similar(self, text: str) -> dict[int, float]:
        """Return row -> similarity of the films with similar names, best first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - seldom needed

        near = process.extract(
            text, list(self._names), scorer=fuzz.ratio, limit=2 * _SHOWN, score_cutoff=_NEAR
        )
        best: dict[int, float] = {}
        for name, value, _ in near:  # descending
            for row in self._names[name]:
                best.setdefault(row, value)
        order = sorted(best, key=lambda row: (-best[row], -self.popularity[row], row))
        return {row: best[row] for row in order}

    def _of_year(self, rows: Iterable[int], year: int | None) -> list[int]:
        titles = self.dataset.films.titles
        return [row for row in rows if year in (None, year_in(str(titles[row])))]

    def _by_popularity(self, rows: Iterable[int]) -> list[int]:
        return sorted(set(rows), key=lambda row: (-self.popularity[row], row))

    def _titles(self, rows: list[int]) -> set[str]:
        return set(self.dataset.films.titles[rows].tolist())

    def _listed(self, rows: list[int]) -> str:
        more = f"; and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        return "; ".join(map(self.label, rows[:_SHOWN])) + more


def _readings(query: str) -> list[tuple[str, int | None]]:
    """Read "fargo 1996" as a title and a year; or else as a title that ends with a number."""
    whole: tuple[str, int | None] = (_normalize_lines(query.replace("(", " ")), None)
    match = _TYPED_YEAR.match(query.strip())
    return [(normalize(match["title"]), int(match["year"])), whole] if match else [whole]


def _forms(title: str) -> list[str]:
    """Return the names of a film: the title, its parts around parentheses, its article first."""
    bare = without_year(title)
    forms = [bare]
    if "(" in bare:
        forms += [_PARENTHESES.sub(" ", bare).strip(), *_PARENTHESES.findall(bare)]
    for form in forms[:]:
        if "," in form and (match := _TRAILING_ARTICLE.match(folded(form))):
            forms.append(f"{match[2]} {match[1]}")  # "Boot, Das" is typed "das boot"
    return forms
