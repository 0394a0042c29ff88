"""The chapter about the data; every sentence is computed from it."""

import pandas as pd

from movierec_cli.core import eda, figures
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import named_genres
from movierec_cli.core.report import film_section, viewer_sections
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Column,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.original import is_the_original
from movierec_cli.core.report.pictures import panels
from movierec_cli.core.report.wording import count, decimal, listed, percent

_LEFT_OUT = "Action"  # by the original, besides "unknown"
_NEARLY_EVERYONE = 0.9


def data_chapter(dataset: Dataset, draw: bool) -> Chapter:
    """Describe the data.

    Parameters
    ----------
    draw
        Whether figures can be drawn.
    """
    sections = [
        _ratings(dataset, draw),
        _genres(dataset, draw),
        viewer_sections.users(dataset, draw),
    ]
    if eda.has_occupations(dataset):
        sections.append(viewer_sections.occupations(dataset, draw))
    sections += [film_section.films(dataset, draw), _conclusion(dataset)]
    text = (
        "To watch a film means here to have rated it, and to watch a genre to have rated at least "
        "one film of it."
    )
    return Chapter("Data analysis", [Paragraph(text)], sections)


def overview_sentence(dataset: Dataset) -> str:
    """Say how large, how old and how sparse the data set is."""
    facts = eda.overview(dataset).iloc[0]
    return (
        f"{dataset.name} holds {count(facts['ratings'], 'rating')} that "
        f"{count(facts['users'], 'user')} gave to {count(facts['films'], 'film')} between "
        f"{facts['first']} and {facts['last']}: {percent(facts['density'])} of all pairs of a user "
        f"and a film, on average {decimal(facts['ratings_per_user'], 0)} a user and "
        f"{decimal(facts['ratings_per_film'], 0)} a film."
    )


def ratings_sentence(dataset: Dataset) -> str:
    """Say how high ratings are."""
    facts = eda.overview(dataset).iloc[0]
    values = eda.ratings(dataset)
    usual = values.loc[values["ratings"].idxmax()]
    without = int(facts["users_without_relevant"])
    rest = f"; {count(without, 'user')} gave none that high" if without else ""
    return (
        f"The mean rating is {decimal(facts['mean'])}, the most frequent one "
        f"{usual['rating']:g} ({percent(usual['share'])}), and {percent(facts['relevant_share'])} "
        f"are 4 or higher, which counts as relevant below{rest}."
    )


def _ratings(dataset: Dataset, draw: bool) -> Section:
    months = eda.ratings_over_time(dataset)
    busiest = months.loc[months["ratings"].idxmax()]
    when = (
        f"They came within {count(len(months), _period(busiest['period']))}, more in "
        f"{busiest['period']} than in any other "
        f"({percent(busiest['ratings'] / months['ratings'].sum())})."
        if len(months) > 1
        else ""
    )
    blocks: list[Block] = [Paragraph(f"{ratings_sentence(dataset)} {when}".strip())]
    if draw:
        figure = figures.ratings(eda.ratings(dataset), months, dataset.name)
        caption = "How high ratings are, and when they were given."
        blocks.append(Figure("ratings", caption, panels(figure)))
    return Section("Ratings", blocks)


def _period(label: str) -> str:
    return "month" if "-" in label else "year"


def genres_sentence(dataset: Dataset) -> str:
    """Say which genres are watched most, and what the watchers of a film follow from."""
    table = _named(dataset)
    top = table.sort_values("ratings", ascending=False, kind="stable").head(4)
    most_rated = [f"{row['genre']} ({count(row['ratings'])})" for _, row in top.iterrows()]
    ratio = table.dropna(subset="watchers_per_film").sort_values("watchers_per_film", kind="stable")
    if ratio.empty:
        return "No film has a genre."
    least, most = ratio.iloc[0], ratio.iloc[-1]
    usual = int((table["watchers"] >= _NEARLY_EVERYONE * len(dataset.users)).sum())
    rank = table["films"].rank().corr(table["watchers_per_film"].rank())
    return (
        f"Most ratings go to {listed(most_rated)}. Of the {len(table)} genres {usual} are watched "
        f"by at least {percent(_NEARLY_EVERYONE, 0)} of the users. Watchers per film run from "
        f"{decimal(least['watchers_per_film'])} ({least['genre']}) to "
        f"{decimal(most['watchers_per_film'])} ({most['genre']}), and their rank correlation with "
        f"the number of films is {decimal(rank)}: "
        + (
            "they tell how few films a genre has more than how much it is liked."
            if rank < -0.6
            else "they follow the number of films only in part."
        )
    )


def genres_correction(dataset: Dataset) -> str:
    """Say where the report's list of popular genres went wrong."""
    table = _named(dataset).sort_values("ratings", ascending=False, ignore_index=True)
    at = table.index[table["genre"] == _LEFT_OUT]
    if not len(at):
        return ""
    row = table.loc[at[0]]
    return (
        f"The original named Drama, Comedy, Thriller and Romance as the most popular genres, "
        f"without {_LEFT_OUT}: it is number {at[0] + 1} by ratings ({count(row['ratings'])}) and "
        f"has {count(row['watchers'], 'watcher')}."
    )


def _genres(dataset: Dataset, draw: bool) -> Section:
    table = eda.genres(dataset)
    blocks: list[Block] = [Paragraph(genres_sentence(dataset))]
    if is_the_original(dataset) and (correction := genres_correction(dataset)):
        blocks.append(Note("correction", correction))
    if draw:
        caption = "Films, watchers, and watchers per film of each genre. A watcher is a user who "
        caption += "rated at least one film of it."
        drawn = panels(figures.genres(table, dataset.name), height=4.6)
        blocks.append(Figure("genres", caption, drawn))
    columns = [
        Column("Genre"),
        *(Column(name, numeric=True) for name in
          ("Films", "Ratings", "Watchers", "Ratings per film", "Watchers per film")),
    ]  # fmt: skip
    rows = [
        [
            str(row["genre"]),
            count(row["films"]),
            count(row["ratings"]),
            count(row["watchers"]),
            decimal(row["ratings_per_film"], 1),
            decimal(row["watchers_per_film"]),
        ]
        for _, row in table.iterrows()
    ]
    notes = ["A film of several genres counts in each."]
    blocks.append(Table("What there is of each genre, and who watches it.", columns, rows,
                        notes=notes))  # fmt: skip
    return Section("Genres", blocks)


def conclusion_sentence(dataset: Dataset) -> str:
    """Say what the data means for a recommender."""
    facts = eda.overview(dataset).iloc[0]
    tail = eda.long_tail(dataset).set_index("most_rated")["share"]
    return (
        f"{percent(facts['sparsity'])} of the pairs have no rating, and the most rated tenth of "
        f"the films has {percent(tail[0.1])} of all ratings. So a list of popular films is a "
        "strong opponent for any model; the evaluation below says how much better it can be done."
    )


def _conclusion(dataset: Dataset) -> Section:
    return Section("What follows", [Paragraph(conclusion_sentence(dataset))])


def _named(dataset: Dataset) -> pd.DataFrame:
    return eda.genres(dataset).iloc[named_genres(dataset)].reset_index(drop=True)
