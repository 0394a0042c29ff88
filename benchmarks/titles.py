"""How typed titles are resolved: titles as they stand, absent films, typing errors, time.

python benchmarks/titles.py

It needs ml-100k (downloaded) and ml-1m-half (imported); ml-latest-small is packaged.
"""

import string
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, replace

import numpy as np

from movierec_cli.core.data.dataset import Dataset, Films
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.titles import without_year, year_in
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.title_names import names_in
from movierec_cli.core.recommend.title_search import TitleError, TitleIndex
from movierec_cli.core.recommend.title_words import key, normalize

LARGE = 87_585
"""The number of films of ml-32m."""

MODERN, MOST_RATED = 1998, 700
SAMPLED, SEED = 1_000, 0
HALF = "ml-1m-half"

OUTCOMES = ("found", "suggested", "refused", "namesake", "wrong")


def outcome(index: TitleIndex, typed: str, right: Iterable[int], name: str) -> str:
    """Return what becomes of a typed title: found, suggested, refused, namesake or wrong.

    ``right`` are the rows of the film that is meant, ``name`` its title. A title that is suggested
    is refused, with the film in the list; a namesake is another film of that name, the spelling and
    a missing article aside.
    """
    try:
        row = index.look_up_title(typed).row
    except TitleError as error:
        return "refused" if set(right).isdisjoint(error.candidates) else "suggested"
    if row in right:
        return "found"
    is_namesake = _keys(name) & _keys(index.title(row))
    return "namesake" if is_namesake else "wrong"


def _keys(title: str) -> set[str]:
    names = names_in(title)
    return {key(normalize(name)) for name in (names.main, *names.alternatives, *names.asides)}


def own_titles(dataset: Dataset, with_year: bool) -> Counter[str]:
    """Type every title of a catalog as it stands."""
    index = TitleIndex(dataset)
    titles = [index.title(row) for row in range(len(dataset.films))]
    rows: dict[str, list[int]] = {}
    for row, title in enumerate(titles):
        rows.setdefault(title, []).append(row)
    return Counter(
        outcome(index, title if with_year else without_year(title), rows[title], title)
        for title in titles
    )


def titles_of_another(
    source: Dataset, rows: Iterable[int], target: Dataset, with_year: bool, *, same_ids: bool
) -> Counter[str]:
    """Type titles of a catalog against another; without the same ids, no film is in both."""
    index = TitleIndex(target)
    place = {film: row for row, film in enumerate(target.films.ids.tolist())} if same_ids else {}
    counts: Counter[str] = Counter()
    for row in rows:
        title = str(source.films.titles[row]).strip()
        right = place.get(source.films.ids[row].item())
        typed = title if with_year else without_year(title)
        counts[outcome(index, typed, () if right is None else (right,), title)] += 1
    return counts


def with_typing_errors(dataset: Dataset, with_year: bool) -> Counter[str]:
    """Type sampled titles, the article first, each with one error in a letter or digit."""
    random = np.random.default_rng(SEED)
    index = TitleIndex(dataset)
    titles = set().union(*map(_keys, dataset.films.titles.tolist()))
    counts: Counter[str] = Counter()
    order = random.permutation(len(dataset.films)).tolist()
    while sum(counts.values()) < SAMPLED:
        row = order.pop()
        title = index.title(row)
        typed = misspelled(_spoken(title), random)
        if key(normalize(typed)) in titles:
            continue  # the error made the title of another film, or changed no letter
        year = f" ({year_in(title)})" if with_year and year_in(title) else ""
        rows = np.flatnonzero(dataset.films.titles == dataset.films.titles[row]).tolist()
        counts[outcome(index, typed + year, rows, title)] += 1
    return counts


def misspelled(title: str, random: np.random.Generator) -> str:
    """Insert, delete, replace or swap a letter."""
    at = int(random.integers(len(title)))
    letter = string.ascii_lowercase[random.integers(26)]
    return [
        title[:at] + letter + title[at:],
        title[:at] + title[at + 1 :],
        title[:at] + letter + title[at + 1 :],
        title[:at] + title[at + 1 : at + 2] + title[at] + title[at + 2 :],
    ][random.integers(4)]


