"""``movierec profiles``."""

import json
from pathlib import Path

import pytest

from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import Profile, save_profile
from tests.cli.conftest import Cli
from tests.conftest import SMALL


@pytest.fixture
def ann(paths: Paths) -> Paths:
    """A profile of two ratings."""
    registry.load_dataset(SMALL, paths)
    save_profile("ann", Profile(SMALL, {3: 5.0, 1: 1.5}, age=30), paths.profiles)
    return paths


def test_profiles_are_listed(cli: Cli, ann: Paths) -> None:
    content = json.loads(cli("profiles", "list", "--json").stdout)
    assert content["profiles"] == [{"name": "ann", "ratings": 2}]


def test_a_profile_is_shown_with_titles(cli: Cli, ann: Paths, small: Dataset) -> None:
    content = json.loads(cli("profiles", "show", "ann", "--json").stdout)
    assert (content["age"], content["gender"]) == (30, None)
    assert content["ratings"][0] == {
        "film_id": 3, "title": str(small.films.titles[2]), "rating": 5.0,
    }  # fmt: skip
    table = cli("profiles", "show", "ann").stdout
    assert "age: 30" in table
    assert "gender" not in table


def test_a_profile_is_removed(cli: Cli, ann: Paths) -> None:
    assert "Removed ann." in cli("profiles", "remove", "ann").stderr
    for command in ("show", "remove"):
        result = cli("profiles", command, "ann")
        assert (result.exit_code, result.stdout) == (3, "")
        assert "There is no profile 'ann'" in result.stderr


def test_a_damaged_profile_does_not_hide_the_others(cli: Cli, trained: Path) -> None:
    for name in ("ann", "bob"):
        cli("recommend", "--like", "1", "--save-profile", name)
    (trained.parent / "profiles" / "ann.json").write_bytes(b"{")
    result = cli("profiles", "list", "--json")
    assert result.exit_code == 5
    assert [one["name"] for one in json.loads(result.stdout)["profiles"]] == ["bob"]
    assert "hint: Remove it with: movierec profiles remove ann" in result.stderr
    cli("profiles", "remove", "ann")
    cli("profiles", "remove", "bob")
