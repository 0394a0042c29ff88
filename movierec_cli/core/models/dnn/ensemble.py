"""Building the one space of the dnn from parts that were trained or solved apart.

A part says how a user vector comes from the history, the demographics and a constant, and what
the film vectors are. Parts are turned so that their scores are comparable, and concatenated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.models.dnn.model import WITH_HISTORY, WITHOUT_HISTORY

__all__ = ["WITHOUT_HISTORY", "WITH_HISTORY", "Part", "concatenate", "scale_films", "whiten"]

_SMALLEST_VARIANCE = 1e-7  # relative to the largest; directions below carry nothing


@dataclass(frozen=True, eq=False)
class Part:
    """A way from what is known of a user to scores; d is its width, K the demographic features.

    Attributes
    ----------
    films
        [n_films, d], the searched vectors.
    history
        [n_films, d], what a film in the history adds to the user vector.
    demographics
        [K, d], what a demographic feature adds.
    constant
        [d], what every user has.
    weight
        How much the part counts.
    gate
        When it speaks: `WITH_HISTORY` or `WITHOUT_HISTORY`.
    """

    films: FloatArray
    history: FloatArray
    demographics: FloatArray
    constant: FloatArray
    weight: float
    gate: int


def whiten(part: Part) -> Part:
    """Turn and scale a part so that a user vector of length 1 gives scores of deviation 1.

    The scores of a user keep their differences: film vectors are centered and whitened, and the
    user's side is multiplied with the inverse.
    """
    films = torch.from_numpy(part.films).double()
    centered = films - films.mean(dim=0)
    variance, rotation = torch.linalg.eigh(centered.T @ centered / (len(centered) - 1))
    deviation = variance.clamp(min=float(variance.max()) * _SMALLEST_VARIANCE).sqrt()
    back = (rotation * deviation).float()  # [d, d]

    def on_user_side(array: FloatArray) -> FloatArray:
        turned: FloatArray = (torch.from_numpy(array) @ back).numpy()
        return turned

    return Part(
        films=(centered @ (rotation / deviation)).float().numpy(),
        history=on_user_side(part.history),
        demographics=on_user_side(part.demographics),
        constant=on_user_side(part.constant),
        weight=part.weight,
        gate=part.gate,
    )


def scale_films(part: Part, scales: FloatArray) -> Part:
    """Multiply the vector of each film with its of ``scales`` [n_films]."""
    return replace(part, films=part.films * scales[:, None])


def concatenate(parts: Sequence[Part]) -> dict[str, FloatArray]:
    """Return the weights of a `Dnn` that scores with all parts; D is the sum of their widths."""
    return {
        "film_vectors": np.hstack([part.films for part in parts]),
        "history": np.hstack([part.history for part in parts]),
        "demographics": np.hstack([part.demographics for part in parts]),
        "constant": np.hstack([part.constant for part in parts]),
        "part_sizes": np.array([part.films.shape[1] for part in parts], np.float32),
        "part_weights": np.array([part.weight for part in parts], np.float32),
        "part_gates": np.array([part.gate for part in parts], np.float32),
    }
