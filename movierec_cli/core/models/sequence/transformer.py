"""The causal transformer's score of the next film, in numpy alone; `network` trains it.

A pre-norm transformer over the places of a window of films f_1 .. f_n. With E [N, d] the film
vectors and P the vectors of the places:

    x_t  = scale * E[f_t] + P[t]
    x_t += attention(norm(x))_t          softmax(q k' / sqrt(d / heads)) v over the places up to t
    x_t += gelu(norm(x_t) A + a) B + b   both in each block
    score = norm(x_n) E' + bias          of the films that come next

Notation: W windows, L places, Q places whose states are wanted, d width, N films.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.models.base import Shapes

TRANSFORMER_SHAPES: Shapes = {
    "film_vectors": ("ranked", "d"),
    "film_bias": ("ranked",),
    "places": ("window", "d"),
    "attention_norm": ("blocks", 2, "d"),
    "attention_in": ("blocks", "d+1", "3d"),
    "attention_out": ("blocks", "d+1", "d"),
    "forward_norm": ("blocks", 2, "d"),
    "forward_in": ("blocks", "d+1", "d"),
    "forward_out": ("blocks", "d+1", "d"),
    "norm": (2, "d"),
    "heads": (1,),
    "input_scale": (1,),
}
"""The arrays of the transformer; the last row of a layer is its constant."""

_AT_ONCE = 64  # windows, sorted by length

Weights = Mapping[str, FloatArray]


def next_film_scores(
    weights: Weights, windows: NDArray[np.int64], lengths: NDArray[np.int64]
) -> FloatArray:
    """Score all films after the last of each window, [W, L] film rows -> [W, N].

    Only the first ``lengths`` [W] places of a window are films, at least one.
    """
    scores = np.empty((len(windows), len(weights["film_vectors"])), np.float32)
    by_length = np.argsort(lengths, kind="stable")
    for start in range(0, len(windows), _AT_ONCE):
        at = by_length[start : start + _AT_ONCE]
        states = _last_states(weights, windows[at, : lengths[at].max()], lengths[at])
        scores[at] = states @ weights["film_vectors"].T + weights["film_bias"]
    return scores


def _last_states(
    weights: Weights, windows: NDArray[np.int64], lengths: NDArray[np.int64]
) -> FloatArray:
    """Return the states of the last films, [W, d]."""
    places = np.arange(windows.shape[1])
    x = weights["input_scale"] * weights["film_vectors"][windows] + weights["places"][places]
    last = (np.arange(len(windows)), lengths - 1)
    n_blocks = len(weights["attention_in"])
    for block in range(n_blocks - 1):
        x = _block(weights, block, x, x, places <= places[:, None])
    # the last block needs only the last places
    x = _block(weights, n_blocks - 1, x[last][:, None], x, places < lengths[:, None, None, None])
    return _normalized(x[:, 0], weights["norm"])


def _block(
    weights: Weights, block: int, x: FloatArray, context: FloatArray, visible: NDArray[np.bool_]
) -> FloatArray:
    """Return the next states of places x [W, Q, d] that attend to those of a context [W, L, d]."""
    width, heads = x.shape[-1], int(weights["heads"][0])
    layer = weights["attention_in"][block]
    norm = weights["attention_norm"][block]

    def by_head(values: FloatArray) -> FloatArray:
        return values.reshape(*values.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    query = by_head(_linear(_normalized(x, norm), layer[:, :width]))  # [W, heads, Q, d / heads]
    pairs = _linear(_normalized(context, norm), layer[:, width:])
    key, value = by_head(pairs[..., :width]), by_head(pairs[..., width:])
    logits = query @ key.swapaxes(2, 3) / np.float32((width / heads) ** 0.5)  # [W, heads, Q, L]
    logits = np.where(visible, logits, np.float32(-np.inf))
    attention = np.exp(logits - logits.max(axis=-1, keepdims=True))
    attention /= attention.sum(axis=-1, keepdims=True)
    attended = (attention @ value).transpose(0, 2, 1, 3).reshape(x.shape)
    x = x + _linear(attended, weights["attention_out"][block])
    hidden = _gelu(
        _linear(_normalized(x, weights["forward_norm"][block]), weights["forward_in"][block])
    )
    return np.asarray(x + _linear(hidden, weights["forward_out"][block]))


def _linear(x: FloatArray, layer: FloatArray) -> FloatArray:
    return np.asarray(x @ layer[:-1] + layer[-1])


def _normalized(x: FloatArray, norm: FloatArray) -> FloatArray:
    """Return x with mean 0 and variance 1 over its last axis, times a gain, plus a constant."""
    centered = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(np.square(centered).mean(axis=-1, keepdims=True) + 1e-5)
    return np.asarray(centered / deviation * norm[0] + norm[1])


def _gelu(x: FloatArray) -> FloatArray:
    """Return x times the normal distribution function of x, by Hendrycks and Gimpel (2016)."""
    # the powers as products: a power takes ten times as long
    inner = np.float32(0.7978846) * x * (1 + np.float32(0.044715) * x * x)
    return np.asarray(np.float32(0.5) * x * (1 + np.tanh(inner)))
