"""The metrics of each user, for means over groups of users and for tests of differences."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Ids
from movierec_cli.core.evaluation.metrics import METRICS, FloatVector


@dataclass(frozen=True, eq=False)
class PerUser:
    """Sums of the metrics of each user; a metric is a sum over users / a count over users.

    ``rmse`` has the sums of ``mse``: its mean is the root of theirs.

    Attributes
    ----------
    ids
        [n_users] the ids of the users in the data set.
    sums
        Metric -> [n_users]: the value of the user's list, or the sum over the user's targets;
        without the metrics that the model cannot give.
    counts
        ``ranking`` -> [n_users] 1 for a user with a relevant film, else 0; ``rating`` -> [n_users]
        the number of the user's targets.
    """

    ids: Ids
    sums: Mapping[str, FloatVector]
    counts: Mapping[str, FloatVector]

    def means(self, mask: NDArray[np.bool_] | None = None) -> dict[str, float | None]:
        """Return every metric over the users of a mask [n_users], by default over all.

        A metric is ``None`` where the model cannot give it or no user counts.
        """
        return {name: self._mean(name, mask) for name in METRICS}

    def _mean(self, name: str, mask: NDArray[np.bool_] | None) -> float | None:
        counts = self.counts[METRICS[name].kind]
        chosen = np.ones(len(counts), np.bool_) if mask is None else mask
        total = float(counts[chosen].sum())
        if name not in self.sums or total == 0:
            return None
        mean = float(self.sums[name][chosen].sum()) / total
        return mean**0.5 if name == "rmse" else mean


def pooled(parts: "list[PerUser]") -> PerUser:
    """Add the sums and counts of several splits; a user of two splits stays one user."""
    ids, rows = np.unique(np.concatenate([part.ids for part in parts]), return_inverse=True)

    def added(vectors: list[FloatVector]) -> FloatVector:
        return np.bincount(rows, weights=np.concatenate(vectors), minlength=len(ids)).astype(
            np.float64
        )

    first = parts[0]
    return PerUser(
        ids,
        {name: added([part.sums[name] for part in parts]) for name in first.sums},
        {kind: added([part.counts[kind] for part in parts]) for kind in first.counts},
    )
