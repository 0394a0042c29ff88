"""The doctor finds what is wrong, names the command that fixes it, and breaks at nothing."""

import errno
import json
import os
import shutil
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.doctor import Check, State, examine, exit_code, machine, places
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import Profile, save_profile
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.store import Run, remove_run, save_run
from tests.conftest import SMALL
from tests.core.runs.test_store import MANIFEST, WEIGHTS
from tests.helpers import tiny_contents, write_zip


def found(paths: Paths, environ: dict[str, str] | None = None) -> dict[str, Check]:
    """Return what the doctor finds, by name."""
    return {check.name: check for check in examine(paths, environ or {})}


def finding(check: Check) -> tuple[str, str, str]:
    return str(check.state), check.detail, check.fix


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, in which everything of the test lies."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def filled(home: Path, tiny: dict[str, bytes], small: Dataset, paths: Paths) -> Paths:
    """Everything that can be there: both kinds of data, a run of made-up data, a profile."""
    registry.bring(write_zip(home / "mine.zip", tiny), paths)
    registry.load_dataset(SMALL, paths)
    save(small, paths)
    save_profile("ann", Profile("ml-100k", {1: 5.0, 2: 3.0}), paths.profiles)
    return paths


def save(dataset: Dataset, paths: Paths, **changed: Any) -> Path:
    trained_on = {"name": dataset.name, "checksum": dataset.checksum()}
    manifest = replace(MANIFEST, dataset={**MANIFEST.dataset, **trained_on}, **changed)
    return save_run(Run(manifest, WEIGHTS), paths.runs)


def test_where_all_is_well_there_is_nothing_to_do(filled: Paths) -> None:
    checks = examine(filled, {})
    assert [check for check in checks if check.state is not State.ok] == []
    assert exit_code(checks) == 0
    by_name = found(filled)
    assert by_name["archive ml-100k"].detail.startswith("verified, ")
    assert by_name[f"prepared {SMALL}"].detail.startswith("verified, ")
    assert by_name["run mine"].detail == f"dnn, original, {SMALL}"
    assert by_name["profile ann"].detail == "ml-100k, 2 ratings"
    assert by_name["leftovers"].detail == "none of interrupted work"


def test_where_nothing_is_yet_nothing_is_broken_and_the_next_commands_are_named(
    paths: Paths,
) -> None:
    by_name = found(paths)
    assert exit_code(by_name.values()) == 0
    assert finding(by_name["data ml-100k"]) == (
        "note", "is not downloaded yet", "movierec download",
    )  # fmt: skip
    assert finding(by_name["runs"]) == ("note", "none yet", "movierec train dnn")
    assert by_name["cache folder"].detail.endswith(", will be made")


def test_nothing_is_changed_by_looking(filled: Paths, home: Path) -> None:
    (filled.cache / ".ml-100k.zip.abcd1234.part").write_bytes(b"half")
    registry.parsed_path(SMALL, filled).write_bytes(b"damaged")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    examine(filled, {})
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_the_exit_code_is_that_of_the_worst() -> None:
    def check(code: int) -> Check:
        return Check("", State.broken, "", "", code)

    assert exit_code([]) == 0
    assert exit_code([check(0), check(3)]) == 3
    assert exit_code([check(5), check(3)]) == 5
    assert exit_code([check(3), check(5)]) == 5


def test_versions_are_told(paths: Paths) -> None:
    by_name = found(paths)
    import torch

    # a build for CUDA calls itself 2.13.0+cu130, its metadata 2.13.0
    assert torch.__version__.startswith(by_name["torch"].detail.partition("+")[0])
    assert by_name["numpy"].detail == np.__version__
    python = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    assert by_name["python"].detail.endswith(f" {python}")
    for name in ("movierec", "platform", "pandas", "typer", "rich", "safetensors", "cpu"):
        assert by_name[name].state is State.ok, name
        assert by_name[name].detail


