"""Manifests that are damaged, foreign, newer or older are refused with the place."""

from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.runs import store
from movierec_cli.core.runs.manifest import Manifest
from movierec_cli.core.runs.store import load_manifest, load_run, save_run
from tests.core.runs.test_store import MANIFEST, RETRAIN, RUN, edit

EPOCH = MANIFEST.epochs[0]
RESULT = {"scenario": "fold-in", "k": 25, "users": 2, "left_out": 0, "metrics": {"map": 0.5}}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_run(RUN, tmp_path)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"null", b"[]", b'"text"', b"{}", b'{"format": "1"}', b'{"format": 0}', b"\0",
     b'{"format": 4, "name": "\xe9"}', b"[" * 100_000, b'{"name":' * 100_000],
)  # fmt: skip
def test_other_content_is_refused(text: bytes, saved: Path) -> None:
    (saved / "manifest.json").write_bytes(text)
    with pytest.raises(IntegrityError, match=r"'mine' is damaged: .*manifest\.json") as caught:
        load_manifest("mine", saved.parent)
    assert caught.value.exit_code == 5
    assert "movierec runs remove mine" in caught.value.hint


@pytest.mark.parametrize("field", [*Manifest.__dataclass_fields__, "weights"])
def test_a_missing_field_is_named(field: str, saved: Path) -> None:
    edit(saved, lambda manifest: manifest.pop(field))
    with pytest.raises(IntegrityError, match=f"`{field}`"):
        load_manifest("mine", saved.parent)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"model": ["dnn"]}, "model"),
        ({"dataset": MANIFEST.dataset | {"name": 3}}, "dataset.name"),
        ({"dataset": MANIFEST.dataset | {"users": 0}}, "dataset.users"),
        ({"split": 3}, "split"),
        ({"split": {"holdout": "users", "split_seed": None}}, "split"),
        ({"split": {"holdout": "u1", "split_seed": 705}}, "split"),
        ({"split": {"holdout": "users", "split_seed": 2**32}}, "split.split_seed"),
        ({"config": [2]}, "config"),
        ({"training": {"epochs": [[[1]]]}}, "training"),
        ({"inputs": {"title_vectors": 3}}, "inputs"),
        ({"versions": {"movierec": None}}, "versions"),
        ({"created": 2026}, "created"),
        ({"seconds": "1"}, "seconds"),
        ({"seconds": 10**400}, "seconds"),
        ({"epochs": [1]}, r"epochs\[0\]"),
        ({"epochs": [EPOCH | {"train": None}]}, r"epochs\[0\].train"),
        ({"epochs": [EPOCH | {"is_kept": "yes"}]}, r"epochs\[0\].is_kept"),
        ({"metrics": {"loss": "0.6"}}, "metrics"),
        ({"kept_epoch": True}, "kept_epoch"),
        ({"evaluation": [RESULT | {"k": 0}]}, r"evaluation\[0\].k"),
        ({"evaluation": [RESULT, RESULT | {"metrics": {"ndcg": 0.5}}]}, "evaluation"),
        ({"film_ids": 3}, "film_ids"),
        ({"film_ids": []}, "film_ids"),
        ({"film_ids": [10, 20, 20, 30]}, "film_ids"),
        ({"film_ids": [10, 20, 30, 40.5]}, r"film_ids\[3\]"),
        ({"film_ids": [10, 20, 30, 10**400]}, r"film_ids\[3\]"),
        ({"weights": None}, "weights"),
        ({"weights": {"file": "weights.safetensors", "sha256": "0", "bytes": 1}}, "weights.file"),
    ],
    ids=str,
)
def test_a_wrong_field_is_refused_with_its_place(
    change: dict[str, Any], place: str, saved: Path
) -> None:
    edit(saved, lambda manifest: manifest.update(change))
    with pytest.raises(IntegrityError, match=rf"`\$\.{place}"):
        load_manifest("mine", saved.parent)


@pytest.mark.parametrize(
    "change",
    [{"model": "oracle"}, {"preset": "oracle"}, {"name": "theirs"}, {"film_ids": [10, 20, 30]}],
    ids=str,
)
def test_a_manifest_of_another_run_is_refused(change: dict[str, Any], saved: Path) -> None:
    edit(saved, lambda manifest: manifest.update(change))
    with pytest.raises(IntegrityError, match="'mine' is damaged"):
        load_run("mine", saved.parent)


@pytest.mark.parametrize(
    ("step", "who", "hint"),
    [(1, "newer", "Update with: pip install --upgrade movierec"), (-1, "older", RETRAIN)],
)
def test_another_format_is_refused_with_the_next_command(
    step: int, who: str, hint: str, saved: Path
) -> None:
    edit(saved, lambda manifest: manifest.update(format=store.FORMAT + step))
    with pytest.raises(DataError, match=f"written by an? {who} movierec") as caught:
        load_manifest("mine", saved.parent)
    assert (caught.value.exit_code, caught.value.hint) == (3, hint)
