"""Profiles: named ratings and demographics of a user, each a JSON file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import atomic_write, check_name
from movierec_cli.core.recommend.query import HIGHEST, LOWEST, Demographics, row_of

_FilmId = Annotated[int, Meta(ge=0, lt=10**18)]
_Rating = Annotated[float, Meta(ge=LOWEST, le=HIGHEST)]


@dataclass(frozen=True)
class Profile(Demographics):
    """A user as stored; the fields are those of the file, which msgspec checks when it is read.

    ``ratings`` are film id -> rating in the data set named ``dataset``.
    """

    dataset: str
    ratings: dict[_FilmId, _Rating] = field(default_factory=dict)

    def film_ratings(self, dataset: Dataset) -> dict[int, float]:
        """Return film row -> rating.

        Raises
        ------
        UsageError
            If the profile belongs to another data set, or a film does not exist.
        """
        if self.dataset != dataset.name:
            raise UsageError(
                f"The profile rates films of {self.dataset}, not of {dataset.name}.",
                f"Choose a run that was trained on {self.dataset}: --run NAME",
            )
        rows = {}
        for film_id, rating in self.ratings.items():
            row = row_of(dataset.films.ids, film_id)
            if row is None:
                raise UsageError(
                    f"The profile rates film {film_id}, which is not in {dataset.name}.",
                    "Search by title with: movierec films WORD",
                )
            rows[row] = rating
        return rows


def make_profile(
    dataset: Dataset, ratings: Mapping[int, float], demographics: Demographics
) -> Profile:
    """Return the profile of ratings (film row -> rating) and demographics."""
    of_films = {int(dataset.films.ids[row]): rating for row, rating in ratings.items()}
    return Profile(dataset.name, of_films, **asdict(demographics))


def save_profile(name: str, profile: Profile, folder: Path) -> Path:
    """Write a profile, in the place of an older one; `check_name` checks the name."""
    path = _path(name, folder)
    content = msgspec.json.encode({"schema": 1, "name": name, **asdict(profile)})
    with atomic_write(path) as file:
        file.write(msgspec.json.format(content, indent=1))
    return path


def load_profile(name: str, folder: Path) -> Profile:
    """Read a profile.

    Raises
    ------
    DataError
        If there is no such profile.
    IntegrityError
        If it is damaged.
    """
    path = _path(name, folder)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Profile)
    except FileNotFoundError as error:
        names = list_profiles(folder)
        raise DataError(
            f"There is no profile {name!r}.",
            f"There are: {', '.join(names)}"
            if names
            else f"Make it with: movierec recommend --like Fargo --save-profile {name}",
        ) from error
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise IntegrityError(
            f"The profile {name!r} is damaged: {path}: {error}",
            f"Remove it with: movierec profiles remove {name}",
        ) from error


def list_profiles(folder: Path) -> list[str]:
    """Return the names of all profiles, ascending."""
    return sorted(path.stem for path in folder.glob("*.json"))


def remove_profile(name: str, folder: Path) -> None:
    """Remove a profile, damaged or not; raise a `DataError` if there is none."""
    path = _path(name, folder)
    if not path.exists():
        load_profile(name, folder)
    path.unlink()


def _path(name: str, folder: Path) -> Path:
    return folder / f"{check_name(name, 'profile')}.json"
