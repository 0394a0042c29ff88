"""The default data set: of the environment, else of the user's configuration, else ml-100k."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from movierec_cli.core.data.registry import DEFAULT_DATASET, known_name
from movierec_cli.core.errors import IntegrityError
from movierec_cli.core.files import atomic_write, unusable
from movierec_cli.core.paths import Paths

VARIABLE = "MOVIEREC_DATASET"
"""The environment variable that names the data set; it beats the configuration."""


def default_dataset(paths: Paths, environ: Mapping[str, str] = os.environ) -> str:
    """Return the name of the default data set.

    Raises
    ------
    UsageError
        If the variable or the configuration names no data set.
    DataError, IntegrityError
        As `configured_dataset`.
    """
    return known_name(environ.get(VARIABLE) or configured_dataset(paths), paths)


def configured_dataset(paths: Paths) -> str:
    """Return the name in the configuration, `DEFAULT_DATASET` without one.

    Raises
    ------
    DataError, IntegrityError
        If the configuration cannot be read, or is damaged.
    """
    path = _path(paths)
    fix = "Write it again with: movierec config dataset NAME"
    try:
        name = json.loads(path.read_bytes())["dataset"]
    except FileNotFoundError:
        return DEFAULT_DATASET
    except OSError as error:
        raise unusable(path, "read", error) from error
    except (ValueError, LookupError, TypeError) as error:
        raise IntegrityError(f"The configuration {path} is damaged: {error}.", fix) from error
    if not isinstance(name, str):
        raise IntegrityError(f"The configuration {path} is damaged: no name of a data set.", fix)
    return name


def configure_dataset(typed: str, paths: Paths) -> str:
    """Make a data set the default; return its name.

    Raises
    ------
    UsageError
        If there is no data set of that name.
    DataError
        If the configuration cannot be written.
    """
    name = known_name(typed, paths)
    with atomic_write(_path(paths)) as file:
        file.write(json.dumps({"schema": 1, "dataset": name}).encode() + b"\n")
    return name


def _path(paths: Paths) -> Path:
    return paths.data / "config.json"
