"""The places that movierec writes to: whether it can, what leads to them, and the room there."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from movierec_cli.core.doctor.check import Check, broken, fine, worth_knowing
from movierec_cli.core.files import size_in_words
from movierec_cli.core.paths import Paths

ELSEWHERE = "export MOVIEREC_HOME=~/movierec"
"""The command that fixes a folder which cannot be used."""

_LITTLE = 200 * 10**6  # bytes; the data, its prepared form and some runs take a tenth


def places(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    """Look at the folders, at the variables that choose them, and at the free disk."""
    yield _writable("cache folder", paths.cache, _elsewhere(environ, "MOVIEREC_CACHE_DIR"))
    yield _writable("data folder", paths.data, _elsewhere(environ, "MOVIEREC_DATA_DIR"))
    variables = sorted(name for name, value in environ.items() if _is_ours(name) and value)
    yield fine("environment", ", ".join(variables) or "no variable of movierec is set")
    yield _free(paths)


def _elsewhere(environ: Mapping[str, str], variable: str) -> str:
    """Return the command that moves a folder, by the variable that chooses it now."""
    folder = variable.removeprefix("MOVIEREC_").removesuffix("_DIR").lower()
    return f"export {variable}=~/movierec/{folder}" if environ.get(variable) else ELSEWHERE


def _writable(name: str, folder: Path, fix: str) -> Check:
    """Try to write where the folder is or would be made; nothing is left there."""
    nearest = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        return broken(name, f"{folder} cannot be written to: {reason}", fix)
    return fine(name, f"{folder}, {'writable' if folder.exists() else 'will be made'}")


def _free(paths: Paths) -> Check:
    try:
        free = min(shutil.disk_usage(_nearest(place)).free for place in (paths.cache, paths.data))
    except OSError as error:
        return worth_knowing("free disk", f"unknown: {error.strerror or error}")
    if free < _LITTLE:
        return worth_knowing(
            "free disk", f"only {size_in_words(free)}", "movierec cache clear --dry-run"
        )
    return fine("free disk", size_in_words(free))


def _nearest(folder: Path) -> Path:
    """Return the folder, or the next one above it that there is."""
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _is_ours(name: str) -> bool:
    return name.startswith("MOVIEREC_")
