"""Vectors for titles: close for similar titles, from the sentence model where there is one."""

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


def put_encoder(monkeypatch: pytest.MonkeyPatch, encoder: object) -> None:
    """Make ``from sentence_transformers import SentenceTransformer`` give ``encoder``."""
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = encoder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


@pytest.mark.parametrize("failure", [ImportError, OSError, ValueError])
def test_without_the_sentence_model_titles_without_their_year_are_hashed(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def encoder(name: str) -> None:
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


def test_with_the_extra_the_sentence_model_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Encoder:
        def __init__(self, name: str) -> None:
            assert name == SENTENCE_MODEL

        def encode(self, sentences: list[str]) -> np.ndarray:
            assert sentences == ["Paper Boat", "Paper Boats"]
            return np.arange(len(sentences) * 384, dtype=np.float64).reshape(-1, 384)

    put_encoder(monkeypatch, Encoder)
    vectors, source = title_vectors(["Paper Boat (1995)", "Paper Boats (1999)"])
    assert source == SENTENCE_MODEL
    assert vectors.dtype == np.float32
    assert vectors[1, 0] == 384
