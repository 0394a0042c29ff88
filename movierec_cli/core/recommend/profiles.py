"""Profiles: named ratings and demographics of a user, each a JSON file."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from movierec_cli.core.data.dataset import GENDERS, Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import atomic_write, check_name
from movierec_cli.core.recommend.query import HIGHEST, LOWEST, OLDEST, Demographics, Query, row_of

_FilmId = Annotated[int, Meta(ge=0, lt=10**18)]
_Rating = Annotated[float, Meta(ge=LOWEST, le=HIGHEST)]
_Age = Annotated[int, Meta(ge=1, le=OLDEST)]


@dataclass(frozen=True)
class Profile:
    """A user as stored; the fields are those of the file, which msgspec checks when it is read.

    Attributes
    ----------
    dataset
        Name of the data set that the film ids belong to.
    ratings
        Film id -> rating, `LOWEST` to `HIGHEST`.
    age, gender, occupation, zip_code
        As in `Demographics`.
    """

    dataset: str
    ratings: dict[_FilmId, _Rating] = field(default_factory=dict)
    age: _Age | None = None
    gender: str | None = None
    occupation: str | None = None
    zip_code: str | None = None

    @classmethod
    def of_query(cls, query: Query, dataset: Dataset) -> "Profile":
        """Return the profile that stores a query."""
        history, users = query.history, query.users
        ids = dataset.films.ids[history.film_rows].tolist()
        ratings = [round(value, 4) for value in history.ratings.tolist()]  # 4.1, not 4.0999999
        age, gender, occupation = users.age[0], int(users.gender[0]), int(users.occupation[0])
        return cls(
            dataset=dataset.name,
            ratings=dict(zip(ids, ratings, strict=True)),
            age=None if np.isnan(age) else int(age),
            gender=None if gender < 0 else GENDERS[gender],
            occupation=None if occupation < 0 else dataset.occupations[occupation],
            zip_code=str(users.zip_code[0]) or None,
        )

    @property
    def demographics(self) -> Demographics:
        """The demographics as typed."""
        return Demographics(self.age, self.gender, self.occupation, self.zip_code)

    def film_ratings(self, dataset: Dataset) -> dict[int, float]:
        """Return film row -> rating.

        Raises
        ------
        UsageError
            If the profile belongs to another data set, or a film no longer exists.
        """
        if self.dataset != dataset.name:
            raise UsageError(
                f"The profile rates films of {self.dataset}, not of {dataset.name}.",
                f"Choose a run that was trained on {self.dataset}: --run NAME",
            )
        rows = {film_id: row_of(dataset.films.ids, film_id) for film_id in self.ratings}
        for film_id, row in rows.items():
            if row is None:
                raise UsageError(
                    f"The profile rates film {film_id}, which is not in {dataset.name}.",
                    "Search by title with: movierec films WORD",
                )
        return {row: self.ratings[film_id] for film_id, row in rows.items() if row is not None}


def save_profile(name: str, profile: Profile, folder: Path) -> Path:
    """Write a profile, in the place of an older one of that name.

    Raises
    ------
    UsageError
        If the name has other characters than letters, digits, dots, dashes and underscores.
    """
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
    """Remove a profile, damaged or not.

    Raises
    ------
    DataError
        If there is no such profile.
    """
    path = _path(name, folder)
    if not path.exists():
        load_profile(name, folder)
    path.unlink()


def _path(name: str, folder: Path) -> Path:
    return folder / f"{check_name(name, 'profile')}.json"
