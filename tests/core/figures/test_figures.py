"""Figures of the data: their values, their labels, and their files."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core import eda, figures
from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.errors import DataError, UsageError
from tests.bare_data import bare_dataset
from tests.helpers import make_dataset

pytest.importorskip("matplotlib")

SOURCE = "somewhere: made-up data"
Draw = Callable[[Dataset], Any]
FIGURES: dict[str, Draw] = {
    "genres": lambda data: figures.genres(data, SOURCE),
    "users": lambda data: figures.users(data, SOURCE),
    "films": lambda data: figures.films(data, SOURCE, 1),
    "ratings": lambda data: figures.ratings(data, SOURCE),
    **{
        f"occupations {metric}": lambda data, metric=metric: figures.occupations(
            data, SOURCE, metric
        )
        for metric in eda.METRICS
    },
}


def heights(ax: Any) -> list[float]:
    return [bar.get_height() for bar in ax.patches]


def widths(ax: Any) -> list[float]:
    return [bar.get_width() for bar in ax.patches]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_names_the_data_and_every_axis(name: str, small: Dataset) -> None:
    figure = FIGURES[name](small)
    assert SOURCE in figure.get_suptitle()
    for ax in figure.axes:
        assert ax.get_xlabel() or ax.get_ylabel()
    if len(figure.axes) > 2:
        assert all(ax.get_title(loc="left") for ax in figure.axes)


@pytest.mark.parametrize(("name", "suffix"), [("films", ".svg"), ("occupations lift", ".png")])
def test_a_file_is_the_same_each_time(
    name: str, suffix: str, small: Dataset, tmp_path: Path
) -> None:
    first, second = tmp_path / f"first{suffix}", tmp_path / "new" / f"second{suffix}"
    for path in (first, second):
        figures.save(FIGURES[name](small), path)
    content = first.read_bytes()
    assert content == second.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {first.name, "new"}  # nothing left over
    assert content.startswith(b"\x89PNG" if suffix == ".png" else b"<?xml")


def test_the_users_own_settings_do_not_change_a_figure(small: Dataset, tmp_path: Path) -> None:
    import matplotlib

    plain, other = tmp_path / "plain.png", tmp_path / "other.png"
    figures.save(FIGURES["genres"](small), plain)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        figures.save(FIGURES["genres"](small), other)
    assert plain.read_bytes() == other.read_bytes()


def test_bars_are_the_values_of_the_table(small: Dataset) -> None:
    table = eda.genres(small).sort_values("watchers", kind="stable")
    films, watchers, per_film = FIGURES["genres"](small).axes
    assert widths(films) == table["films"].tolist()
    assert widths(watchers) == table["watchers"].tolist()
    assert widths(per_film) == table["watchers_per_film"].fillna(0).tolist()
    assert [label.get_text() for label in films.get_yticklabels()] == table["genre"].tolist()

    users = eda.users(small)
    widely, much, age, occupation = FIGURES["users"](small).axes
    assert heights(widely) == eda.genres_per_user(users)["users"].tolist()
    assert heights(much) == eda.ratings_per_user(users)["users"].tolist()
    assert heights(age) == eda.age_bands(users)["users"].tolist()
    assert widths(occupation) == eda.user_occupations(users)["users"].tolist()[::-1]

    values, when = FIGURES["ratings"](small).axes
    assert heights(values) == eda.ratings(small)["ratings"].tolist()
    assert heights(when) == eda.ratings_over_time(small)["ratings"].tolist()


def test_each_film_is_a_point(small: Dataset) -> None:
    films = eda.films(small, 1)
    for ax, name in zip(FIGURES["films"](small).axes, ("mean", "median", "std"), strict=False):
        points = ax.collections[0].get_offsets().filled(np.nan)
        np.testing.assert_array_equal(points, films[["ratings", name]])


@pytest.mark.parametrize("metric", eda.METRICS)
def test_each_cell_of_the_heat_map_has_its_value(metric: str, small: Dataset) -> None:
    matrix = eda.occupation_matrix(eda.occupations(small), metric)
    ax = FIGURES[f"occupations {metric}"](small).axes[0]
    assert [text.get_text() for text in ax.texts] == [
        eda.METRICS[metric].write(value) for value in matrix.to_numpy().ravel()
    ]
    assert [label.get_text() for label in ax.get_xticklabels()] == list(matrix.columns)


def test_a_lift_below_1_is_blue_and_above_is_red(small: Dataset) -> None:
    image = FIGURES["occupations lift"](small).axes[0].images[0]
    for lift, is_red in ((0.5, False), (0.8, False), (1.3, True), (2.0, True)):
        red, _, blue, _ = image.to_rgba(lift)
        assert (red > blue) == is_red


def test_data_of_the_smallest_kind_can_be_drawn(tmp_path: Path) -> None:
    dataset = make_dataset([(0, 0, 5.0)], n_users=1, titles=["A"])
    dataset = replace(dataset, users=replace(Users.unknown(1), ids=np.array([1])))
    for name in ("genres", "users", "films", "ratings"):
        figures.save(FIGURES[name](dataset), tmp_path / f"{name}.png")


def tick_labels(axis: Any, figure: Any) -> list[str]:
    """Return the labels of the ticks as they are drawn."""
    figure.draw_without_rendering()
    return [label.get_text() for label in axis.get_ticklabels()]


def test_figures_leave_out_what_the_data_lacks(tmp_path: Path) -> None:
    bare = bare_dataset()
    (values,) = FIGURES["ratings"](bare).axes
    # Quarter stars from 0 to 5: 0, 0.5, 2.5, 3.75, 4.5 and 5 were given once.
    given = {0, 2, 10, 15, 18, 20}
    assert heights(values) == [float(at in given) for at in range(21)]
    assert values.get_xlabel() == "rating (stars)"
    (activity,) = FIGURES["users"](bare).axes
    assert activity.get_title(loc="left") == "Activity"
    assert heights(activity) == [1, 2]  # one rating; two or three
    for name in ("genres", "occupations lift"):
        with pytest.raises(DataError, match="no "):
            FIGURES[name](bare)
    for name in ("ratings", "users", "films"):
        figures.save(FIGURES[name](bare), tmp_path / f"{name}.png")


def test_known_demographics_have_their_panels(small: Dataset) -> None:
    users = replace(Users.unknown(len(small.users), small.users.ids), age=small.users.age)
    axes = FIGURES["users"](replace(small, users=users)).axes
    assert [ax.get_title(loc="left") for ax in axes] == ["Breadth", "Activity", "Age"]


def test_half_stars_have_a_bar_each_and_others_the_nearest_quarter() -> None:
    halves = [(0, at, (at + 1) / 2) for at in range(10) if at != 2]
    dataset = make_dataset(halves, n_users=1, titles=list("abcdefghij"))
    values = FIGURES["ratings"](dataset).axes[0]
    assert heights(values) == [1, 1, 0, *[1] * 7]
    labels = [label.get_text() for label in values.get_xticklabels()]
    assert labels == ["0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"]
    odd = make_dataset([(0, 0, 10 / 3), (0, 1, 5.0)], n_users=1, titles=["a", "b"])
    values = FIGURES["ratings"](odd).axes[0]
    assert heights(values) == [1, 0, 0, 0, 0, 0, 0, 1]  # 3.25 to 5
    assert "nearest quarter" in values.get_xlabel()


def test_the_ticks_of_an_axis_are_different_and_those_of_counts_whole() -> None:
    dataset = make_dataset(
        [(0, 0, 5.0), (1, 0, 4.0)], n_users=2, titles=list("abcde"), genres=[[1]] * 5
    )
    figure = FIGURES["genres"](dataset)
    for ax in figure.axes:
        labels = tick_labels(ax.xaxis, figure)
        assert len(set(labels)) == len(labels) > 1
    assert "0.4" in tick_labels(figure.axes[2].xaxis, figure)  # 2 watchers / 5 films
    figure = FIGURES["users"](dataset)
    labels = tick_labels(figure.axes[0].yaxis, figure)
    assert [float(label) for label in labels] == list(range(len(labels)))


def test_a_narrow_logarithmic_axis_has_plain_numbers() -> None:
    triples = [(user, film, 3.0) for film in range(3) for user in range(10 * (film + 1))]
    figure = FIGURES["films"](make_dataset(triples, n_users=30, titles=["a", "b", "c"]))
    labels = tick_labels(figure.axes[0].xaxis, figure)
    assert {"10", "20"} <= set(labels)
    minor = [label.get_text() for label in figure.axes[0].get_xticklabels(minor=True)]
    assert not any(minor)


def test_a_name_with_dollar_signs_is_no_formula(tmp_path: Path) -> None:
    dataset = make_dataset([(0, 0, 5.0)], 1, ["A"], genre_names=("$\\frac$",))
    figures.save(FIGURES["genres"](dataset), tmp_path / "genres.png")


@pytest.mark.parametrize("count", [3_000, 3_001])
def test_a_large_cloud_of_points_is_a_picture(count: int) -> None:
    triples = [(0, film, 3.0) for film in range(count)]
    dataset = make_dataset(triples, n_users=1, titles=list(map(str, range(count))))
    points = FIGURES["films"](dataset).axes[0].collections[0]
    assert bool(points.get_rasterized()) == (count > 3_000)


@pytest.mark.parametrize("name", ["genres.pdf", "genres", ".png"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.png or an \.svg"):
        figures.require_plotting(tmp_path / name)


def test_without_matplotlib_the_hint_is_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("a.png", "A.PNG", "a.b.svg"):
        figures.require_plotting(Path(name))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match="matplotlib") as error:
        figures.require_plotting(Path("a.png"))
    assert error.value.hint.endswith("pip install 'movierec[plot]'")


def test_a_place_that_cannot_be_written_is_named(small: Dataset, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    target = in_the_way / "a.png"
    with pytest.raises(DataError, match=r"a\.png") as error:
        figures.save(FIGURES["genres"](small), target)
    assert "another path for a file of your own" in error.value.hint
    folder = tmp_path / "folder.png"
    folder.mkdir()
    with pytest.raises(DataError, match=r"folder\.png"):
        figures.save(FIGURES["genres"](small), folder)


EPOCHS: list[dict[str, Any]] = [
    {"number": 1, "train": {"loss": 3.0, "cosine_loss": 2.0}, "validation": {"loss": 2.5},
     "is_kept": True},
    {"number": 2, "train": {"loss": 2.0, "cosine_loss": 1.5}, "validation": {"loss": 2.0},
     "is_kept": True},
    {"number": 3, "train": {"loss": 1.0}, "validation": {"loss": 2.2, "ndcg": 0.5},
     "is_kept": False},
]  # fmt: skip


def test_the_curves_of_a_training_are_the_values_of_its_epochs() -> None:
    figure = figures.training(EPOCHS, "mine", SOURCE)
    assert "mine" in figure.get_suptitle()
    assert SOURCE in figure.get_suptitle()
    loss, cosine, _ = figure.axes  # the fourth place of the grid is left out
    train, validation, kept = loss.lines
    assert train.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert validation.get_xydata().tolist() == [[1, 2.5], [2, 2], [3, 2.2]]
    assert list(kept.get_xdata()) == [2, 2]
    assert [text.get_text() for text in loss.get_legend().get_texts()] == [
        "training", "validation", "kept: epoch 2",
    ]  # fmt: skip
    assert (loss.get_xlabel(), cosine.get_ylabel()) == ("epoch", "cosine loss")


def test_a_run_without_epochs_cannot_be_drawn() -> None:
    with pytest.raises(DataError, match="no epoch"):
        figures.training([], "mine", SOURCE)