def enlarged(dataset: Dataset, n_films: int) -> Dataset:
    """Return a data set with more films, whose titles are made of the words of the others."""
    random = np.random.default_rng(SEED)
    titles = dataset.films.titles.tolist()
    words = [without_year(title).split() for title in titles]
    while len(titles) < n_films:
        one, other = (words[at] for at in random.integers(len(words), size=2))
        mixed = [*one[: 1 + len(one) // 2], *other[len(other) // 2 :]]
        titles.append(f"{' '.join(mixed)} ({random.integers(1920, 2024)})")
    copies = np.arange(n_films) % len(dataset.films)
    columns = {
        column.name: getattr(dataset.films, column.name)[copies] for column in fields(dataset.films)
    }
    columns |= {"ids": np.arange(1, n_films + 1), "titles": np.array(titles)}
    return replace(dataset, films=Films(**columns))


def seconds(dataset: Dataset) -> dict[str, float]:
    """Return the seconds of the first answer, and of the slowest of each kind after it."""
    found = {}
    index = TitleIndex(dataset)
    kinds = {
        "first answer, index built": "fargo 1996",
        "a title": "the godfather",
        "a part of a title": "first contact",
        "a typing error": "shawshank redemtion",
        "refused, with suggestions": "the martian chronicle of arrakis",
    }
    for kind, typed in kinds.items():
        repeats = 1 if "first" in kind[:5] else 3
        if repeats > 1:
            _try(index, typed)  # the vocabulary is gathered once
        start = time.perf_counter()
        for _ in range(repeats):
            _try(index, typed)
        found[kind] = (time.perf_counter() - start) / repeats
    return found


def _try(index: TitleIndex, typed: str) -> None:
    with suppress(TitleError):
        index.look_up_title(typed)


def _spoken(title: str) -> str:
    """Return the title without year and parentheses, the article first."""
    main = names_in(title).main
    for article in ("The", "A", "An"):
        if main.endswith(f", {article}"):
            return f"{article} {main.removesuffix(f', {article}')}"
    return main


def _print(typed: str, counts: Counter[str]) -> None:
    total = sum(counts.values())
    shares = " | ".join(f"{counts[kind] / total:.2%}" for kind in OUTCOMES)
    print(f"| {typed} | {total:,} | {shares} |", flush=True)


def main() -> None:
    """Print every measurement as two tables."""
    paths = Paths.from_environment()
    early, small, half = (
        load_dataset(name, paths) for name in ("ml-100k", "ml-latest-small", HALF)
    )
    large = enlarged(small, LARGE)
    popular = np.argsort(-np.bincount(small.ratings.film_rows), kind="stable").tolist()
    modern = [row for row in popular if (year_in(small.films.titles[row]) or 0) > MODERN]
    print(f"| typed | titles | {' | '.join(OUTCOMES)} |")
    print(f"|---|---:|{'---:|' * len(OUTCOMES)}")
    for with_year in (True, False):
        years = "with year" if with_year else "without"
        for dataset in (early, small, half):
            _print(f"own titles of {dataset.name}, {years}", own_titles(dataset, with_year))
        counts = titles_of_another(small, modern[:MOST_RATED], early, with_year, same_ids=False)
        _print(f"most rated films after {MODERN}, in ml-100k, {years}", counts)
        counts = titles_of_another(small, modern, early, with_year, same_ids=False)
        _print(f"all films after {MODERN}, in ml-100k, {years}", counts)
        every = range(len(small.films))
        counts = titles_of_another(small, every, half, with_year, same_ids=True)
        _print(f"all of ml-latest-small, in ml-1m, {years}", counts)
        for dataset in (early, small, large):
            counts = with_typing_errors(dataset, with_year)
            _print(f"a typing error, {len(dataset.films):,} films, {years}", counts)
    kinds = [seconds(dataset) for dataset in (early, small, large)]
    print("\n| seconds | 1,682 films | 9,742 films | 87,585 films |\n|---|---:|---:|---:|")
    for kind in kinds[0]:
        print(f"| {kind} | {' | '.join(f'{needed[kind]:.3f}' for needed in kinds)} |")


if __name__ == "__main__":
    main()
