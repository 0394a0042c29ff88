"""Figures of the data, one for each command of ``movierec eda``; ``source`` names the data."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import band_of, bands
from movierec_cli.core.figures.drawing import (
    BLUE,
    GREEN,
    ORANGE,
    draw_columns,
    draw_rows,
    style,
    titled_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_VECTORS = 3_000  # points; a larger cloud is a picture in an SVG, which a browser shows fast
_NARROW = 50  # highest / lowest value of a logarithmic axis with few powers of ten

_FILM_STATISTICS = {
    "mean": "Mean rating",
    "median": "Median rating",
    "std": "Standard deviation",
}


@style()
def genres(dataset: Dataset, source: str) -> "Figure":
    """Draw films, watchers and watchers per film of each genre.

    Raises
    ------
    DataError
        If the genre of no film is known.
    """
    ordered = eda.genres(dataset).sort_values("watchers", kind="stable")
    figure, axes = titled_figure("Genres", source, (11, 6), 1, 3)
    panels = (
        ("films", "Films", "films", "{:,.0f}", BLUE),
        ("watchers", "Watchers", "distinct users who rated one", "{:,.0f}", GREEN),
        ("watchers_per_film", "Watchers per film", "watchers / films", "{:,.2f}", ORANGE),
    )
    for ax, (column, title, unit, form, color) in zip(axes, panels, strict=True):
        draw_rows(ax, ordered["genre"], ordered[column], form, color)
        ax.set(title=title, xlabel=unit)
    for ax in axes[1:]:
        ax.tick_params(labelleft=False)
    return figure


@style()
def users(dataset: Dataset, source: str) -> "Figure":
    """Draw the breadth, the activity and the demographics of users, as far as they are known."""
    table = eda.users(dataset)
    breadth, activity = eda.genres_per_user(table), eda.ratings_per_user(table)
    ages, jobs = eda.age_bands(table), eda.user_occupations(table).iloc[::-1]
    panels = [
        (title, unit, names, counts)
        for title, unit, names, counts in (
            ("Breadth", "distinct genres", breadth["genres"], breadth["users"]),
            ("Activity", "ratings", _band_labels(activity), activity["users"]),
            ("Age", "years", ages["age"], ages["users"]),
        )
        if len(counts)
    ]
    count = len(panels) + (len(jobs) > 0)
    columns, rows = min(count, 2), -(-count // 2)
    figure, axes = titled_figure("Users", source, (5.5 * columns, 4.0 * rows), rows, columns)
    for ax, (title, unit, names, counts) in zip(axes, panels, strict=False):
        draw_columns(ax, names, counts, BLUE)
        ax.set(title=title, xlabel=unit, ylabel="users")
    if len(jobs):
        ax = axes[len(panels)]
        draw_rows(ax, jobs["occupation"], jobs["users"], "{:,.0f}", GREEN)
        ax.set(title="Occupation", xlabel="users")
        ax.tick_params(axis="y", labelsize=8)
    for ax in axes[count:]:
        ax.remove()
    return figure


@style()
def occupations(dataset: Dataset, source: str, metric: str) -> "Figure":
    """Draw one of `eda.METRICS` of each occupation and genre as a heat map.

    Raises
    ------
    DataError
        If the occupation of no user is known, or the genre of no film.
    """
    from matplotlib.colors import LogNorm, PowerNorm  # noqa: PLC0415

    table = eda.occupations(dataset)
    matrix = eda.occupation_matrix(table, metric)
    sizes = table.groupby("occupation")["users"].first()
    values = matrix.to_numpy(dtype=np.float64)
    height = 2.2 + 0.32 * len(matrix)
    figure, axes = titled_figure(
        eda.METRICS[metric].title, source, (3 + 0.62 * values.shape[1], height)
    )
    ax = axes[0]
    if metric == "lift":
        image = ax.imshow(values, "RdBu_r", LogNorm(0.5, 2, clip=True), aspect="auto")
    else:
        image = ax.imshow(values, "Blues", PowerNorm(0.5, 0), aspect="auto")
    ax.set_xticks(range(values.shape[1]), matrix.columns, rotation=45, ha="right")
    ax.set_yticks(range(len(matrix)), [f"{name} ({sizes[name]:,})" for name in matrix.index])
    ax.set(ylabel="occupation (users)")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    _write_cells(ax, image.to_rgba(values), values, eda.METRICS[metric].write)
    colors = figure.colorbar(image, ax=ax, label=eda.METRICS[metric].unit, pad=0.02, aspect=40)
    if metric == "lift":
        colors.set_ticks([0.5, 1, 2], labels=["≤ 0.5", "1", "≥ 2"], minor=False)
        colors.minorticks_off()
    return figure


@style()
def films(dataset: Dataset, source: str, min_ratings: int = eda.MIN_RATINGS) -> "Figure":
    """Draw the ratings of films against their popularity, and the long tail.

    Raises
    ------
    UsageError
        If no film has ``min_ratings`` ratings.
    """
    table, per_film = eda.films(dataset, min_ratings), eda.ratings_per_film(dataset)
    counted = f"{len(table):,} films with {table['ratings'].min():,} or more ratings"
    figure, axes = titled_figure(f"Films: {counted}", source, (14, 8.5), 2, 3)
    correlations = eda.film_statistics(table).set_index("of")
    for ax, (name, title) in zip(axes, _FILM_STATISTICS.items(), strict=False):
        _draw_against_popularity(ax, table, name)
        found = correlations.loc[name]
        ax.set_title(f"{title}\nPearson {found.pearson:.3f}, Spearman {found.spearman:.3f}")
    highs, popularity, long_tail = axes[3:]
    _draw_means(highs, eda.film_distribution(table))
    draw_columns(popularity, _band_labels(per_film), per_film["films"], GREEN)
    popularity.set(title="All films by popularity", xlabel="ratings of the film", ylabel="films")
    _draw_tail(long_tail, eda.long_tail(dataset))
    return figure


@style()
def ratings(dataset: Dataset, source: str) -> "Figure":
    """Draw the values of ratings, and their time where it is known."""
    distribution, over_time = eda.ratings(dataset), eda.ratings_over_time(dataset)
    columns = 2 if len(over_time) else 1
    figure, axes = titled_figure("Ratings", source, (5.5 * columns, 4.5), 1, columns)
    steps = eda.rating_steps(distribution)
    is_exact = distribution["rating"].isin(steps["rating"]).all()
    labels = [f"{rating:g}" for rating in steps["rating"]]
    draw_columns(axes[0], labels, steps["ratings"], BLUE)
    unit = "stars" if is_exact else "stars, to the nearest quarter"
    axes[0].set(title="Rating values", xlabel=f"rating ({unit})", ylabel="ratings")
    if len(over_time):
        draw_columns(axes[1], over_time["period"], over_time["ratings"], GREEN)
        axes[1].set(title="Ratings over time", xlabel="time (UTC)", ylabel="ratings")
    return figure


def _band_labels(table: pd.DataFrame) -> list[str]:
    return [
        f"{low:,}" if low == high else f"{low:,}–{high:,}"
        for low, high in zip(table["from"], table["to"], strict=True)
    ]


def _draw_against_popularity(ax: "Axes", table: pd.DataFrame, name: str) -> None:
    """Draw a statistic of each film against its number of ratings, and its mean in bands."""
    from matplotlib.ticker import LogLocator, NullFormatter  # noqa: PLC0415

    is_large = len(table) > _MOST_VECTORS
    ax.scatter(
        table["ratings"], table[name], s=10, alpha=0.3, color=BLUE, linewidths=0,
        rasterized=is_large,
    )  # fmt: skip
    counts = table["ratings"].to_numpy()
    means = table.groupby(band_of(counts, bands(counts)))[["ratings", name]].mean()
    ax.plot(means["ratings"], means[name], color=ORANGE, marker="o", label="mean by popularity")
    ax.set(xscale="log", xlabel="ratings of the film (log scale)")
    ax.set_ylabel(f"{_FILM_STATISTICS[name].lower()} (stars)")
    if counts.max() < _NARROW * counts.min():
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.legend(loc="best")
    ax.grid(True)


def _draw_means(ax: "Axes", distribution: pd.DataFrame) -> None:
    found = distribution[distribution["mean"] > 0]
    width = found["to"] - found["from"]
    ax.bar(found["from"], found["mean"], width, align="edge", color=BLUE, ec="white")
    ax.set(title="Distribution of the mean rating", xlabel="mean rating (stars)", ylabel="films")
    ax.grid(axis="y")


def _write_cells(
    ax: "Axes", colors: NDArray[np.float64], values: NDArray[np.float64], write: eda.Write
) -> None:
    """Write each value into its cell, white on dark colors; ``colors`` [n_rows, n_columns, 4]."""
    brightness = colors[..., :3] @ np.array([0.299, 0.587, 0.114])
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            ax.text(
                column,
                row,
                write(value),
                ha="center",
                va="center",
                size=8,
                in_layout=False,  # it lies within the axes, and measuring it takes long
                color="black" if brightness[row, column] > 0.5 else "white",
            )


def _draw_tail(ax: "Axes", tail: pd.DataFrame) -> None:
    """Draw the share of ratings of the most rated films."""
    ax.plot(100 * tail["most_rated"], 100 * tail["share"], color=ORANGE, marker="o")
    ax.plot([0, 100], [0, 100], color="gray", linestyle=":", label="equal popularity")
    ax.set(title="The long tail", xlabel="most rated films (% of the catalog)")
    ax.set_ylabel("% of all ratings")
    ax.legend(loc="lower right")
    ax.grid(True)
