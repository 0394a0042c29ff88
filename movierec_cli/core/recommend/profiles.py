"""The people that movierec remembers, each as a file."""

import json
import re
from dataclasses import asdict
from pathlib import Path

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import atomic_write, check_name
from movierec_cli.core.recommend.query import HIGHEST, LOWEST, OLDEST, Answers
from movierec_cli.core.runs.json_shapes import finite, group, maybe, text, whole

_FILM_ID = re.compile(r"[0-9]{1,18}")


def _opinions(value: object) -> bool:
    """Tell whether it is ratings by film id, as JSON has them."""
    return isinstance(value, dict) and all(
        _FILM_ID.fullmatch(film) and finite(rating) and LOWEST <= rating <= HIGHEST
        for film, rating in value.items()
    )


_IS_PROFILE = group(
    dataset=text,
    ratings=_opinions,
    age=maybe(whole(1, OLDEST)),
    gender=maybe(text),
    occupation=maybe(text),
    zip_code=maybe(text),
)


def save_profile(name: str, answers: Answers, folder: Path) -> Path:
    """Remember a person's answers under a name.

    Raises
    ------
    UsageError
        If the name has other characters than letters, digits, dots, dashes and underscores.
    """
    path = _profile_path(name, folder)
    content = {"schema": 1, "name": name, **asdict(answers)}
    with atomic_write(path) as file:
        file.write(json.dumps(content, indent=1, ensure_ascii=False).encode())
    return path


def load_profile(name: str, folder: Path) -> Answers:
    """Recall the answers of a profile.

    Raises
    ------
    DataError
        If there is no such profile.
    IntegrityError
        If it is damaged.
    """
    path = _profile_path(name, folder)
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        there = list_profiles(folder)
        raise DataError(
            f"There is no profile {name!r}.",
            f"There are: {', '.join(there)}"
            if there
            else f"Make it with: movierec recommend --like Fargo --save-profile {name}",
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(name, f"{path}: {error}") from error
    if not _IS_PROFILE(content):
        raise _damaged(name, f"{path} is no profile")
    content["ratings"] = {int(film): float(given) for film, given in content["ratings"].items()}
    return Answers(**{key: content[key] for key in Answers.__dataclass_fields__})


def _damaged(name: str, why: str) -> IntegrityError:
    return IntegrityError(
        f"The profile {name!r} is damaged: {why}.",
        f"Remove it with: movierec profiles remove {name}",
    )


def list_profiles(folder: Path) -> list[str]:
    """Return the names of all profiles, ascending."""
    return sorted(path.stem for path in folder.glob("*.json"))


def remove_profile(name: str, folder: Path) -> None:
    """Forget a profile.

    Raises
    ------
    DataError
        If there is none of that name.
    """
    path = _profile_path(name, folder)
    if not path.exists():
        load_profile(name, folder)
    path.unlink()


def _profile_path(name: str, folder: Path) -> Path:
    return folder / f"{check_name(name, 'profile')}.json"
