"""Where movierec keeps its files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.errors import UsageError


@dataclass(frozen=True)
class Paths:
    """The two places that movierec writes to.

    Attributes
    ----------
    cache
        Data sets; can be had again, safe to delete.
    data
        Trained models; the work of the user.
    """

    cache: Path
    data: Path

    @property
    def runs(self) -> Path:
        """The folder with one folder for each run."""
        return self.data / "runs"

    @property
    def profiles(self) -> Path:
        """The folder with the people that movierec remembers."""
        return self.data / "profiles"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Paths":
        """Find the places.

        ``MOVIEREC_CACHE_DIR`` and ``MOVIEREC_DATA_DIR``, else folders in ``MOVIEREC_HOME``, else
        what the platform uses.

        Raises
        ------
        UsageError
            If what they name can be no folder.
        """
        home = environ.get("MOVIEREC_HOME")
        cache = environ.get("MOVIEREC_CACHE_DIR") or (
            Path(home) / "cache" if home else _of_the_platform("user_cache_dir")
        )
        data = environ.get("MOVIEREC_DATA_DIR") or (
            Path(home) / "data" if home else _of_the_platform("user_data_dir")
        )
        return cls(cache=_usable(cache), data=_usable(data))


def _usable(place: str | Path) -> Path:
    """Return a folder that is there or could be made."""
    try:
        folder = Path(place).expanduser()
        folder.exists()
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"{place} can be no folder: {error}.", "Set MOVIEREC_HOME to one that can, or unset it."
        ) from error
    return folder


def _of_the_platform(kind: str) -> str:
    import platformdirs  # noqa: PLC0415 - not needed where the environment says it

    return str(getattr(platformdirs, kind)("movierec", appauthor=False))
