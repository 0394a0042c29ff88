"""The machine: versions of what movierec stands on, and devices to compute on.

Packages are imported one by one, and what a broken one raises is a finding.
"""

import importlib
import os
import platform
import warnings
from collections.abc import Iterator
from importlib import metadata
from types import ModuleType
from typing import Any

from movierec_cli import __version__
from movierec_cli.core.doctor.check import Check, broken, fine, first_line, worth_knowing

_LIBRARIES = ("torch", "numpy", "pandas", "safetensors", "platformdirs")
_TERMINAL = ("typer", "rich")  # whoever reads this has them; only their version is looked up
_EXTRAS = {"plot": "matplotlib", "text": "sentence-transformers", "parquet": "pyarrow"}


def versions() -> Iterator[Check]:
    """Look at movierec, Python, the libraries and the extras."""
    yield fine("movierec", __version__)
    yield fine("python", f"{platform.python_implementation()} {platform.python_version()}")
    yield fine("platform", platform.platform())
    for name in _LIBRARIES:
        yield library(name)
    for name in _TERMINAL:
        yield fine(name, _version(name) or "unknown version")
    for extra, name in _EXTRAS.items():
        version = _version(name)
        absent = f"{name} is not installed; to have it: pip install 'movierec[{extra}]'"
        yield fine(f"extra {extra}", f"{name} {version}" if version else absent)


def library(name: str) -> Check:
    """Import a library that movierec needs."""
    try:
        _imported(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return broken(name, "is not installed", f"pip install {name}")
        return _not_importable(name, error)
    except Exception as error:  # a broken installation raises anything
        return _not_importable(name, error)
    return fine(name, _version(name) or "unknown version")


def devices() -> Iterator[Check]:
    """Look at what torch can compute on; nothing without torch, which `versions` tells."""
    try:
        torch: Any = _imported("torch")
    except Exception:  # a broken installation raises anything
        return
    yield _processor(torch)
    yield _cuda(torch)
    mps = getattr(torch.backends, "mps", None)
    yield fine("mps", "available" if mps and mps.is_available() else "none")


def _processor(torch: Any) -> Check:
    try:
        torch.ones(2).numpy()  # what a torch that was built for another numpy cannot do
    except RuntimeError as error:
        return _not_importable("cpu", error, "torch numpy")
    return fine("cpu", f"{os.cpu_count()} processors; threads of torch: {torch.get_num_threads()}")


def _cuda(torch: Any) -> Check:
    with warnings.catch_warnings(record=True) as caught:  # of a driver that is too old
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if caught:
        return worth_knowing("cuda", first_line(caught[0].message))
    if not available:
        return fine("cuda", "none" if torch.version.cuda else "none; torch is built without it")
    names = [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())]
    return fine("cuda", ", ".join(names))


def _imported(name: str) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def _version(name: str) -> str:
    """Return the version of an installed package; empty if it is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _not_importable(name: str, error: Exception, packages: str = "") -> Check:
    return broken(
        name,
        f"does not work: {type(error).__name__}: {first_line(error)}",
        f"pip install --force-reinstall {packages or name}",
    )
