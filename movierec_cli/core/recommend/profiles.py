"""Profiles: named ratings and demographics of a user, each a JSON file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from movierec_cli.core.data.dataset import HIGHEST_RATING, Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import accessing, atomic_write, check_name, entries_of, unusable
from movierec_cli.core.recommend.query import Demographics, row_of

_FilmId = Annotated[str, Meta(min_length=1)]
_Rating = Annotated[float, Meta(ge=0, le=HIGHEST_RATING)]


@dataclass(frozen=True)
class Profile(Demographics):
    """A user as stored; the fields are those of the file, which msgspec checks when it is read.

    ``ratings`` are film id -> rating in the data set named ``dataset``; ``seen`` are the ids of
    films that are seen and not rated.
    """

    dataset: str
    ratings: dict[_FilmId, _Rating] = field(default_factory=dict)
    seen: tuple[_FilmId, ...] = ()

    def film_ratings(self, dataset: Dataset) -> dict[int, float]:
        """Return film row -> rating.

        Raises
        ------
        UsageError
            If the profile belongs to another data set, or a film does not exist.
        """
        return dict(zip(self._rows(self.ratings, dataset), self.ratings.values(), strict=True))

    def seen_films(self, dataset: Dataset) -> frozenset[int]:
        """Return the rows of the films that are seen and not rated; errors as `film_ratings`."""
        return frozenset(self._rows(self.seen, dataset))

    def _rows(self, film_ids: Iterable[str], dataset: Dataset) -> list[int]:
        if self.dataset != dataset.name:
            raise UsageError(
                f"The profile rates films of {self.dataset}, not of {dataset.name}.",
                f"Use a run of that data set: --dataset {self.dataset}, or --run NAME",
            )
        rows = []
        for film_id in film_ids:
            row = row_of(dataset.films.ids, film_id)
            if row is None:
                raise UsageError(
                    f"The profile has film {film_id}, which is not in {dataset.name}.",
                    "Search by title with: movierec films WORD",
                )
            rows.append(row)
        return rows


def make_profile(
    dataset: Dataset,
    ratings: Mapping[int, float],
    demographics: Demographics,
    seen: Iterable[int] = (),
) -> Profile:
    """Return the profile of ratings (film row -> rating), demographics and rows of seen films.

    A rated film is not kept as a seen one.
    """
    ids = dataset.films.ids
    of_films = {str(ids[row]): rating for row, rating in ratings.items()}
    only_seen = tuple(str(ids[row]) for row in sorted(set(seen) - set(ratings)))
    return Profile(dataset.name, of_films, only_seen, **asdict(demographics))


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
        If there is no such profile, or it cannot be read.
    IntegrityError
        If it is damaged.
    """
    path = _stored(name, folder)
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
    except OSError as error:
        raise unusable(path, "read", error) from error
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise IntegrityError(
            f"The profile {name!r} is damaged: {path}: {error}",
            f"Correct the file, or replace it with: movierec profiles import {name} FILE --force",
        ) from error


def read_profile(path: Path) -> Profile | None:
    """Read a profile from a file anywhere, such as one that a page has saved.

    ``None`` if the file is none: another layout, or not there.

    Raises
    ------
    DataError
        If it is a profile with impossible values.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
    if not isinstance(content, dict) or not {"dataset", "ratings"} <= content.keys():
        return None
    try:
        return msgspec.convert(content, Profile)
    except msgspec.ValidationError as error:
        raise DataError(f"{path} is a damaged profile: {error}", "Save it again.") from error


def list_profiles(folder: Path) -> list[str]:
    """Return the names of all profiles, ascending.

    Raises
    ------
    DataError
        If the folder cannot be read.
    """
    return [path.stem for path in entries_of(folder, "*.json")]


def remove_profile(name: str, folder: Path) -> None:
    """Remove a profile, damaged or not.

    Raises
    ------
    DataError
        If there is no such profile, or it cannot be removed.
    """
    path = _stored(name, folder)
    with accessing(path, "removed"):
        try:
            path.unlink()
        except FileNotFoundError:
            load_profile(name, folder)  # it lists the others


def _stored(name: str, folder: Path) -> Path:
    """Return the file of a profile, which may have been renamed to any name."""
    return folder / f"{name}.json" if name in list_profiles(folder) else _path(name, folder)


def _path(name: str, folder: Path) -> Path:
    return folder / f"{check_name(name, 'profile')}.json"
