"""The page recommends and finds the films of the command line."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.api import LoadedRun
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Demographics, make_query
from movierec_cli.core.recommend.rank import recommend
from movierec_cli.core.recommend.title_search import TitleIndex
from movierec_cli.core.recommend.title_words import normalize_all

PROFILES = 200
RECOMMEND = """([content, chosen]) => {
    const { header, Profile, chosenFilters, recommended } = movierec;
    const profile = new Profile(header);
    profile.takeJson({ dataset: header.dataset, ...content });
    return recommended(profile.query, { ...chosenFilters(), ...chosen })
        .map(({ row, score, like }) => ({ id: header.films.ids[row], score, like }));
}"""
SEARCH = (
    "(typed) => movierec.titles.search(typed).rows.map((row) => movierec.header.films.ids[row])"
)


def test_the_lists_are_those_of_the_command_line(page: Any, run: LoadedRun) -> None:
    dataset, generator = run.dataset, np.random.default_rng(0)
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))
    places, same, errors = 0, 0, []
    for number in range(PROFILES):
        length = int(generator.integers(1, 31))
        rows = generator.choice(len(counts), length, replace=False, p=counts / counts.sum())
        ratings = dict(zip(rows.tolist(), generator.integers(1, 6, length) * 1.0, strict=True))
        person = Demographics(age=30, gender="F") if number % 2 else Demographics()
        content = {"ratings": {str(dataset.films.ids[row]): r for row, r in ratings.items()},
                   "age": person.age, "gender": person.gender}  # fmt: skip
        chosen = {"popularity": [0, -0.5][number % 7 == 0], "diversity": [0, 0.4][number % 9 == 0]}
        expected = recommend(
            run.model, dataset, make_query(dataset, ratings, person), Filters(**chosen)
        )
        found = page.evaluate(RECOMMEND, [content, chosen])
        places += len(expected)
        for film, one in zip(expected, found, strict=True):
            if not chosen["diversity"]:  # another film in a place has nearly the same score
                errors.append(abs(one["score"] - film.score) / abs(expected[0].score))
            if film.film_id == one["id"]:
                same += 1
                assert one["like"] == pytest.approx(film.like_probability, abs=0.01)
    assert same / places >= 0.99
    assert max(errors) < 0.01


def test_titles_are_spelled_and_found_as_on_the_command_line(page: Any, run: LoadedRun) -> None:
    typed = ["Doctor & Mister X, The", "Apollo Thirteen", "Rocky III", "L.A. Confidential",
             "Twenty-First Century", "½ Men", "Œuvre à Paris", "Se7en: Part II"]  # fmt: skip
    spelled = page.evaluate("(lines) => movierec.titles.normalized(lines)", "\n".join(typed))
    assert spelled.split("\n") == normalize_all(typed)
    index = TitleIndex(run.dataset)
    for query in ("godfather", "ceremonie", "the", "a"):
        found = page.evaluate(SEARCH, query)
        assert {int(one) for one in found} == {
            int(run.dataset.films.ids[row]) for row in index.search(query)
        }


def test_a_misspelled_title_suggests_the_films_of_the_command_line(
    page: Any, run: LoadedRun
) -> None:
    index, generator = TitleIndex(run.dataset), np.random.default_rng(0)
    titles = run.dataset.films.titles
    for row in generator.choice(len(titles), 60, replace=False):
        typed = str(titles[row]).split(" (")[0]
        at = int(generator.integers(1, len(typed) - 1))
        typed = typed[:at] + typed[at + 1 :]  # a letter is missing
        found = page.evaluate(SEARCH, typed)
        expected = [int(run.dataset.films.ids[other]) for other in index.search(typed)]
        assert [int(one) for one in found][:5] == expected[:5], typed
