"""All names of the films of a catalog, and ways to compare a typed name with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from movierec_cli.core.recommend.title_names import names_in
from movierec_cli.core.recommend.title_words import key, normalize_all, numbers, telling

SHORTEST_RESPELLED, SHORTEST_WITH_YEAR = 8, 6
"""Letters of the shortest title of which an error is corrected, without and with its year."""

# Similarities are 0..100: 100 * 2 * common subsequence / sum of the lengths (`rapidfuzz.fuzz`).
_NEAR = 65.0  # suggests a title
_SAME_WORD = 82.0  # suggests a word
_SHORT_WORD = 4  # letters; shorter words resemble too many others
_MOST_NEAR = 16


@dataclass(frozen=True, eq=False)
class NameTable:
    """The names of the films of a catalog in one spelling; a film is its row.

    Attributes
    ----------
    words
        The words of each name, normalized.
    rows
        The row of the film of each name.
    main, others
        Key of a name -> rows of the films with this title, or with this other name.
    """

    words: list[str]
    rows: list[int]
    main: dict[str, list[int]]
    others: dict[str, list[int]]

    @classmethod
    def of(cls, titles: Sequence[str]) -> "NameTable":
        """Take the titles of a catalog apart."""
        names: list[str] = []
        rows: list[int] = []
        first: list[bool] = []
        for row, title in enumerate(titles):
            found = names_in(title)
            every = (found.main, *found.alternatives, *found.asides)
            names += every
            rows += [row] * len(every)
            first += [True, *[False] * (len(every) - 1)]
        words = normalize_all(names)
        keys = key("\n".join(words)).split("\n")
        tables: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        for name_key, row, is_main in zip(keys, rows, first, strict=True):
            tables[0 if is_main else 1].setdefault(name_key, []).append(row)
        for table in tables:
            table.pop("", None)
        return cls(words, rows, *tables)

    @cached_property
    def _padded(self) -> list[str]:
        """The words of each name with a space before and after them."""
        return [f" {name} " for name in self.words]

    @cached_property
    def vocabulary(self) -> set[str]:
        """All words of the names."""
        return set(" ".join(self.words).split())

    @cached_property
    def _ordered_vocabulary(self) -> list[str]:
        return sorted(self.vocabulary)

    def named(self, name_key: str) -> list[int]:
        """Return the films with a name of this key, those with this title first."""
        return [*self.main.get(name_key, ()), *self.others.get(name_key, ())]

    def with_words(self, text: str, *, begun: bool = False) -> list[int]:
        """Return the positions of the names with every word of ``text``, or its beginning."""
        end = "" if begun else " "
        wanted = sorted((f" {word}{end}" for word in text.split()), key=len, reverse=True)
        if not wanted:
            return []
        longest, others = wanted[0], wanted[1:]
        padded = self._padded
        found = [at for at, name in enumerate(padded) if longest in name]
        return [at for at in found if all(word in padded[at] for word in others)]

    def misspelled(self, text: str, *, has_year: bool) -> list[int]:
        """Return the positions of the names from which ``text`` differs by one typing error.

        An error is a letter too many, missing, replaced, or swapped with the next one. Numbers
        have to be the same, and the word with the error must not be a word of the catalog. Nothing
        is found for a title shorter than `SHORTEST_RESPELLED`. Without its year, a title needs two
        words that tell something ("the" does not); of just two, the error may not be the first or
        the last letter of a word, for that is mostly another word ("Ringer" and "Singer").
        """
        from rapidfuzz import process  # noqa: PLC0415 - seldom needed
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        typed, told = text.split(), telling(text)
        unknown = [word for word in typed if word not in self.vocabulary]
        shortest = SHORTEST_WITH_YEAR if has_year else SHORTEST_RESPELLED
        if len(text.replace(" ", "")) < shortest or len(unknown) != 1:
            return []
        if not has_year and len(told) < 2:
            return []
        if typed[0] == unknown[0] and OSA.distance(typed[0], "the") == 1:
            text_without = " ".join(typed[1:])
            return [at for at, name in enumerate(self.words) if name == text_without]
        near = process.extract(text, self.words, scorer=OSA.distance, score_cutoff=1, limit=None)
        return [
            at
            for name, _, at in near
            if numbers(name) == numbers(text)
            and set(typed) - set(name.split()) == set(unknown)
            and (has_year or len(told) > 2 or _is_inner_error(unknown[0], text, name))
        ]

    def similar(self, text: str) -> dict[int, float]:
        """Return row -> similarity of the films with similar names, the most similar first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - seldom needed

        near = process.extract(
            text, self.words, scorer=fuzz.ratio, limit=_MOST_NEAR, score_cutoff=_NEAR
        )
        best: dict[int, float] = {}
        for _, value, at in near:  # descending
            best.setdefault(self.rows[at], value)
        return best

    def respelled(self, text: str) -> str:
        """Return ``text`` with each unknown word replaced by the most similar one, to suggest."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - seldom needed

        words = text.split()
        for at, word in enumerate(words):
            if len(word) > _SHORT_WORD and word not in self.vocabulary and not numbers(word):
                best = process.extractOne(
                    word, self._ordered_vocabulary, scorer=fuzz.ratio, score_cutoff=_SAME_WORD
                )
                words[at] = best[0] if best else word
        return " ".join(words)


def _is_inner_error(word: str, text: str, name: str) -> bool:
    """Return whether the word that ``word`` of ``text`` stands for begins and ends like it."""
    others = set(name.split()) - set(text.split())
    return any((word[0], word[-1]) == (other[0], other[-1]) for other in others)
