"""The default data set: the environment beats the configuration, which beats ml-100k."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data import registry, store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.default import configure_dataset, configured_dataset, default_dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.paths import Paths


def test_without_a_choice_it_is_ml_100k(paths: Paths) -> None:
    assert default_dataset(paths, {}) == configured_dataset(paths) == "ml-100k"
    assert default_dataset(paths, {"MOVIEREC_DATASET": ""}) == "ml-100k"
    assert not paths.data.exists()


def test_a_configured_edition_is_kept_by_its_own_name(paths: Paths) -> None:
    assert configure_dataset("movielens-1m", paths) == "ml-1m"
    assert default_dataset(paths, {}) == "ml-1m"


def test_an_imported_data_set_can_be_the_default(small: Dataset, paths: Paths) -> None:
    store.save(replace(small, name="mine"), registry.imported_path("mine", paths))
    configure_dataset("mine", paths)
    assert default_dataset(paths, {}) == "mine"
    registry.remove_imported("mine", paths)
    with pytest.raises(UsageError, match="There is no data set 'mine'"):
        default_dataset(paths, {})


def test_the_environment_beats_the_configuration(paths: Paths) -> None:
    configure_dataset("ml-1m", paths)
    assert default_dataset(paths, {"MOVIEREC_DATASET": "ml20m"}) == "ml-20m"
    with pytest.raises(UsageError, match="There is no data set 'gone'"):
        default_dataset(paths, {"MOVIEREC_DATASET": "gone"})


def test_an_unknown_data_set_is_not_configured(paths: Paths) -> None:
    configure_dataset("ml-1m", paths)
    with pytest.raises(UsageError):
        configure_dataset("gone", paths)
    assert configured_dataset(paths) == "ml-1m"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"dataset": 3}', b"\xff"])
def test_a_damaged_configuration_is_refused_with_the_command_that_fixes_it(
    content: bytes, paths: Paths
) -> None:
    configure_dataset("ml-1m", paths)
    (paths.data / "config.json").write_bytes(content)
    with pytest.raises(IntegrityError, match=r"config\.json is damaged") as caught:
        default_dataset(paths, {})
    assert caught.value.hint == "Write it again with: movierec config dataset NAME"
    configure_dataset("ml-20m", paths)
    assert default_dataset(paths, {}) == "ml-20m"


def test_a_configuration_that_cannot_be_read_is_refused(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: Path) -> bytes:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    configure_dataset("ml-1m", paths)
    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(DataError, match=r"config\.json cannot be read: Permission denied"):
        configured_dataset(paths)
