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
    [b"", b"{", b"[]", b'{"format": "1"}', b"\0", b'{"format": 6, "name": "\xe9"}', b"[" * 100_000],
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
        ({"preset": "oracle"}, "preset"),
        ({"dataset": MANIFEST.dataset | {"users": 0}}, "dataset.users"),
        ({"split": {"holdout": "users", "split_seed": None}}, "split"),
        ({"split": {"holdout": "users", "split_seed": 2**32}}, "split.split_seed"),
        ({"config": [2]}, "config"),
        ({"training": {"epochs": [[[1]]]}}, "training"),
        ({"seconds": 10**400}, "seconds"),
        ({"epochs": [EPOCH | {"train": None}]}, r"epochs\[0\].train"),
        ({"evaluation": [RESULT | {"k": 0}]}, r"evaluation\[0\].k"),
        ({"evaluation": [RESULT, RESULT | {"metrics": {"ndcg": 0.5}}]}, "evaluation"),
        ({"film_ids": []}, "film_ids"),
        ({"film_ids": [10, 20, 20, 30]}, "film_ids"),
        ({"film_ids": [10, 20, 30, 10**400]}, r"film_ids\[3\]"),
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


@pytest.mark.parametrize("change", [{"film_ids": [10, 20, 30]}, {"kept_epoch": 99}], ids=str)
def test_a_manifest_of_another_run_is_refused(change: dict[str, Any], saved: Path) -> None:
    edit(saved, lambda manifest: manifest.update(change))
    with pytest.raises(IntegrityError, match="'mine' is damaged"):
        load_run("mine", saved.parent)


@pytest.mark.parametrize("step", [1, -1])
def test_another_format_is_refused_with_the_next_command(step: int, saved: Path) -> None:
    edit(saved, lambda manifest: manifest.update(format=store.FORMAT + step))
    with pytest.raises(DataError, match="another version of movierec") as caught:
        load_manifest("mine", saved.parent)
    assert (caught.value.exit_code, caught.value.hint) == (3, RETRAIN)


def test_another_format_is_named_even_where_nothing_else_is_known(saved: Path) -> None:
    (saved / "manifest.json").write_text(f'{{"format": {store.FORMAT + 1}}}')
    with pytest.raises(DataError, match="another version of movierec") as caught:
        load_manifest("mine", saved.parent)
    assert "remove" not in caught.value.hint
