"""Finding a film by what a person types."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Films, IntArray
from movierec_cli.core.errors import UsageError
from movierec_cli.core.titles import folded, without_year, year_in

_ARTICLES = (
    "the", "a", "an", "la", "le", "les", "l'", "el", "los", "las", "il", "lo", "der", "die",
    "das", "un", "une",
)  # fmt: skip
_TRAILING_ARTICLE = re.compile(rf",\s+({'|'.join(_ARTICLES)})$")
_LEADING_ARTICLE = re.compile(r"^(the|a|an) (?=.)")
_YEAR_TYPED = re.compile(r"^(?P<title>.+?)[\s,]+\(?(?P<year>(?:19|20)\d\d)\)?$")
_SURE = 0.84  # similarity from which a single typo-ridden match is taken
_CLEARLY = 0.04  # how much better it has to be than the next
_SHOWN = 8


def normalise(title: str) -> str:
    """Return a title as it is compared: no case, accents, punctuation, year or leading article.

    "Godfather, The (1972)" and "the godfather" both become "godfather".
    """
    text = folded(without_year(title)).replace("&", " and ")
    text = _TRAILING_ARTICLE.sub("", text.strip())
    text = re.sub(r"['`’]", "", text)  # "schindlers list" is typed without
    text = " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
    return _LEADING_ARTICLE.sub("", text)


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """The titles of a catalogue, ready to be searched.

    Attributes
    ----------
    films
        The catalogue.
    counts
        The number of ratings of each film, [n_films]; the better known film comes first.
    names
        For each film the normalised forms it is known by.
    """

    films: Films
    counts: NDArray[np.int64]
    names: tuple[tuple[str, ...], ...]

    @classmethod
    def build(cls, films: Films, film_rows: IntArray) -> "TitleIndex":
        """Index ``films``; ``film_rows`` has the film of every rating."""
        counts = np.bincount(film_rows, minlength=len(films))
        return cls(films, counts, tuple(tuple(_names(title)) for title in films.titles.tolist()))

    def search(self, query: str) -> list[int]:
        """Return the rows of all films that ``query`` may mean, the likeliest first.

        An exact title comes before one that contains every word, and both before similar ones.
        """
        text, year = _split_year(query)
        found = dict.fromkeys([*self._exact(text), *self._containing(text)])
        return self._of_year(list(found), year) or self._of_year(self._similar(text), year)

    def resolve(self, query: str) -> int:
        """Return the row of the one film that ``query`` means: an id or a title.

        Of a title that the catalogue holds under two ids, the better known one is meant.

        Raises
        ------
        UsageError
            If no film or more than one is meant; the hint lists the candidates.
        """
        if query.strip().isdigit():
            row = np.flatnonzero(self.films.ids == int(query))
            if len(row):
                return int(row[0])
        text, year = _split_year(query)
        exact = self._of_year(self._exact(text), year)
        found = exact or self._of_year(self._containing(text), year)
        if not found:
            return self._resolve_typo(query, text, year)
        if len({str(self.films.titles[row]) for row in found}) == 1:
            return found[0]
        raise UsageError(
            f"{query!r} may be any of {len(found)} films.",
            "Give the id or the year: " + self._listed(found),
        )

    def _resolve_typo(self, query: str, text: str, year: int | None) -> int:
        scored = self._scored(text, year)
        titles: dict[str, float] = {}
        for score, row in scored:
            titles.setdefault(str(self.films.titles[row]), score)
        best = list(titles.values())[:2]
        if best and best[0] >= _SURE and (len(best) == 1 or best[0] - best[1] >= _CLEARLY):
            return scored[0][1]
        nearest = [row for _, row in scored[:5]]
        hint = "Did you mean: " + self._listed(nearest) if nearest else ""
        raise UsageError(f"There is no film {query!r}.", hint or "Search with: movierec films WORD")

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

    def _similar(self, text: str) -> list[int]:
        return [row for _, row in self._scored(text, None)]

    def _scored(self, text: str, year: int | None) -> list[tuple[float, int]]:
        """Return similarity 0..1 and row of the films most like ``text``, best first."""
        rows = {row for row in range(len(self.films)) if self._is_of(row, year)}
        known = {name for row in rows for name in self.names[row]}
        close = difflib.get_close_matches(text, known, n=2 * _SHOWN, cutoff=0.6)
        score = {name: difflib.SequenceMatcher(None, text, name).ratio() for name in close}
        scored = [
            (max(score[name] for name in self.names[row] if name in score), row)
            for row in rows
            if any(name in score for name in self.names[row])
        ]
        return sorted(scored, key=lambda item: (-item[0], -self.counts[item[1]], item[1]))

    def _of_year(self, rows: list[int], year: int | None) -> list[int]:
        return [row for row in rows if self._is_of(row, year)]

    def _is_of(self, row: int, year: int | None) -> bool:
        return year is None or year_in(str(self.films.titles[row])) == year

    def _by_fame(self, rows: Iterable[int]) -> list[int]:
        return sorted(rows, key=lambda row: (-self.counts[row], row))

    def _listed(self, rows: list[int]) -> str:
        shown = [f"{self.films.ids[row]} {self.films.titles[row]}" for row in rows[:_SHOWN]]
        more = len(rows) - len(shown)
        return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _split_year(query: str) -> tuple[str, int | None]:
    """Part "Fargo (1996)" or "fargo 1996" into the normalised title and the year."""
    match = _YEAR_TYPED.match(query.strip())
    if match is None:
        return normalise(query), None
    return normalise(match["title"]), int(match["year"])


def _names(title: str) -> set[str]:
    """Return the normalised forms of a title: whole, and each part around parentheses."""
    bare = without_year(title)
    inner = re.findall(r"\(([^)]*)\)", bare)
    outer = re.sub(r"\([^)]*\)", " ", bare)
    return {name for name in map(normalise, [bare, outer.strip(), *inner]) if name}
