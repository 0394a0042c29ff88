"""Vectors for titles: the same on every machine, and close for similar titles."""

import os
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from movierec_cli.core.models.original.title_vectors import (
    HASHED,
    SENTENCE_MODEL,
    hashed_ngrams,
    title_vectors,
)

TITLES = ["Paper Boat (1995)", "Paper Boats (1999)", "Iron Comet (1950)", "Élan vital"]


@pytest.fixture
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)


def put_encoder(monkeypatch: pytest.MonkeyPatch, encoder: object) -> None:
    """Make ``from sentence_transformers import SentenceTransformer`` give ``encoder``."""
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = encoder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


def test_without_the_extra_titles_are_hashed(no_encoder: None) -> None:
    vectors, source = title_vectors(TITLES)
    assert source == HASHED
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_similar_titles_have_similar_vectors() -> None:
    vectors = hashed_ngrams(["paper boat", "paper boats", "iron comet", "PAPER BOAT", "páper boat"])
    similarity = vectors @ vectors.T
    assert similarity[0, 1] > 0.7
    assert abs(similarity[0, 2]) < 0.3
    assert similarity[0, 3:] == pytest.approx(1.0)


def test_the_year_is_ignored(no_encoder: None) -> None:
    vectors, _ = title_vectors(["Paper Boat (1995)", "Paper Boat (1950)", "Paper Boat"])
    assert vectors[0].tolist() == vectors[1].tolist() == vectors[2].tolist()


def test_an_empty_title_has_a_finite_vector() -> None:
    assert np.isfinite(hashed_ngrams(["", "x"])).all()
    assert hashed_ngrams([]).shape == (0, 384)


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_hashes_are_the_same_in_every_process(seed: str) -> None:
    code = (
        "import sys, movierec_cli.core.models.original.title_vectors as t;"
        "sys.stdout.buffer.write(t.hashed_ngrams(['Paper Boat', 'Iron Comet']).tobytes())"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, stdout=-1, check=True)
    assert done.stdout == hashed_ngrams(["Paper Boat", "Iron Comet"]).tobytes()


def test_with_the_extra_the_sentence_model_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    class Encoder:
        def __init__(self, name: str) -> None:
            calls.append(name)

        def encode(self, sentences: list[str]) -> np.ndarray:
            calls.append(sentences)
            return np.arange(len(sentences) * 384, dtype=np.float64).reshape(-1, 384)

    put_encoder(monkeypatch, Encoder)
    vectors, source = title_vectors(TITLES[:2])
    assert source == SENTENCE_MODEL == "all-MiniLM-L12-v2"
    assert calls == ["all-MiniLM-L12-v2", ["Paper Boat", "Paper Boats"]]
    assert vectors.dtype == np.float32
    assert vectors[1, 0] == 384


@pytest.mark.parametrize("failure", [OSError, ValueError])
def test_without_the_weights_of_the_sentence_model_titles_are_hashed(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def encoder(name: str) -> None:
        raise failure(name)

    put_encoder(monkeypatch, encoder)
    vectors, source = title_vectors(TITLES)
    assert source == HASHED
    assert vectors.shape == (4, 384)
