"""Agreement of a page with `movierec recommend`: equal places in lists of ten, and scores.

    python benchmarks/page_agreement.py --run dnn

Node runs the JavaScript of the page, without its document. It needs `node` 18 or later.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from page import table

from movierec_cli.core.api import load_run
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.page.rendering import Page, make_page
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Demographics, make_query
from movierec_cli.core.recommend.rank import recommend

PROFILES = 400  # of each kind
LONGEST = 30  # profile
COMMON = 100  # films of a genre
STARS = (1, 2, 3, 3.5, 4, 4.5, 5)
SCRIPT = """
import { readFileSync } from "node:fs";
import { decoded } from "./decode.js";
import { Model } from "./model.js";
import { Profile } from "./profile.js";
import { ranked } from "./ranking.js";
import { Titles } from "./search.js";
const { header, matrices } = await decoded(readFileSync("payload.txt", "utf16le"));
const model = new Model(header, matrices);
new Titles(header.films, header.spelling); // gives the films their years
const lists = JSON.parse(readFileSync("cases.json", "utf8")).map(({ content, filters }) => {
  const profile = new Profile(header);
  profile.takeJson({ dataset: header.dataset, ...content });
  const { rows, scores } = ranked(model, header.films, profile.query, filters);
  return rows.map((row) => ({ id: header.films.ids[row], score: scores[row] }));
});
console.log(JSON.stringify(lists));
"""
Ratings = Mapping[int, float]


@dataclass(frozen=True)
class Case:
    """A profile, by the rows of its films, with its person and its filters."""

    kind: str
    ratings: Ratings
    person: Demographics
    filters: Filters

    def for_page(self, dataset: Dataset) -> dict[str, Any]:
        """Return the case as the page takes it."""
        ids, genres = dataset.films.ids, list(dataset.genres)
        person, filters = self.person, self.filters
        content = {
            "ratings": {str(ids[row]): stars for row, stars in self.ratings.items()},
            "age": person.age, "gender": person.gender, "occupation": person.occupation,
        }  # fmt: skip
        chosen = {
            "n": 10, "genres": [genres.index(one) for one in filters.genres], "notGenres": [],
            "years": filters.years, "popularity": 0, "diversity": 0,
        }  # fmt: skip
        return {"content": content, "filters": chosen}


def by_popularity(dataset: Dataset, generator: np.random.Generator) -> list[Ratings]:
    """Return profiles of 1 to 30 films, drawn in proportion to their ratings."""
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))
    return [
        dict(zip(rows.tolist(), generator.choice(STARS, len(rows)).tolist(), strict=True))
        for rows in (
            generator.choice(len(counts), length, replace=False, p=counts / counts.sum())
            for length in generator.integers(1, LONGEST + 1, PROFILES)
        )
    ]


def of_users(dataset: Dataset, generator: np.random.Generator) -> list[Ratings]:
    """Return profiles of 1 to 30 ratings of a random user each."""
    histories = dataset.histories
    users = generator.choice(np.flatnonzero(histories.counts), PROFILES)
    profiles = []
    for user, length in zip(users, generator.integers(1, LONGEST + 1, PROFILES), strict=True):
        own = np.arange(histories.indptr[user], histories.indptr[user + 1])
        at = generator.choice(own, min(length, len(own)), replace=False)
        films, stars = histories.film_rows[at], histories.ratings[at]
        profiles.append(dict(zip(films.tolist(), stars.tolist(), strict=True)))
    return profiles


def cases(dataset: Dataset) -> list[Case]:
    """Return profiles of each kind: without and with demographics, and with filters."""
    generator = np.random.default_rng(0)
    drawn = {
        "by popularity": by_popularity(dataset, generator),
        "users": of_users(dataset, generator),
    }
    made = [
        Case(kind, ratings, Demographics(), Filters())
        for kind, profiles in drawn.items()
        for ratings in profiles
    ]
    if np.any(dataset.users.age >= 0):
        made += [
            Case(f"{kind}, with demographics", ratings, _person(dataset, number), Filters())
            for kind, profiles in drawn.items()
            for number, ratings in enumerate(profiles)
        ]
    return made + [
        Case("users, a genre of 1980-1994", ratings, Demographics(), _filters(dataset, number))
        for number, ratings in enumerate(drawn["users"])
    ]


def _person(dataset: Dataset, number: int) -> Demographics:
    jobs = dataset.occupations
    return Demographics(
        age=15 + number % 60, gender="MF"[number % 2], occupation=jobs[number % len(jobs)]
    )


def _filters(dataset: Dataset, number: int) -> Filters:
    genres = np.flatnonzero(dataset.films.genres.sum(axis=0) >= COMMON)
    return Filters(genres=(dataset.genres[genres[number % len(genres)]],), years=(1980, 1994))


def lists_of_page(page: Page, dataset: Dataset, made: list[Case]) -> list[Any]:
    """Return the lists that a page makes."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for source in (files("movierec_cli.core.page") / "templates").iterdir():
            if source.name.endswith(".js"):
                (here / source.name).write_text(source.read_text("utf-8"), "utf-8")
        payload = page.html.split('<script id="data" type="text/plain">')[1].split("<")[0]
        (here / "payload.txt").write_text(payload, "utf-16-le")
        asked = [case.for_page(dataset) for case in made]
        (here / "cases.json").write_text(json.dumps(asked), "utf-8")
        (here / "package.json").write_text('{"type": "module"}', "utf-8")
        (here / "run.js").write_text(SCRIPT, "utf-8")
        done = subprocess.run(["node", "run.js"], cwd=here, stdout=subprocess.PIPE, check=True)
        lists: list[Any] = json.loads(done.stdout)
        return lists


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="dnn")
    run = load_run(parser.parse_args().run)
    dataset = run.dataset
    page = make_page(run.model, run.manifest, dataset, 10**9)
    made = cases(dataset)
    found: dict[str, list[tuple[int, int, float]]] = {}
    for case, near in zip(made, lists_of_page(page, dataset, made), strict=True):
        query = make_query(dataset, case.ratings, case.person)
        exact = recommend(run.model, dataset, query, case.filters)
        scores = {one["id"]: one["score"] for one in near}
        best = max((abs(film.score) for film in exact), default=1.0)
        errors = [abs(scores.get(f.film_id, f.score) - f.score) / best for f in exact]
        same = sum(a.film_id == b["id"] for a, b in zip(exact, near, strict=True))
        found.setdefault(case.kind, []).append((same, len(exact), max(errors, default=0.0)))
    print(f"{dataset.name}: {len(page.content) / 1e6:.2f} MB\n")
    rows = []
    for kind, results in found.items():
        same, places, _ = np.sum(results, axis=0)
        error = max(result[2] for result in results)
        rows.append([kind, f"{100 * same / places:.1f} %", f"{100 * error:.1f} %"])
    print(table(["profiles", "agreement", "score error"], rows))


if __name__ == "__main__":
    main()
