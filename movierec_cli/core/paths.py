"""Where movierec keeps its files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


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
        """
        home = environ.get("MOVIEREC_HOME")
        cache = environ.get("MOVIEREC_CACHE_DIR") or (
            Path(home) / "cache"
            if home
            else platformdirs.user_cache_dir("movierec", appauthor=False)
        )
        data = environ.get("MOVIEREC_DATA_DIR") or (
            Path(home) / "data" if home else platformdirs.user_data_dir("movierec", appauthor=False)
        )
        return cls(cache=Path(cache).expanduser(), data=Path(data).expanduser())
