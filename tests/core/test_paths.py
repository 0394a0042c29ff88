"""Folders come from the environment, the narrow variable first, else from the platform."""

from pathlib import Path

import platformdirs
import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.paths import Paths


@pytest.mark.parametrize(
    ("environ", "cache", "data"),
    [
        ({"MOVIEREC_HOME": "/home"}, "/home/cache", "/home/data"),
        ({"MOVIEREC_HOME": "/home", "MOVIEREC_CACHE_DIR": "/fast"}, "/fast", "/home/data"),
        ({"MOVIEREC_HOME": "/home", "MOVIEREC_DATA_DIR": "/safe"}, "/home/cache", "/safe"),
    ],
)
def test_home_moves_both_folders_and_the_others_one(
    environ: dict[str, str], cache: str, data: str
) -> None:
    paths = Paths.from_environment(environ)
    assert (paths.cache, paths.data) == (Path(cache), Path(data))
    assert (paths.runs, paths.profiles) == (Path(data, "runs"), Path(data, "profiles"))


def test_without_variables_or_with_empty_ones_the_platform_decides() -> None:
    paths = Paths.from_environment({})
    assert paths.cache == Path(platformdirs.user_cache_dir("movierec", appauthor=False))
    assert paths.data == Path(platformdirs.user_data_dir("movierec", appauthor=False))
    empty = dict.fromkeys(("MOVIEREC_HOME", "MOVIEREC_CACHE_DIR", "MOVIEREC_DATA_DIR"), "")
    assert Paths.from_environment(empty) == paths


def test_a_tilde_is_the_home_of_the_user() -> None:
    paths = Paths.from_environment({"MOVIEREC_HOME": "~/films"})
    assert paths.cache == Path.home() / "films" / "cache"


@pytest.mark.parametrize("folder", ["/tmp/" + "x" * 300, "~nobody-is-called-so/x"])
def test_an_impossible_folder_is_refused(folder: str) -> None:
    with pytest.raises(UsageError, match="can be no folder"):
        Paths.from_environment({"MOVIEREC_HOME": folder})
