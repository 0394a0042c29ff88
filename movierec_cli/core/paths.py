"""Folders of movierec: the cache of data sets, and the data of the user."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.errors import UsageError


@dataclass(frozen=True)
class Paths:
    """The two folders that movierec writes to.

    ``cache`` has data sets, which can be downloaded or generated again; ``data`` has the imported
    data sets, the runs, the studies and the profiles of the user.
    """

    cache: Path
    data: Path

    @property
    def runs(self) -> Path:
        """Folder with one folder for each run."""
        return self.data / "runs"

    @property
    def studies(self) -> Path:
        """Folder with one folder for each search of hyper-parameters."""
        return self.data / "studies"

    @property
    def datasets(self) -> Path:
        """Folder with one file for each imported data set."""
        return self.data / "datasets"

    @property
    def profiles(self) -> Path:
        """Folder with one file for each profile."""
        return self.data / "profiles"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Paths":
        """Return the folders that the environment chooses.

        ``MOVIEREC_CACHE_DIR`` and ``MOVIEREC_DATA_DIR``, else folders in ``MOVIEREC_HOME``, else
        the folders of the platform.

        Raises
        ------
        UsageError
            If a variable names an impossible folder.
        """
        home = environ.get("MOVIEREC_HOME")

        def folder(name: str) -> Path:
            chosen = environ.get(f"MOVIEREC_{name.upper()}_DIR")
            if not chosen:
                chosen = f"{home}/{name}" if home else _platform_folder(name)
            return _checked(chosen)

        return cls(cache=folder("cache"), data=folder("data"))


def _checked(folder: str) -> Path:
    """Return a path that a folder can have, with ``~`` expanded; it may be inaccessible."""
    try:
        path = Path(folder).expanduser()
        path.exists()
    except PermissionError:  # whoever reads or writes there reports it
        return path
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"{folder} can be no folder: {error}.",
            "Set MOVIEREC_HOME to another folder, or unset it.",
        ) from error
    return path


def _platform_folder(name: str) -> str:
    import platformdirs  # noqa: PLC0415 - not needed where the environment chooses

    choose = platformdirs.user_cache_dir if name == "cache" else platformdirs.user_data_dir
    return choose("movierec", appauthor=False)
