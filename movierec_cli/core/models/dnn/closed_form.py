"""Closed-form components of the dnn: item-item and cold start.

Notation: U training users, N films, K demographic features D [U, K], sparse histories X [U, N]
weighted by rating, and the inputs Z = [X / sqrt(n), s D] [U, N + K] with n ratings of a user.
No matrix of size U x N or N x N is formed: the solutions are held by `operators` and
`inverses`. Processes share the users, as rows of X, Z and D, if these are many.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray, Histories
from movierec_cli.core.models.dnn.components import (
    COLD_START,
    COMPONENT_ARRAYS,
    WITH_HISTORY,
    Component,
    scale_films,
    whiten,
)
from movierec_cli.core.models.dnn.config import (
    ColdStartConfig,
    DnnConfig,
    ItemItemConfig,
    TemporalConfig,
)
from movierec_cli.core.models.dnn.memory import temporal_head
from movierec_cli.core.models.dnn.model import history_shares, history_weights
from movierec_cli.core.models.dnn.steps import PRODUCTS, Steps
from movierec_cli.core.models.dnn.temporal import binned_histories, random_shifts
from movierec_cli.core.models.features import (
    centered_demographics,
    demographic_mean,
    sparse_history,
)
from movierec_cli.core.models.gram import add_lower_gram
from movierec_cli.core.models.inverses import (
    HEAD,
    GramInverse,
    Inverse,
    has_few_rows,
    most_frequent,
    penalized_inverse,
)
from movierec_cli.core.models.linear import ridge
from movierec_cli.core.models.operators import (
    LinearMap,
    ease_map,
    has_few_scores,
    principal_directions,
    ridge_map,
    weighted_sum,
)
from movierec_cli.core.models.shared_rows import SharedRows
from movierec_cli.core.parallel.group import ALONE, group
from movierec_cli.core.progress import SILENT, Progress

_SAMPLE = 200  # users whose scores scale the solutions and the films


@dataclass(frozen=True, eq=False)
class ClosedFormFit:
    """The closed-form components."""

    item_item: Component
    cold_start: Component
    demographic_mean: FloatArray  # [K], subtracted from the demographic features
    film_scales: FloatArray  # [N], of the film vectors of components that read a history

    def arrays(self) -> dict[str, FloatArray]:
        """Return everything but the weights, which are those of the configuration."""
        return {
            "demographic_mean": self.demographic_mean,
            "film_scales": self.film_scales,
            **{f"item_item.{name}": array for name, array in self.item_item.arrays().items()},
            **{f"cold_start.{name}": array for name, array in self.cold_start.arrays().items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, FloatArray], config: DnnConfig) -> "ClosedFormFit":
        """Return the fit of these `arrays`."""

        def component(name: str, weight: float, gate: int) -> Component:
            parts = {part: arrays[f"{name}.{part}"] for part in COMPONENT_ARRAYS}
            return Component(**parts, weight=weight, gate=gate)

        return cls(
            item_item=component("item_item", config.item_item.weight, WITH_HISTORY),
            cold_start=component("cold_start", config.cold_start.weight, COLD_START),
            demographic_mean=arrays["demographic_mean"],
            film_scales=arrays["film_scales"],
        )


@dataclass(frozen=True, eq=False)
class _Inputs:
    """The training users, as matrices."""

    histories: Histories  # of the users of this process
    weighted: SharedRows  # X
    demographics: FloatArray  # D of the users of this process
    scale: np.float32  # s
    joined: SharedRows  # Z
    sample: FloatArray  # the histories among Z' of some users, [N + K, sample]
    head: int  # films that the solutions are exact for


def fit_closed_form(
    train: Dataset, config: DnnConfig, seed: int, head: int = HEAD, progress: Progress = SILENT
) -> ClosedFormFit:
    """Fit the item-item and the cold-start component to the ratings of ``train``.

    The solutions are exact for up to ``head`` films, see `memory.exactness`. Data without times
    has no temporal co-occurrence. The ``seed`` starts the search for principal directions and the
    sampling. Long work tells its ``progress``.
    """
    rows = np.flatnonzero(train.histories.counts)
    users = train.users.take(rows)
    mean = demographic_mean(users, len(train.occupations))
    inputs = _inputs(train, rows, centered_demographics(users, mean), config, head)
    most = head + inputs.demographics.shape[1]  # columns of Z: the demographics are dense
    n_exact = min(most, *inputs.joined.shape)
    few_scores = has_few_scores(inputs.joined.n_rows, inputs.joined.group)
    steps = Steps.of(inputs.histories.counts, n_exact, PRODUCTS[few_scores], progress)
    inverse = penalized_inverse(inputs.joined, config.item_item.ridge.regularization, most, seed)
    steps.solved()
    part = config.item_item
    if not train.has_times:
        part = replace(part, temporal=replace(part.temporal, weight=0.0))
    item_item, scales = _item_item(inputs, inverse, part, seed, steps)
    return ClosedFormFit(
        item_item=item_item,
        cold_start=whiten(_cold_start(inputs, inverse, config.cold_start)),
        demographic_mean=mean,
        film_scales=scales,
    )


def _inputs(
    train: Dataset,
    rows: NDArray[np.int64],
    demographics: FloatArray,
    config: DnnConfig,
    head: int,
) -> _Inputs:
    """Return the inputs of the users at ``rows`` of this process, with D of all."""
    # the mean length of s D is the root of ``demographic_share``
    length = float(np.linalg.norm(demographics, axis=1).mean())
    scale = np.float32(config.item_item.ridge.demographic_share**0.5 / max(length, 1e-6))
    n_users, n_films = len(rows), len(train.films)

    def shares(users: slice) -> sparse.csr_array:
        """Return Z without D."""
        histories = train.histories.take(rows[users])
        return sparse_history(histories, n_films, history_shares(histories, config.rating_weights))

    processes = ALONE if has_few_rows(n_users, n_films + demographics.shape[1]) else group()
    own = processes.share(n_users)
    histories = train.histories.take(rows[own])
    weighted = sparse_history(histories, n_films, history_weights(histories, config.rating_weights))
    joined = sparse.hstack([shares(own), sparse.csr_array(scale * demographics[own])], "csr")
    sample = shares(slice(_SAMPLE)).toarray().T
    return _Inputs(
        histories=histories,
        weighted=SharedRows.of(weighted, processes),
        demographics=demographics[own],
        scale=scale,
        joined=SharedRows.of(joined, processes),
        sample=np.pad(sample, ((0, demographics.shape[1]), (0, 0))),
        head=head,
    )


def _item_item(
    inputs: _Inputs, inverse: Inverse, config: ItemItemConfig, seed: int, steps: Steps
) -> tuple[Component, FloatArray]:
    """Return the item-item component, and the scales of the films [N].

    It is the sum W [N + K, N] of the solutions in the principal directions F [N, R] of the scores
    Z W [U, N] of the training users.
    """
    n_films = inputs.weighted.shape[1]
    total, spread = _sum_of_solutions(inputs, inverse, config, seed, steps)
    scores = LinearMap(
        lambda vectors: inputs.joined @ total.matmul(vectors),
        lambda vectors: total.transposed_matmul(inputs.joined.T @ vectors),
    )
    shape = (inputs.joined.n_rows, n_films)
    directions = principal_directions(scores, shape, config.rank, seed, inputs.joined.group)
    of_films, of_demographics = np.split(total.matmul(directions), [n_films])
    component = Component(
        film_vectors=directions,
        history_vectors=of_films,
        demographic_vectors=of_demographics * inputs.scale,
        constant=np.zeros(directions.shape[1], np.float32),
        weight=config.weight,
        gate=WITH_HISTORY,
    )
    scales = film_scales(spread, config.spread_power)
    return scale_films(whiten(component), scales), scales


def _sum_of_solutions(
    inputs: _Inputs, inverse: Inverse, config: ItemItemConfig, seed: int, steps: Steps
) -> tuple[LinearMap, FloatArray]:
    """Return the weighted sum W [N + K, N] of EASE, EASE on temporal co-occurrence and the ridge.

    Each is divided by the standard deviation of its scores: that between films, the mean over the
    histories of a sample of users. Also returns the deviation of the summed scores between these
    users, [N].
    """
    n_films, n_inputs = inputs.weighted.shape[1], inputs.joined.shape[1]
    input_weights = np.ones((n_inputs, 1), np.float32)
    input_weights[n_films:] = config.ridge.demographic_weight

    def normalized(weight: float, solution: LinearMap) -> tuple[float, LinearMap]:
        scores = solution.transposed_matmul(inputs.sample)  # [N, sample]
        return weight / max(float(scores.std(axis=0).mean()), 1e-6), solution

    of_weighted = penalized_inverse(inputs.weighted, config.ease.regularization, inputs.head, seed)
    steps.solved()
    solutions = [
        normalized(config.ease.weight, ease_map(of_weighted, n_inputs)),
        normalized(1.0, ridge_map(inverse, inputs.weighted)),
    ]
    if config.temporal.weight:
        of_binned = _temporal_inverse(inputs, config.temporal, seed)
        steps.solved()
        solutions.append(normalized(config.temporal.weight, ease_map(of_binned, n_inputs)))
    total = steps.counting(weighted_sum(solutions, input_weights))
    return total, total.transposed_matmul(inputs.sample).std(axis=1)


def _temporal_inverse(inputs: _Inputs, config: TemporalConfig, seed: int) -> GramInverse:
    """Return the penalized inverse of the temporal co-occurrence of films, [N, N].

    Films beyond the head co-occur with none. A tail as in the other solutions is worth nothing
    here, and the grids over the time make it many times as expensive.
    """
    processes, (n_users, n_films) = inputs.weighted.group, inputs.weighted.shape
    counts = inputs.weighted.counts
    in_head = most_frequent(counts, temporal_head(n_users, inputs.head))
    head = np.flatnonzero(in_head)
    kept = in_head[inputs.histories.film_rows]
    histories, weights = inputs.histories.where(kept), inputs.weighted.own.data[kept]
    shifts = random_shifts(n_users, int(counts[in_head].sum()), seed)[:, processes.share(n_users)]
    gram = np.zeros((len(head), len(head)), np.float32, order="F")
    for binned in binned_histories(histories, weights, n_films, config.half_seconds, shifts):
        add_lower_gram(gram, binned[:, head])
    return GramInverse(processes.sum(gram), head, n_films, config.regularization)


def film_scales(spread: FloatArray, power: float) -> FloatArray:
    """Return factors of the film vectors [N], from the deviation of each film's scores over users.

    Films whose scores differ much between users crowd the others out of the lists; a power below 0
    lessens that. The scores as a whole keep their spread.
    """
    # (1 + spread / median)^power, over the change of the root mean square of the spreads
    scales = (spread / max(float(np.median(spread)), 1e-6) + 1.0) ** power
    change = float(np.linalg.norm(scales * spread)) / max(float(np.linalg.norm(spread)), 1e-6)
    return np.asarray(scales / max(change, 1e-6), np.float32)


def _cold_start(inputs: _Inputs, inverse: Inverse, config: ColdStartConfig) -> Component:
    """Return the cold-start component, a ridge regression on demographics.

    Its targets are aY, with the ridge regression's predictions Y [U, N] of the targets C for the
    training users, and their activities a [U]. They are smoother than C: worth 0.6 % NDCG@25 in
    the cold start.
    """
    # score = D V + level, with V [K, N] = (D'D + penalty I)^-1 D'aY and level the mean of aC
    # D'aY = D'aZ P Z'C = (Z P Z'aD)' C, with P = (Z'Z + r)^-1
    histories, (n_users, n_films) = inputs.histories, inputs.weighted.shape
    processes = inputs.weighted.group
    weights = history_weights(histories, config.target_weights)
    targets = SharedRows.of(sparse_history(histories, n_films, weights), processes)
    liked = histories.where(histories.ratings >= RELEVANT_RATING).counts
    activity = ((liked[:, None] + 1.0) ** config.activity_power).astype(np.float32)  # [U, 1]
    rhs = (targets.T @ (inputs.joined @ inverse.solve(activity * inputs.demographics))).T
    gram = processes.sum(inputs.demographics.T @ inputs.demographics)
    slopes = ridge(gram, rhs, config.regularization)
    level = (targets.T @ activity)[:, 0] / n_users
    n_features = len(slopes)
    return Component(
        film_vectors=np.vstack([slopes, level]).T,
        history_vectors=np.zeros((n_films, n_features + 1), np.float32),
        demographic_vectors=np.eye(n_features, n_features + 1, dtype=np.float32),
        constant=np.eye(1, n_features + 1, n_features, dtype=np.float32)[0],
        weight=config.weight,
        gate=COLD_START,
    )
