"""``movierec eda``: several tables in a command, the heat map, figures, missing demographics."""

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
from rich.console import Console

from movierec_cli.cli import eda as commands
from movierec_cli.cli.heat_map import heat_tables
from movierec_cli.cli.tables import Column, View
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


@pytest.mark.parametrize("name", TABLES)
def test_json_has_a_key_for_each_table(name: str, cli: Cli) -> None:
    content = content_of(cli, name, *DATA)
    settings = {"schema", "dataset", "metric", "min_ratings"}
    assert [key for key in content if key not in settings] == TABLES[name]
    assert content["dataset"] == SMALL
    assert all(content[key] for key in TABLES[name])


def test_json_is_complete_and_not_rounded(cli: Cli, small: Dataset) -> None:
    content = content_of(cli, "all", "--min-ratings", "2", *DATA)
    films = eda.films(small, 2)
    assert content["min_ratings"] == 2
    assert content["films"] == as_json(films.to_dict("records"))
    assert content["film_statistics"] == as_json(eda.film_statistics(films).to_dict("records"))
    assert content["occupations"] == as_json(eda.occupations(small).to_dict("records"))
    assert content["user_statistics"] == as_json(
        eda.user_statistics(eda.users(small)).to_dict("records")
    )
    assert content["overview"] == eda.overview(small).to_dict("records")


@pytest.mark.parametrize("name", TABLES)
def test_csv_has_every_table_below_its_key(name: str, cli: Cli) -> None:
    content = content_of(cli, name, *DATA)
    result = cli("eda", name, *DATA, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    for part, key in zip(result.stdout.split("\n\n"), TABLES[name], strict=True):
        if len(TABLES[name]) > 1:
            heading, _, part = part.partition("\n")  # noqa: PLW2901
            assert heading == f"# {key}"
        rows = list(csv.DictReader(io.StringIO(part)))
        wanted = content[key]
        assert rows == [
            {column: "" if value is None else str(value) for column, value in record.items()}
            for record in wanted
        ]


@pytest.mark.parametrize("name", TABLES)
def test_markdown_has_every_table_below_its_title(name: str, cli: Cli) -> None:
    result = cli("eda", name, *DATA, "--format", "md")
    assert (result.exit_code, result.stderr) == (0, "")
    titles = [line for line in result.stdout.splitlines() if line.startswith("**")]
    assert len(titles) == len(TABLES[name])
    assert all("made-up data" in title for title in titles)
    for table in re.findall(r"(?:^\|.*\n)+", result.stdout, flags=re.MULTILINE):
        lines = table.splitlines()
        assert set(lines[1]) <= set("|-: ")
        assert len({line.count("|") for line in lines}) == 1


@pytest.mark.parametrize("name", TABLES)
def test_a_table_for_people_is_not_cut_off_when_piped(name: str, cli: Cli) -> None:
    result = cli("eda", name, *DATA)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "…" not in result.stdout
    assert "made-up data" in result.stdout


@pytest.mark.parametrize("column", list(commands.GenreColumn))
def test_genres_are_sorted_by_any_column(column: str, cli: Cli, small: Dataset) -> None:
    rows = content_of(cli, "genres", "--sort", column, *DATA)["rows"]
    assert set(rows[0]) == set(commands.GenreColumn)
    values = [row[column] for row in rows if row[column] is not None]
    assert values == sorted(values, reverse=column != "genre")
    assert {row["genre"] for row in rows} == set(small.genres)
    assert all(row[column] is not None for row in rows[: len(values)])


def test_another_column_is_refused(cli: Cli) -> None:
    result = cli("eda", "genres", "--sort", "beauty", *DATA)
    assert result.exit_code == 2
    assert "watchers_per_film" in result.stderr


def test_the_metrics_and_the_limit_are_those_of_the_core() -> None:
    assert tuple(commands.Metric) == eda.METRICS
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


def make_heat_map(n_rows: int = 4) -> View:
    headers = ("Action", "Adventure", "Documentary", "Film-Noir", "Science Fiction", "War")
    rows = [
        [f"occupation{row}", *(str(1000 * row + at) for at in range(len(headers)))]
        for row in range(1, n_rows + 1)
    ]
    columns = [Column("Occupation"), *(Column(header, numeric=True) for header in headers)]
    styles = [["", *["#000000 on #ffffff"] * len(headers)] for _ in rows]
    return View("Title", columns, rows, styles=styles)


def printed(view: View, width: int, **settings: Any) -> list[list[str]]:
    """Return the lines of each block."""
    blocks = []
    for table in heat_tables(view, width):
        console = Console(file=io.StringIO(), width=width, **settings)
        console.print(table)
        blocks.append(console.file.getvalue().splitlines())  # type: ignore[attr-defined]
    return blocks


@pytest.mark.parametrize(("width", "blocks"), [(30, 3), (40, 2), (60, 1), (200, 1)])
def test_a_heat_map_fits_the_width_and_loses_nothing(width: int, blocks: int) -> None:
    view = make_heat_map()
    found = printed(view, width)
    assert len(found) == blocks
    assert all(len(line.rstrip()) <= width for block in found for line in block)
    shown: dict[str, list[str]] = {}
    for block in found:
        for line in block:
            name, *cells = line.split()
            if name.startswith("occupation"):
                shown.setdefault(name, []).extend(cells)
    assert shown == {name: cells for name, *cells in view.rows}


def test_long_headers_are_broken_where_they_must_be() -> None:
    wide = "\n".join(printed(make_heat_map(), 200)[0])
    assert "Documentary" in wide
    narrow = "\n".join(printed(make_heat_map(), 60)[0])
    for piece in ("Action", "Adven-", "Docu-", "ment-", "ary", "Film-", "Noir", "War"):
        assert piece in narrow
    assert "…" not in narrow


def test_cells_are_colored_without_gaps() -> None:
    block = printed(make_heat_map(1), 200, force_terminal=True, color_system="truecolor")[0]
    assert block[1].count("48;2;255;255;255m") == 6
    assert "   \x1b[0m\x1b" not in block[1]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(name, ".png") for name in TABLES if name != "all"] + [("genres", ".svg")],
)
def test_each_command_draws_its_figure(name: str, suffix: str, cli: Cli, tmp_path: Path) -> None:
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


