"""Types of the arguments of the Python interface, checked before they are used."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeVar

from movierec_cli.core.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class _Kind:
    """A kind of value: its description, a test, and an example."""

    words: str
    allows: Callable[[Any], bool]
    example: str


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    """Return whether a value is iterable; a single text or a mapping is no list."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _is_id(value: Any) -> bool:
    return _is_whole(value) or isinstance(value, str)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_whole, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, tuple | list | set) and all(isinstance(name, str) for name in value)


def _are_ratings(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_number, value.values()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


_RUN = _Kind("a loaded run", lambda value: hasattr(value, "manifest"), 'run = load_run("dnn")')
_TEXT = _Kind("a text", _is_text, 'gender="F"')
_WHOLE = _Kind("a whole number", _is_whole, "n=10")
_NUMBER = _Kind("a number", _is_number, "diversity=0.3")
_FILM = _Kind("the id or the title of a film", _is_id, '"Fargo (1996)"')
_FILMS = _Kind("a list of films", _is_list, 'like=["Fargo (1996)"]')
_GENRES = _Kind("a list of genres", _are_texts, 'genres=["Comedy"]')

_KINDS = {
    "run": _RUN,
    "name": _Kind("the name of a run", _is_text, 'load_run("dnn")'),
    "paths": _Kind(
        "a Paths",
        lambda value: hasattr(value, "runs"),
        'Paths.from_environment({"MOVIEREC_HOME": "FOLDER"})',
    ),
    "user": _Kind("the id of a user", _is_id, "user=42"),
    "film": _FILM,
    "like": _FILMS,
    "dislike": _FILMS,
    "seen": _FILMS,
    "among": _FILMS,
    "exclude": _FILMS,
    "ratings": _Kind("films with ratings", _are_ratings, 'ratings={"Fargo (1996)": 4}'),
    "age": _WHOLE,
    "gender": _TEXT,
    "occupation": _TEXT,
    "zip_code": _TEXT,
    "n": _WHOLE,
    "min_ratings": _WHOLE,
    "max_ratings": _WHOLE,
    "genres": _GENRES,
    "not_genres": _GENRES,
    "years": _Kind("a pair of years", _is_pair, "years=(1990, 1995)"),
    "diversity": _NUMBER,
    "popularity": _NUMBER,
    "sort": _TEXT,
}
"""Name of an argument -> its kind; an argument may also have its default."""


def check_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function of the interface refuse an argument of another type with a `UsageError`."""
    signature = inspect.signature(function)

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            kind = _KINDS.get(name)
            is_usual = value is None and signature.parameters[name].default is None
            if kind is not None and not is_usual and not kind.allows(value):
                raise UsageError(
                    f"{name} is {kind.words}, not {value!r}.", f"For example: {kind.example}"
                )
        return function(*args, **kwargs)

    return checked
