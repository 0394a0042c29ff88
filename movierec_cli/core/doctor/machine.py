"""Checks of the machine: versions of libraries, compute devices, folders and free disk.

Libraries are imported one by one, and an error of a broken one is a finding.
"""

import importlib
import os
import platform
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from movierec_cli import __version__
from movierec_cli.core.doctor.check import Check, broken, failed, note, ok
from movierec_cli.core.errors import PlaceError
from movierec_cli.core.files import exists, size_in_words
from movierec_cli.core.paths import Paths

_LIBRARIES = (
    "torch", "numpy", "pandas", "safetensors", "platformdirs", "filelock", "jinja2", "msgspec",
    "rapidfuzz", "typer", "rich",
)  # fmt: skip
_EXTRAS = {
    "plot": "matplotlib",
    "text": "sentence-transformers",
    "parquet": "pyarrow",
    "tune": "optuna",
}
_MIN_FREE_BYTES = 200 * 10**6  # a tenth of it holds MovieLens 100K and some runs


def versions() -> Iterator[Check]:
    """Check movierec, Python, the libraries and the extras."""
    yield ok("movierec", __version__)
    yield ok("python", f"{platform.python_implementation()} {platform.python_version()}")
    yield ok("platform", platform.platform())
    for name in _LIBRARIES:
        yield _library(name)
    for extra, name in _EXTRAS.items():
        version = _installed_version(name)
        absent = f"{name} is not installed; to have it: pip install 'movierec[{extra}]'"
        yield ok(f"extra {extra}", f"{name} {version}" if version else absent)


def devices() -> Iterator[Check]:
    """Check the devices of torch; nothing without torch, which `versions` reports."""
    try:
        torch: Any = _imported("torch")
    except Exception:  # a broken installation raises anything
        return
    yield _cpu(torch)
    yield _cuda(torch)
    yield ok("mps", "available" if torch.backends.mps.is_available() else "none")


def folders(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    """Check the folders, the variables that choose them, and the free disk."""
    yield _folder("cache", paths.cache)
    yield _folder("data", paths.data)
    variables = [name for name, value in environ.items() if name.startswith("MOVIEREC_") and value]
    yield ok("environment", ", ".join(sorted(variables)) or "no variable of movierec is set")
    free = min(shutil.disk_usage(_nearest(path)).free for path in (paths.cache, paths.data))
    if free < _MIN_FREE_BYTES:
        yield note("free disk", f"only {size_in_words(free)}", "movierec cache clear --dry-run")
    else:
        yield ok("free disk", size_in_words(free))


def _library(name: str) -> Check:
    """Import a library that movierec needs."""
    try:
        module = _imported(name)
    except Exception as error:  # a broken installation raises anything
        if isinstance(error, ModuleNotFoundError) and error.name == name:
            return broken(name, "is not installed", f"pip install {name}")
        return failed(name, error, f"pip install --force-reinstall {name}")
    # The module names the build of torch, such as 2.13.0+cu130; its metadata may lack it.
    return ok(name, vars(module).get("__version__") or _installed_version(name))


def _cpu(torch: Any) -> Check:
    try:
        torch.ones(2).numpy()  # fails if torch was built for another numpy
    except RuntimeError as error:
        return failed("cpu", error, "pip install --force-reinstall torch numpy")
    return ok("cpu", f"{os.cpu_count()} processors; threads of torch: {torch.get_num_threads()}")


def _cuda(torch: Any) -> Check:
    with warnings.catch_warnings(record=True) as caught:  # of a driver that is too old
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if caught:
        return note("cuda", str(caught[0].message).partition("\n")[0])
    if not available:
        return ok("cuda", "none" if torch.version.cuda else "none; torch is built without it")
    names = [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())]
    return ok("cuda", ", ".join(names))


def _imported(name: str) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def _installed_version(name: str) -> str:
    """Return the version of an installed package; empty if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _folder(kind: str, folder: Path) -> Check:
    """Try to read the folder, and to write a temporary file where it is or would be made."""
    name = f"{kind} folder"
    try:
        with tempfile.TemporaryFile(dir=_nearest(folder)):
            pass
        list(_nearest(folder).iterdir())
        folder.exists()
    except OSError as error:
        fix = f"export MOVIEREC_{kind.upper()}_DIR=~/movierec/{kind}"
        return broken(name, f"{folder} cannot be used: {error.strerror or error}", fix)
    return ok(name, f"{folder}, {'writable' if folder.exists() else 'will be made'}")


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest one above that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if _is_there(path))


def _is_there(path: Path) -> bool:
    """Return whether there is a file or folder; one that cannot be looked at counts as none."""
    try:
        return exists(path)
    except PlaceError:
        return False