@pytest.mark.parametrize("name", TABLES)
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


def test_too_high_a_limit_is_a_usage_error(cli: Cli) -> None:
    result = cli("eda", "films", "--min-ratings", "100000", *DATA)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--min-ratings" in result.stderr


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
    assert "does not tell the occupations" in result.stderr


@pytest.mark.parametrize("format", ["table", "json", "csv", "md"])
def test_without_demographics_the_rest_is_shown(
    format: str, cli: Cli, without_demographics: Dataset, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    result = cli("eda", "all", *DATA, "--format", format, "--plot", str(tmp_path / "a.png"))
    assert result.exit_code == 0
    assert "does not tell the occupations" in result.stderr
    assert not (tmp_path / "a-occupations.png").exists()
    assert (tmp_path / "a-users.png").exists()
    assert "unknown" in result.stdout
    if format == "json":
        assert "occupations" not in json.loads(result.stdout)
    assert cli("eda", "users", *DATA, "--format", format).exit_code == 0


def test_matplotlib_is_loaded_only_to_draw() -> None:
    code = (
        "import sys\n"
        "from movierec_cli.cli.app import app\n"
        "heavy = {'torch', 'pandas', 'numpy', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules)\n"
        f"app(['eda', 'all', '--dataset', {SMALL!r}], standalone_mode=False)\n"
        "assert not {'torch', 'matplotlib'} & set(sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.ml100k
def test_the_real_data_has_the_published_figures(cli: Cli, archive: Path) -> None:
    assert cli("download", "--from", str(archive)).exit_code == 0
    content = content_of(cli, "all")
    assert len(content["films"]) == 1215
    assert content["overview"][0]["relevant_share"] == 0.55375
    western = [
        pair
        for pair in content["occupations"]
        if (pair["occupation"], pair["genre"]) == ("librarian", "Western")
    ]
    assert western[0]["watchers"] == 27
    assert content["genres_per_user"][-1] == {"genres": 18, "users": 177, "share": 177 / 943}
