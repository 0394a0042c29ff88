"""Libraries, devices and folders are examined; a broken one is a finding with its fix."""

import sys
import warnings
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.doctor import Check, exit_code, machine
from movierec_cli.core.paths import Paths
from tests.core.doctor.conftest import finding, found


def by_name(checks: Any) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_versions_are_those_of_the_imported_libraries() -> None:
    import torch

    checks = by_name(machine.versions())
    assert checks["torch"].detail == torch.__version__  # with its build, such as +cu130
    assert checks["numpy"].detail == np.__version__
    assert checks["python"].detail.endswith(".".join(map(str, sys.version_info[:3])))
    for name in ("pandas", "safetensors", "filelock", "typer", "rich"):
        assert checks[name].detail[0].isdigit()
    assert {check.state for check in checks.values()} == {"ok"}


def test_an_absent_extra_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_EXTRAS", {"plot": "numpy", "song": "movierec-no-such-package"})
    checks = by_name(machine.versions())
    assert checks["extra plot"].detail == f"numpy {np.__version__}"
    assert checks["extra song"].state == "ok"
    assert checks["extra song"].detail.endswith("pip install 'movierec[song]'")


@pytest.mark.parametrize(
    ("failure", "reason", "fix"),
    [
        (ModuleNotFoundError("", name="torch"), "is not installed", "pip install torch"),
        (
            OSError("libcudart.so.12: cannot\nand more"),
            "does not work: OSError: libcudart.so.12: cannot",
            "pip install --force-reinstall torch",
        ),
    ],
)
def test_a_library_that_cannot_be_imported_is_broken(
    failure: Exception, reason: str, fix: str, filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = machine.importlib.import_module

    def importing(wanted: str) -> ModuleType:
        if wanted == "torch":
            raise failure
        return real(wanted)

    monkeypatch.setattr(machine.importlib, "import_module", importing)
    checks = found(filled)
    assert finding(checks["torch"]) == ("broken", reason, fix)
    assert exit_code(checks.values()) == 3
    assert "cpu" not in checks
    assert checks["run mine"].state == "ok"  # it does not need torch


def fake_torch(numpy: Any = lambda: np.ones(2), available: Any = lambda: True) -> Any:
    """Return the part of torch that the doctor uses, with two graphics cards."""
    return SimpleNamespace(
        ones=lambda n: SimpleNamespace(numpy=numpy),
        get_num_threads=lambda: 3,
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)),
        version=SimpleNamespace(cuda="12.9"),
        cuda=SimpleNamespace(
            is_available=available,
            device_count=lambda: 2,
            get_device_name=lambda at: f"Card {at}",
        ),
    )


def devices(torch: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    monkeypatch.setattr(machine, "_imported", lambda name: torch)
    return by_name(machine.devices())


def test_devices_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = devices(fake_torch(), monkeypatch)
    assert checks["cpu"].detail.endswith("threads of torch: 3")
    assert checks["cuda"].detail == "Card 0, Card 1"
    assert checks["mps"].detail == "available"
    absent = devices(fake_torch(available=lambda: False), monkeypatch)
    assert finding(absent["cuda"]) == ("ok", "none", "")


def test_a_device_that_cannot_be_used_has_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_old() -> bool:
        warnings.warn("The driver is too old\nmore", stacklevel=1)
        return False

    def other_numpy() -> None:
        raise RuntimeError("Numpy is not available")

    checks = devices(fake_torch(numpy=other_numpy, available=too_old), monkeypatch)
    assert finding(checks["cuda"]) == ("note", "The driver is too old", "")
    assert finding(checks["cpu"])[::2] == (
        "broken", "pip install --force-reinstall torch numpy",
    )  # fmt: skip


def test_set_variables_are_named_without_their_values(paths: Paths) -> None:
    environ = {"MOVIEREC_HOME": "/secret", "MOVIEREC_DEBUG": "", "MOVIEREC_DATASET": "x", "PS1": ""}
    checks = by_name(machine.folders(paths, environ))
    assert checks["environment"].detail == "MOVIEREC_DATASET, MOVIEREC_HOME"


def test_a_folder_below_a_file_is_broken(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    paths = Paths(cache=tmp_path / "file" / "cache", data=tmp_path / "data")
    checks = by_name(machine.folders(paths, {}))
    state, detail, fix = finding(checks["cache folder"])
    assert (state, fix) == ("broken", "export MOVIEREC_CACHE_DIR=~/movierec/cache")
    assert "Not a directory" in detail
    assert checks["data folder"].state == "ok"
    assert not paths.data.exists()


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        (199_000_000, ("note", "only 199.0 MB", "movierec cache clear --dry-run")),
        (200_000_000, ("ok", "200.0 MB", "")),
    ],
)
def test_little_free_disk_is_a_note(
    free: int, expected: tuple[str, str, str], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert finding(by_name(machine.folders(paths, {}))["free disk"]) == expected
