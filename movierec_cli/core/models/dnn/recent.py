"""Recent popularity as a component of the dnn, for the films of another day.

It is worth a quarter of NDCG@10 on MovieLens 100K, see docs/sequences.md.
"""

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.models.dnn.components import WITH_HISTORY, Component, whiten
from movierec_cli.core.models.ordered_baselines import recent_popularity


def recent_component(train: Dataset, n_features: int, weight: float) -> list[Component]:
    """Return the component that scores films by `recent_popularity`; none of weight 0."""
    if not weight:
        return []
    scores = recent_popularity(train).counts[:, None]  # [N, 1]
    component = Component(
        film_vectors=scores,
        history_vectors=np.zeros_like(scores),
        demographic_vectors=np.zeros((n_features, 1), np.float32),
        constant=np.ones(1, np.float32),
        weight=weight,
        gate=WITH_HISTORY,
    )
    return [whiten(component)]