def test_an_extra_that_is_not_installed_is_told_with_how_to_have_it(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_EXTRAS", {"plot": "numpy", "song": "movierec-no-such-package"})
    by_name = found(paths)
    assert by_name["extra plot"].detail == f"numpy {np.__version__}"
    assert by_name["extra song"].state is State.ok
    assert by_name["extra song"].detail == (
        "movierec-no-such-package is not installed; to have it: pip install 'movierec[song]'"
    )


def broken_import(name: str, failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the import of a library fail."""
    real = machine.importlib.import_module

    def importing(wanted: str) -> ModuleType:
        if wanted == name:
            raise failure
        return real(wanted)

    monkeypatch.setattr(machine.importlib, "import_module", importing)


@pytest.mark.parametrize(
    ("failure", "detail", "fix"),
    [
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            "is not installed",
            "pip install torch",
        ),
        (
            ModuleNotFoundError("No module named 'sympy'", name="sympy"),
            "does not work: ModuleNotFoundError: No module named 'sympy'",
            "pip install --force-reinstall torch",
        ),
        (
            OSError("libcudart.so.12: cannot open shared object file\nand more"),
            "does not work: OSError: libcudart.so.12: cannot open shared object file",
            "pip install --force-reinstall torch",
        ),
    ],
)
def test_a_torch_that_cannot_be_imported_is_a_finding(
    failure: Exception, detail: str, fix: str, filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_import("torch", failure, monkeypatch)
    by_name = found(filled)
    assert finding(by_name["torch"]) == ("broken", detail, fix)
    assert exit_code(by_name.values()) == 3
    assert "cpu" not in by_name
    assert by_name["run mine"].state is State.ok  # which needs no torch


def test_a_pandas_that_cannot_be_imported_is_a_finding(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_import("pandas", ImportError("numpy.dtype size changed"), monkeypatch)
    assert finding(found(paths)["pandas"]) == (
        "broken",
        "does not work: ImportError: numpy.dtype size changed",
        "pip install --force-reinstall pandas",
    )


def test_what_cannot_be_looked_at_does_not_hide_the_rest(
    filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_import("numpy", OSError("torn"), monkeypatch)
    monkeypatch.setitem(sys.modules, "movierec_cli.core.data.cache", None)  # which reads with it
    by_name = found(filled)
    assert by_name["data and runs"].state is State.broken
    assert "ModuleNotFoundError" in by_name["data and runs"].detail
    assert by_name["data and runs"].fix == by_name["numpy"].fix
    assert by_name["leftovers"].state is State.ok
    assert exit_code(by_name.values()) == 3


def a_torch(**changed: Any) -> Any:
    """Return what the doctor asks of torch."""
    cuda = {"is_available": lambda: True, "device_count": lambda: 2} | changed
    return SimpleNamespace(
        ones=np.ones,
        get_num_threads=lambda: 3,
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)),
        version=SimpleNamespace(cuda="12.9"),
        cuda=SimpleNamespace(get_device_name=lambda at: f"Card {at}", **cuda),
    )


def devices(torch: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    monkeypatch.setattr(machine, "_imported", lambda name: torch)
    return {check.name: check for check in machine.devices()}


def test_devices_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = a_torch()
    torch.ones = lambda n: SimpleNamespace(numpy=lambda: np.ones(n))
    by_name = devices(torch, monkeypatch)
    assert by_name["cpu"].detail.endswith(" processors; threads of torch: 3")
    assert by_name["cuda"].detail == "Card 0, Card 1"
    assert by_name["mps"].detail == "available"


def test_a_card_that_cannot_be_used_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_old() -> bool:
        warnings.warn("The NVIDIA driver on your system is too old\nmore", stacklevel=1)
        return False

    torch = a_torch(is_available=too_old)
    torch.ones = lambda n: SimpleNamespace(numpy=lambda: np.ones(n))
    assert finding(devices(torch, monkeypatch)["cuda"]) == (
        "note", "The NVIDIA driver on your system is too old", "",
    )  # fmt: skip


def test_a_torch_that_was_built_for_another_numpy_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def numpy() -> None:
        raise RuntimeError("Numpy is not available")

    torch = a_torch()
    torch.ones = lambda n: SimpleNamespace(numpy=numpy)
    assert finding(devices(torch, monkeypatch)["cpu"]) == (
        "broken",
        "does not work: RuntimeError: Numpy is not available",
        "pip install --force-reinstall torch numpy",
    )


def test_variables_that_are_set_are_named_without_their_values(paths: Paths) -> None:
    environ = {"MOVIEREC_HOME": "/secret", "MOVIEREC_DEBUG": "", "MOVIEREC_DATASET": "x", "PS1": ""}
    assert found(paths, environ)["environment"].detail == "MOVIEREC_DATASET, MOVIEREC_HOME"
    assert found(paths)["environment"].detail == "no variable of movierec is set"


def test_a_folder_below_a_file_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    by_name = found(Paths(cache=tmp_path / "file" / "cache", data=tmp_path / "data"))
    state, detail, fix = finding(by_name["cache folder"])
    assert (state, fix) == ("broken", "export MOVIEREC_HOME=~/movierec")
    assert detail.endswith("cannot be written to: Not a directory")
    assert by_name["data folder"].state is State.ok
    assert exit_code(by_name.values()) == 3


def test_a_cache_that_cannot_be_read_does_not_hide_the_runs(filled: Paths) -> None:
    shutil.rmtree(filled.cache)
    filled.cache.write_bytes(b"no folder")
    by_name = found(filled)
    assert finding(by_name["cached data"]) == (
        "broken",
        "Cannot read ~/home/cache: Not a directory.",
        "export MOVIEREC_HOME=~/movierec",
    )
    assert by_name["run mine"].detail == f"is whole, but {SMALL} is not here to compare with"
    assert exit_code(by_name.values()) == 3


def test_a_read_only_folder_is_broken(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(**_: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(places.tempfile, "TemporaryFile", read_only)
    for name in ("cache folder", "data folder"):
        state, detail, _ = finding(found(paths)[name])
        assert state == "broken"
        assert detail.endswith("cannot be written to: Read-only file system")


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        (199_000_000, ("note", "only 199.0 MB", "movierec cache clear --dry-run")),
        (200_000_000, ("ok", "200.0 MB", "")),
    ],
)
def test_little_free_disk_is_worth_knowing(
    free: int, expected: tuple[str, str, str], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert finding(found(paths)["free disk"]) == expected


def test_damaged_data_is_an_integrity_failure(filled: Paths) -> None:
    write_zip(filled.cache / "ml-100k.zip", tiny_contents(u_user=b""))
    by_name = found(filled)
    assert finding(by_name["archive ml-100k"]) == (
        "broken",
        "ml-100k.zip: not the files of MovieLens 100K: u.user.",
        "movierec download --force",
    )
    assert exit_code(by_name.values()) == 5


RETRAIN = f"movierec train dnn --preset original --epochs 1 --name mine --dataset {SMALL}"


def test_a_run_with_damaged_weights_is_trained_again(filled: Paths) -> None:
    (weights,) = (filled.runs / "mine").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])
    by_name = found(filled)
    state, detail, fix = finding(by_name["run mine"])
    assert (state, fix) == ("broken", RETRAIN)
    assert detail.endswith("its checksum differs.")
    assert "~/home/data/runs/mine/weights-" in detail
    assert exit_code(by_name.values()) == 5


def test_a_run_with_a_damaged_manifest_is_removed(filled: Paths) -> None:
    (filled.runs / "mine" / "manifest.json").write_bytes(b"{")
    by_name = found(filled)
    assert by_name["run mine"].fix == "movierec runs remove mine"
    assert exit_code(by_name.values()) == 5
    remove_run("mine", filled.runs)
    assert exit_code(examine(filled, {})) == 0


def test_a_run_of_a_newer_movierec_asks_for_an_update(filled: Paths) -> None:
    path = filled.runs / "mine" / "manifest.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"format": runs.FORMAT + 1}))
    by_name = found(filled)
    assert finding(by_name["run mine"]) == (
        "broken",
        "The run 'mine' was written by a newer movierec.",
        "pip install --upgrade movierec",
    )
    assert exit_code(by_name.values()) == 3


def test_a_run_of_other_data_is_trained_again_on_the_same_split(
    filled: Paths, small: Dataset
) -> None:
    other = replace(small, genres=(*small.genres[:-1], "Eastern"))
    save(
        other, filled, split={"holdout": "ua", "split_seed": None}, training={"seed": 3}, name="ua"
    )
    by_name = found(filled)
    assert finding(by_name["run ua"]) == (
        "broken",
        f"was trained on other data than the {SMALL} here",
        f"movierec train dnn --preset original --holdout ua --seed 3 --name ua --dataset {SMALL}",
    )
    assert exit_code(by_name.values()) == 3


@pytest.mark.parametrize(
    ("dataset", "fix"), [("ml-100k", "movierec download"), ("synthetic-99x99x2000", "")]
)
def test_a_run_whose_data_is_not_here_is_no_failure(
    dataset: str, fix: str, paths: Paths, small: Dataset
) -> None:
    save(replace(small, name=dataset), paths)
    by_name = found(paths)
    assert finding(by_name["run mine"]) == (
        "note", f"is whole, but {dataset} is not here to compare with", fix,
    )  # fmt: skip
    assert exit_code(by_name.values()) == 0


def test_a_damaged_profile_is_removed(filled: Paths) -> None:
    (filled.profiles / "ann.json").write_bytes(b"{")
    by_name = found(filled)
    assert by_name["profile ann"].fix == "movierec profiles remove ann"
    assert exit_code(by_name.values()) == 5


def test_a_foreign_folder_or_file_is_no_failure(filled: Paths) -> None:
    shutil.copytree(filled.runs / "mine", filled.runs / "a b")
    (filled.profiles / "a b.json").write_bytes(b"{}")
    by_name = found(filled)
    assert by_name["run a b"].state is by_name["profile a b"].state is State.note
    assert exit_code(by_name.values()) == 0
