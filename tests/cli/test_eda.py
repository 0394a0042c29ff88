"""``movierec eda``: tables in every format, the heat map, figures, missing demographics."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.cli import eda as commands
from movierec_cli.core import eda
from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from tests.bare_data import bare_dataset
from tests.cli.conftest import Cli
from tests.conftest import SMALL
from tests.helpers import make_dataset

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


def test_preferences_come_before_counts(cli: Cli) -> None:
    assert content_of(cli, "occupations", *DATA)["metric"] == next(iter(eda.METRICS)) == "lift"


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
def bare(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Let the commands of this test load a data set without demographics, times and genres."""
    dataset = bare_dataset()
    monkeypatch.setattr(registry, "load_dataset", lambda *_: dataset)
    return dataset


@pytest.mark.parametrize("format", ["table", "json", "csv", "md"])
@pytest.mark.parametrize(
    ("name", "lacking"), [("genres", "genres"), ("occupations", "occupations")]
)
def test_a_command_that_the_data_has_nothing_for_explains_itself_in_a_line(
    name: str, lacking: str, format: str, cli: Cli, bare: Dataset
) -> None:
    result = cli("eda", name, *DATA, "--format", format, "--plot", "a.png")
    assert (result.exit_code, result.stdout) == (3, "")
    first, *rest = [line for line in result.stderr.splitlines() if line]
    assert f"no {lacking} of its" in first
    assert [line.startswith("hint: ") for line in rest] == [True]
    assert not Path("a.png").exists()


LEFT_OUT = {
    "ratings": ["no times of its ratings"],
    "users": ["no genres of its films", "no ages, genders or occupations of its users"],
    "films": [],
}
LEFT_OUT["all"] = [*LEFT_OUT["ratings"], *LEFT_OUT["users"], "No film of bare has 8 ratings"]
EMPTY = {
    "ratings_over_time",
    "genres",
    "genres_per_user",
    "age_bands",
    "genders",
    "user_occupations",
    "occupations",
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_commands_leave_out_what_the_data_lacks_and_say_so_in_a_line_each(
    name: str, cli: Cli, bare: Dataset
) -> None:
    bound = ["--min-ratings", "1"] if name == "films" else []
    result = cli("eda", name, *DATA, *bound)
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert len(lines) == len(LEFT_OUT[name])
    for line, text in zip(lines, LEFT_OUT[name], strict=True):
        assert text in line
    for word in ("unknown", "Genre", "1970", "UTC", "Occupation", "Year"):
        assert word not in result.stdout
    if name == "films":
        assert "f4" not in result.stdout  # nobody rated it
        assert "f2" in result.stdout


@pytest.mark.parametrize("name", LEFT_OUT)
def test_json_has_the_same_keys_for_data_that_lacks_something(
    name: str, cli: Cli, bare: Dataset
) -> None:
    bound = ["--min-ratings", "1"] if name in ("films", "all") else []
    content = json.loads(cli("eda", name, *DATA, *bound, "--json").stdout)
    settings = {"schema", "dataset", "min_ratings"}
    assert [key for key in content if key not in settings] == TABLES[name]
    assert {key for key in TABLES[name] if not content[key]} == EMPTY & set(TABLES[name])
    if name == "ratings":
        assert content["overview"][0]["first"] is None
        assert content["ratings"][3] == {"rating": 3.75, "ratings": 1, "share": 1 / 6}
    if name == "users":
        genres = content["user_statistics"][1]
        assert genres == {key: "genres" if key == "of" else None for key in genres}
    if name == "films":
        assert content["films"][0]["film"] == "f2"
        assert content["films"][0]["year"] is None


@pytest.mark.parametrize("format", ["csv", "md"])
def test_an_empty_table_is_in_json_only(format: str, cli: Cli, bare: Dataset) -> None:
    text = cli("eda", "all", *DATA, "--format", format).stdout
    titles = re.findall(r"^(?:# |\*\*)(.*)$", text, re.M)
    assert len(titles) == len(TABLES["all"]) - len(EMPTY) - 3  # and no film has 8 ratings


def test_all_draws_the_figures_that_the_data_allows(cli: Cli, bare: Dataset) -> None:
    pytest.importorskip("matplotlib")
    assert cli("eda", "all", *DATA, "--plot", "new/a.png").exit_code == 0
    assert {path.name for path in Path("new").iterdir()} == {"a-ratings.png", "a-users.png"}


def test_many_different_ratings_are_shown_in_steps_and_complete_in_json(
    cli: Cli, bare: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    triples = [(0, at, at / 10) for at in range(51)]
    dataset = make_dataset(triples, n_users=1, titles=list(map(str, range(51))))
    monkeypatch.setattr(registry, "load_dataset", lambda *_: dataset)
    shown = cli("eda", "ratings", *DATA, "--format", "md").stdout
    assert "nearest quarter of a star" in shown
    assert "| 0.25 | 2 | 3.9 |" in shown  # 0.2 and 0.3
    rows = content_of(cli, "ratings", *DATA)["ratings"]
    assert [row["rating"] for row in rows] == [at / 10 for at in range(51)]


def test_tables_are_made_without_torch_and_matplotlib() -> None:
    code = (
        "import sys\n"
        "from movierec_cli.cli.app import app\n"
        f"app(['eda', 'all', '--dataset', {SMALL!r}], standalone_mode=False)\n"
        "assert not {'torch', 'matplotlib'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
