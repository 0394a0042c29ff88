"""Sections about the users: how widely they watch, who they are, what occupations prefer."""

import pandas as pd

from movierec_cli.core import eda, figures
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import named_genres
from movierec_cli.core.report.document import Block, Figure, Note, Paragraph, Section
from movierec_cli.core.report.original import is_the_original
from movierec_cli.core.report.pictures import panels, whole
from movierec_cli.core.report.wording import capital, count, decimal, percent, strength

_ENOUGH_USERS = 10  # of an occupation, to speak of what it prefers
_ENOUGH_EXPECTED = 50.0  # ratings, if it watched what everyone watches
_EXAMPLE = ("librarian", "Western")  # of the original


def users(dataset: Dataset, draw: bool) -> Section:
    """Describe how much and how widely users watch, and who they are."""
    table = eda.users(dataset)
    blocks: list[Block] = [Paragraph(breadth_sentence(dataset, table))]
    if is_the_original(dataset):
        blocks.append(Note("correction", breadth_correction(table)))
    blocks.append(Paragraph(people_sentence(table)))
    if draw:
        drawn = panels(figures.users(table, dataset.name))
        caption = "How widely and how much users watch; their ages and occupations."
        blocks.append(Figure("users", caption, drawn))
    return Section("Genres watched by users", blocks)


def breadth_sentence(dataset: Dataset, table: pd.DataFrame) -> str:
    """Say how many genres users watch."""
    named = len(named_genres(dataset))
    statistics = eda.user_statistics(table).set_index("of")
    genres, ratings = statistics.loc["genres"], statistics.loc["ratings"]
    all_of_them = int((table["genres"] == named).sum())
    return (
        f"The median user watches {decimal(genres['median'], 0)} of the {named} genres, the least "
        f"curious one {decimal(genres['min'], 0)}, and {count(all_of_them, 'user')} "
        f"({percent(all_of_them / len(table))}) every one. The median user gave "
        f"{decimal(ratings['median'], 0)} ratings; the fewest are {decimal(ratings['min'], 0)} "
        f"and the most {decimal(ratings['max'], 0)}."
    )


def breadth_correction(table: pd.DataFrame) -> str:
    """Say why breadth tells little of preferences."""
    rank = _breadth_follows_amount(table)
    return (
        "The original concluded from this that preferences are not defined by genres. How many "
        f"genres a user touches goes {strength(rank)} with how many ratings she gave (rank "
        f"correlation {decimal(rank)}), so it mostly measures activity; preferences show in how "
        "the ratings are shared out, as in the next section."
    )


def _breadth_follows_amount(table: pd.DataFrame) -> float:
    return float(table["genres"].rank().corr(table["ratings"].rank()))


def people_sentence(table: pd.DataFrame) -> str:
    """Say who the users are, as far as it is known."""
    known_ages = table["age"].dropna()
    genders = eda.genders(table)
    largest = eda.user_occupations(table).iloc[0]
    words = {"M": "men", "F": "women"}
    parts = []
    if len(known_ages):
        parts.append(
            f"the median age is {decimal(known_ages.median(), 0)} ({decimal(known_ages.min(), 0)} "
            f"to {decimal(known_ages.max(), 0)})"
        )
    first = genders.iloc[0]
    if first["gender"] in words:
        parts.append(f"{percent(first['share'])} are {words[first['gender']]}")
    if largest["occupation"] != "unknown":
        parts.append(
            f"the most frequent occupation is {largest['occupation']} ({count(largest['users'])}, "
            f"{percent(largest['share'])})"
        )
    return f"{capital('; '.join(parts))}." if parts else "Nothing is known of who the users are."


def occupations(dataset: Dataset, draw: bool) -> Section:
    """Describe what users of each occupation watch."""
    table = eda.occupations(dataset)
    blocks: list[Block] = [Paragraph(preference_sentence(dataset, table))]
    if is_the_original(dataset) and (correction := example_correction(table)):
        blocks.append(Note("correction", correction))
    if draw:
        blocks += [
            Figure(
                f"occupations-{metric}",
                caption,
                whole(figures.occupations(table, metric, dataset.name)),
            )
            for metric, caption in (
                ("watchers", "Distinct users of each occupation who watched each genre."),
                (
                    "lift",
                    "Lift: the genre's share of the occupation's ratings divided by its share of "
                    "everyone's. Blue is more than usual, red is less.",
                ),
            )
        ]
    return Section("Occupation and genre", blocks)


def preference_sentence(dataset: Dataset, table: pd.DataFrame) -> str:
    """Say which occupation departs most from everyone, where chance cannot explain it."""
    sizes = table.groupby("occupation")["users"].first().sort_values(ascending=False)
    text = (
        f"Counts follow the size of an occupation: {sizes.index[0]} is the largest with "
        f"{count(sizes.iloc[0])} of {count(len(dataset.users), 'user')}."
    )
    sure = _sure(dataset, table)
    if sure.empty:
        return f"{text} No occupation has enough ratings to say what it prefers."
    most, least = sure.loc[sure["lift"].idxmax()], sure.loc[sure["lift"].idxmin()]
    return (
        f"{text} Measured against what everyone watches, the clearest preference is that of "
        f"{most['occupation']} users for {most['genre']} ({decimal(most['lift'])} times the usual "
        f"share of their ratings), the clearest distaste that of {least['occupation']} users for "
        f"{least['genre']} ({decimal(least['lift'])} times), counting occupations of at least "
        f"{_ENOUGH_USERS} users and genres of which {_ENOUGH_EXPECTED:.0f} ratings would be usual."
    )


def _sure(dataset: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the pairs of which so many ratings would be usual that chance is small."""
    totals = eda.user_occupations(eda.users(dataset)).set_index("occupation")["ratings"]
    genres = eda.genres(dataset).set_index("genre")["ratings"] / max(len(dataset.ratings), 1)
    expected = table["occupation"].map(totals) * table["genre"].map(genres)
    return table[(table["users"] >= _ENOUGH_USERS) & (expected >= _ENOUGH_EXPECTED)]


def example_correction(table: pd.DataFrame) -> str:
    """Say how many librarians really watched a western."""
    occupation, genre = _EXAMPLE
    found = table[(table["occupation"] == occupation) & (table["genre"] == genre)]
    if found.empty:
        return ""
    pair = found.iloc[0]
    return (
        f'The original found that "only a single {occupation} watched a film in the '
        f"{genre.lower()} genre\". It counted only each user's first film: "
        f"{count(pair['watchers'])} of the {count(pair['users'])} {occupation}s did, with "
        f"{count(pair['ratings'], 'rating')}."
    )
