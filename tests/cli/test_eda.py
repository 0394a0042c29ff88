"""``movierec eda``: tables in every format, the heat map, figures, missing demographics."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.cli import eda as commands
from movierec_cli.core import eda
from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset, Users
from tests.cli.conftest import Cli
from tests.conftest import SMALL

DATA = ("--dataset", SMALL)
TABLES = {
    "genres": ["rows"],
    "users": [
        "genres_per_user",
        "ratings_per_user",
        "user_statistics",
        "age_bands",
        "genders",
        "user_occupations",
    ],
    "occupations": ["rows"],
    "films": ["film_statistics", "film_distribution", "films", "ratings_per_film", "long_tail"],
    "ratings": ["overview", "ratings", "ratings_over_time"],
}
TABLES["all"] = [
    *TABLES["ratings"],
    "genres",
    *TABLES["users"],
    "occupations",
    *TABLES["films"],
]


def content_of(cli: Cli, *arguments: str) -> dict[str, Any]:
    result = cli("eda", *arguments, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    content: dict[str, Any] = json.loads(result.stdout)
    assert content["schema"] == 1
    return content


def as_json(records: Sequence[dict[Any, Any]]) -> list[dict[Any, Any]]:
    return [
        {key: None if value != value else value for key, value in record.items()}  # noqa: PLR0124
        for record in records
    ]


def test_the_table_shows_every_genre_and_marks_made_up_data(cli: Cli, small: Dataset) -> None:
    result = cli("eda", "genres", *DATA)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{SMALL}: made-up data" in result.stdout
    assert all(genre in result.stdout for genre in small.genres)
    drama = next(line for line in result.stdout.splitlines() if "Drama" in line)
    row = eda.genres(small).set_index("genre").loc["Drama"]
    assert f"{row['ratings']:,.0f}" in drama
    assert f"{row['watchers_per_film']:.2f}" in drama
    assert "█" in drama


@pytest.mark.parametrize("name", TABLES)
def test_every_format_has_every_table(name: str, cli: Cli) -> None:
    content = content_of(cli, name, *DATA)
    settings = {"schema", "dataset", "metric", "min_ratings"}
    assert [key for key in content if key not in settings] == TABLES[name]
    assert content["dataset"] == SMALL
    for part, key in zip(
        cli("eda", name, *DATA, "--format", "csv").stdout.split("\n\n"), TABLES[name], strict=True
    ):
        heading, _, rows = part.partition("\n") if len(TABLES[name]) > 1 else ("", "", part)
        assert heading in ("", f"# {key}")
        assert list(csv.DictReader(io.StringIO(rows))) == [
            {column: "" if value is None else str(value) for column, value in record.items()}
            for record in content[key]
        ]
    titles = re.findall(
        r"^\*\*.*made-up data", cli("eda", name, *DATA, "--format", "md").stdout, re.M
    )
    assert len(titles) == len(TABLES[name])


def test_json_is_complete_and_not_rounded(cli: Cli, small: Dataset) -> None:
    content = content_of(cli, "all", "--min-ratings", "2", *DATA)
    films = eda.films(small, 2)
    assert content["min_ratings"] == 2
    assert content["films"] == as_json(films.to_dict("records"))
    assert content["film_statistics"] == as_json(eda.film_statistics(films).to_dict("records"))
    assert content["occupations"] == as_json(eda.occupations(small).to_dict("records"))


@pytest.mark.parametrize("column", list(commands.GenreColumn))
def test_genres_are_sorted_by_any_column(column: str, cli: Cli, small: Dataset) -> None:
    rows = content_of(cli, "genres", "--sort", column, *DATA)["rows"]
    assert set(rows[0]) == set(commands.GenreColumn)
    values = [row[column] for row in rows if row[column] is not None]
    assert values == sorted(values, reverse=column != "genre")
    assert {row["genre"] for row in rows} == set(small.genres)
    assert all(row[column] is not None for row in rows[: len(values)])


def test_the_metrics_and_the_limit_are_those_of_the_core() -> None:
    assert list(commands.Metric) == list(eda.METRICS)
    assert commands._MIN_RATINGS == eda.MIN_RATINGS


@pytest.mark.parametrize("metric", eda.METRICS)
def test_the_heat_map_shows_the_metric_of_every_pair(metric: str, cli: Cli, small: Dataset) -> None:
    result = cli("eda", "occupations", "--metric", metric, *DATA)
    matrix = eda.occupation_matrix(eda.occupations(small), metric)
    lines = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines() if line}
    assert lines["Occupation"] == ["Users", *matrix.columns]
    for occupation, values in matrix.iterrows():
        shown = [float(text.replace(",", "")) for text in lines[occupation][1:]]
        scale = 100 if metric == "share" else 1
        np.testing.assert_allclose(shown, values * scale, atol=0.051)


@pytest.mark.parametrize(("name", "suffix"), [("genres", ".svg"), ("occupations", ".png")])
def test_a_command_draws_its_figure(name: str, suffix: str, cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / f"figure{suffix}"
    result = cli("eda", name, *DATA, "--plot", str(target), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["dataset"] == SMALL
    assert target.name in result.stderr
    assert target.stat().st_size > 1000


def test_all_draws_every_figure(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    result = cli("eda", "all", *DATA, "--plot", str(tmp_path / "new" / "data.png"))
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        f"data-{name}.png" for name in TABLES if name != "all"
    }


@pytest.mark.parametrize("name", ["genres", "all"])
def test_a_figure_that_cannot_be_drawn_is_refused_before_any_output(
    name: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = cli("eda", name, *DATA, "--plot", "figure.pdf")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "figure.png or figure.svg" in result.stderr
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = cli("eda", name, *DATA, "--plot", "figure.png")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'movierec[plot]'" in result.stderr


@pytest.fixture
def without_demographics(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    users = replace(Users.unknown(len(small.users)), ids=small.users.ids)
    dataset = replace(small, users=users, occupations=())
    monkeypatch.setattr(registry, "load_dataset", lambda *_: dataset)
    return dataset


def test_without_occupations_there_is_an_error_and_no_table(
    cli: Cli, without_demographics: Dataset
) -> None:
    result = cli("eda", "occupations", *DATA)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "no occupations" in result.stderr


@pytest.mark.parametrize("format", ["table", "json", "csv", "md"])
def test_without_demographics_the_rest_is_shown(
    format: str, cli: Cli, without_demographics: Dataset, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    result = cli("eda", "all", *DATA, "--format", format, "--plot", str(tmp_path / "a.png"))
    assert result.exit_code == 0
    assert "no occupations" in result.stderr
    assert not (tmp_path / "a-occupations.png").exists()
    assert (tmp_path / "a-users.png").exists()
    assert "unknown" in result.stdout
    if format == "json":
        assert "occupations" not in json.loads(result.stdout)
    assert cli("eda", "users", *DATA, "--format", format).exit_code == 0


def test_tables_are_made_without_torch_and_matplotlib() -> None:
    code = (
        "import sys\n"
        "from movierec_cli.cli.app import app\n"
        f"app(['eda', 'all', '--dataset', {SMALL!r}], standalone_mode=False)\n"
        "assert not {'torch', 'matplotlib'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
