"""``movierec datasets`` and ``config``: the data sets that there are, and the default one."""

import json
from pathlib import Path

import pytest

from movierec_cli.core.paths import Paths
from tests.cli.conftest import Cli
from tests.conftest import SMALL

RATINGS = "user,film,rating\n" + "".join(f"{n},{n % 4},{1 + n % 5}\n" for n in range(20))


@pytest.fixture
def mine(cli: Cli) -> None:
    """An imported data set."""
    Path("mine.csv").write_text(RATINGS)
    assert cli("import", "mine.csv", "--name", "mine").exit_code == 0


def listed(cli: Cli) -> dict[str, dict[str, object]]:
    records = json.loads(cli("datasets", "list", "--json").stdout)["datasets"]
    return {record.pop("name"): record for record in records}


def test_editions_and_imported_data_sets_are_listed_with_the_next_step(
    cli: Cli, mine: None
) -> None:
    found = listed(cli)
    assert list(found) == [
        "ml-100k", "ml-1m", "ml-10m", "ml-20m", "ml-25m", "ml-32m", "ml-latest-small", "ml-latest",
        "mine",
    ]  # fmt: skip
    assert found["ml-1m"] == {
        "kind": "edition", "last_year": 2000, "is_here": False, "get": "movierec download ml-1m",
        "is_default": False,
    }  # fmt: skip
    assert found["ml-latest-small"]["is_here"]
    assert found["mine"] == {
        "kind": "imported", "last_year": None, "is_here": True, "get": None, "is_default": False,
    }  # fmt: skip
    assert found["ml-100k"]["is_default"]


def test_an_imported_data_set_is_removed_after_a_yes_only(cli: Cli, mine: None) -> None:
    refused = cli("datasets", "remove", "mine")
    assert refused.exit_code == 2
    assert "mine" in listed(cli)
    assert cli("datasets", "remove", "mine", "-y").exit_code == 0
    assert "mine" not in listed(cli)
    assert cli("datasets", "remove", "mine", "-y").exit_code == 3
    assert cli("datasets", "remove", "ml-latest-small", "-y").exit_code == 3


def test_clearing_the_cache_leaves_imported_data(cli: Cli, mine: None, paths: Paths) -> None:
    cli("eda", "ratings", "--dataset", SMALL)
    assert cli("cache", "clear", "-y").exit_code == 0
    assert list(paths.cache.iterdir()) == []
    assert cli("eda", "ratings", "--dataset", "mine").exit_code == 0


def test_option_beats_variable_beats_configuration_beats_the_usual(
    cli: Cli, mine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used(*words: str) -> str:
        return str(json.loads(cli("eda", "ratings", "--json", *words).stdout)["dataset"])

    assert cli("config", "dataset").stdout == "ml-100k\n"
    assert cli("config", "dataset", "ml latest small").exit_code == 0
    assert cli("config", "dataset").stdout == "ml-latest-small\n"
    assert used() == "ml-latest-small"
    monkeypatch.setenv("MOVIEREC_DATASET", SMALL)
    assert used() == SMALL
    assert used("--dataset", "mine") == "mine"


def test_the_default_data_set_chooses_the_run(cli: Cli, mine: None) -> None:
    cli("config", "dataset", "mine")
    result = cli("recommend", "--user", "1")
    assert result.exit_code == 3
    assert "There is no run 'dnn-mine'." in result.stderr
    assert "Train it with: movierec train dnn --dataset mine" in result.stderr


def test_an_unknown_name_is_refused_with_the_names_that_there_are(cli: Cli, mine: None) -> None:
    for words in (("config", "dataset", "ml-1b"), ("eda", "genres", "--dataset", "ml-1b")):
        result = cli(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "ml-latest-small, ml-latest, mine, synthetic" in result.stderr


def test_a_damaged_configuration_is_named(cli: Cli, paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    (paths.data / "config.json").write_text("{")
    result = cli("eda", "genres")
    assert result.exit_code == 5
    assert "movierec config dataset NAME" in result.stderr
    assert cli("config", "dataset", SMALL).exit_code == 0
    assert cli("config", "dataset").stdout == f"{SMALL}\n"
