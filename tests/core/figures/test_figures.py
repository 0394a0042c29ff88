"""Figures: what they show, what they say about the data, and how they are saved."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from movierec_cli.core import eda, figures
from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.errors import DataError, UsageError
from tests.helpers import make_dataset

pytest.importorskip("matplotlib")

SOURCE = "somewhere: made-up data"
Draw = Callable[[Dataset], Any]
FIGURES: dict[str, Draw] = {
    "genres": lambda data: figures.genres(eda.genres(data), SOURCE),
    "users": lambda data: figures.users(eda.users(data), SOURCE),
    "films": lambda data: figures.films(
        eda.films(data, 1), eda.ratings_per_film(data), eda.long_tail(data), SOURCE
    ),
    "ratings": lambda data: figures.ratings(eda.ratings(data), eda.ratings_over_time(data), SOURCE),
    **{
        f"occupations {metric}": lambda data, metric=metric: figures.occupations(
            eda.occupations(data), metric, SOURCE
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
    if suffix == ".png":
        assert content.startswith(b"\x89PNG")
    else:
        assert ElementTree.fromstring(content).tag.endswith("svg")
        assert b"dc:date" not in content


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
def test_each_cell_of_the_heat_map_says_its_value(metric: str, small: Dataset) -> None:
    matrix = eda.occupation_matrix(eda.occupations(small), metric)
    ax = FIGURES[f"occupations {metric}"](small).axes[0]
    written = [text.get_text().replace(",", "") for text in ax.texts]
    scale = 100 if metric == "share" else 1
    np.testing.assert_allclose(
        [float(text) for text in written], matrix.to_numpy().ravel() * scale, atol=0.051
    )
    assert [label.get_text() for label in ax.get_xticklabels()] == list(matrix.columns)


def test_data_of_the_smallest_kind_can_be_drawn(tmp_path: Path) -> None:
    dataset = make_dataset([(0, 0, 5.0)], n_users=1, titles=["A"])
    dataset = replace(dataset, users=replace(Users.unknown(1), ids=np.array([1])))
    for name in ("genres", "users", "films", "ratings"):
        figures.save(FIGURES[name](dataset), tmp_path / f"{name}.png")


def test_a_long_time_has_fewer_labels_than_bars(small: Dataset, tmp_path: Path) -> None:
    months = np.arange(len(small.ratings)) % 45
    stamps = (np.datetime64("1995-01", "M") + months).astype("datetime64[s]").astype(np.int64)
    later = small.with_ratings(replace(small.ratings, timestamps=stamps))
    figure = FIGURES["ratings"](later)
    when = figure.axes[1]
    assert len(when.patches) == 45
    assert 10 <= len(when.get_xticklabels()) <= 20
    figures.save(figure, tmp_path / "when.svg")


@pytest.mark.parametrize("name", ["genres.pdf", "genres", "genres.png.txt", ".png"])
def test_another_kind_of_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.png or an \.svg"):
        figures.require_plotting(tmp_path / name)


@pytest.mark.parametrize("name", ["a.png", "A.PNG", "a.b.svg"])
def test_png_and_svg_are_taken(name: str, tmp_path: Path) -> None:
    figures.require_plotting(tmp_path / name)


def test_without_matplotlib_the_hint_is_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
    assert "MOVIEREC_HOME" not in error.value.hint
    folder = tmp_path / "folder.png"
    folder.mkdir()
    with pytest.raises(DataError, match=r"folder\.png"):
        figures.save(FIGURES["genres"](small), folder)
