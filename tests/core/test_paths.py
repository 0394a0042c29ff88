"""Where files go: flags of the environment from the narrow to the wide, else the platform's."""

from pathlib import Path

import platformdirs
import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.paths import Paths


def test_home_moves_everything() -> None:
    paths = Paths.from_environment({"MOVIEREC_HOME": "/some/home"})
    assert paths.cache == Path("/some/home/cache")
    assert paths.data == Path("/some/home/data")
    assert paths.runs == Path("/some/home/data/runs")


def test_the_cache_and_the_models_move_alone() -> None:
    environ = {"MOVIEREC_HOME": "/home", "MOVIEREC_CACHE_DIR": "/fast"}
    paths = Paths.from_environment(environ)
    assert (paths.cache, paths.data) == (Path("/fast"), Path("/home/data"))
    environ = {"MOVIEREC_HOME": "/home", "MOVIEREC_DATA_DIR": "/safe"}
    paths = Paths.from_environment(environ)
    assert (paths.cache, paths.data) == (Path("/home/cache"), Path("/safe"))


def test_without_them_the_places_are_those_of_the_platform() -> None:
    paths = Paths.from_environment({})
    assert paths.cache == Path(platformdirs.user_cache_dir("movierec", appauthor=False))
    assert paths.data == Path(platformdirs.user_data_dir("movierec", appauthor=False))


def test_an_empty_variable_is_none_at_all() -> None:
    empty = dict.fromkeys(("MOVIEREC_HOME", "MOVIEREC_CACHE_DIR", "MOVIEREC_DATA_DIR"), "")
    assert Paths.from_environment(empty) == Paths.from_environment({})


def test_a_tilde_is_the_home_of_the_user() -> None:
    paths = Paths.from_environment({"MOVIEREC_HOME": "~/films"})
    assert paths.cache == Path.home() / "films" / "cache"


@pytest.mark.parametrize("place", ["/tmp/" + "x" * 300, "~nobody-is-called-so/x"])
def test_what_can_be_no_folder_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match="can be no folder"):
        Paths.from_environment({"MOVIEREC_HOME": place})
