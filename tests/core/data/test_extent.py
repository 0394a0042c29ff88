"""The extent of a catalog: how many films, of which years, and where newer ones are."""

from dataclasses import replace

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.extent import catalog_extent, newer_films
from tests.helpers import make_dataset


def films(*titles: str) -> Dataset:
    return make_dataset([], 1, titles)


def test_films_are_counted_with_their_first_and_last_year() -> None:
    assert catalog_extent(films("A (1995)", "B", "C (1922)", "D (1998)")) == "4 films, 1922 to 1998"
    assert catalog_extent(films(*["A (1950)"] * 1_682)) == "1,682 films, 1950 to 1950"


def test_films_without_years_are_only_counted() -> None:
    assert catalog_extent(films("A", "B (again)")) == "2 films"
    assert newer_films(films("A")) == ""


@pytest.mark.parametrize(
    ("year", "edition"), [(1998, "ml-latest-small"), (2017, "ml-latest-small"), (2018, "ml-32m")]
)
def test_the_packaged_edition_is_named_first_then_the_smallest(year: int, edition: str) -> None:
    sentence = newer_films(replace(films(f"A ({year})"), name="ml-100k"))
    assert sentence.startswith(f"{edition} has films up to ")
    assert sentence.endswith(f"movierec train dnn --dataset {edition}")


def test_nothing_is_newer_than_the_newest() -> None:
    assert newer_films(replace(films("A (2023)"), name="ml-32m")) == ""


def test_an_imported_data_set_is_not_compared_with_editions() -> None:
    assert newer_films(films("A (1998)")) == ""


@pytest.mark.ml100k
def test_the_extent_of_the_real_data(ml100k: Dataset) -> None:
    assert catalog_extent(ml100k) == "1,682 films, 1922 to 1998"


def test_newer_films_are_not_named_for_years_that_the_data_covers() -> None:
    until_1998 = replace(films("A (1998)"), name="ml-100k")
    assert newer_films(until_1998, (1900, 1998)) == ""
    assert "ml-latest-small" in newer_films(until_1998, (1990, 1999))
