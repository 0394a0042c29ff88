"""The parts of the dnn's space that are solved, not trained.

They hold matrices of size films x films, never users x films. The linear algebra is torch's,
which computes with the threads that training sets and so gives the same weights everywhere.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray, Histories
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.ensemble import (
    WITH_HISTORY,
    WITHOUT_HISTORY,
    Part,
    scale_films,
    whiten,
)
from movierec_cli.core.models.dnn.temporal import moment_gram
from movierec_cli.core.models.features import demographic_basis, known_mean

_BLOCK = 1024  # users held densely at once
_SAMPLE = 200  # users by whom the solutions are scaled to each other
_SPARE, _PASSES = 20, 2  # of the search for directions: how many more it follows, how often


def pooled(histories: Histories, grades: tuple[float, ...], n_films: int) -> FloatArray:
    """Return graded histories over the root of their lengths, [n_users, n_films]."""
    root = np.sqrt(np.maximum(histories.counts, 1)).astype(np.float32)[:, None]
    return graded(histories, grades, n_films) / root


def graded(histories: Histories, grades: tuple[float, ...], n_films: int) -> FloatArray:
    """Return the ratings 1..5 of some users replaced by grades, [n_users, n_films]."""
    dense = np.zeros((len(histories), n_films), np.float32)
    dense[histories.user_rows, histories.film_rows] = grades_of(histories, grades)
    return dense


def grades_of(histories: Histories, grades: tuple[float, ...]) -> FloatArray:
    """Return the grade of each rating, [n_entries]."""
    position = np.clip(np.round(histories.ratings), 1, 5).astype(np.int64) - 1
    return np.array(grades, np.float32)[position]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over the training users; N films, K demographic features.

    Attributes
    ----------
    grades, grades_targets
        [N, N], of graded histories with themselves and with the targets.
    inputs, inputs_targets, inputs_prior
        [N + K, N + K] and twice [N + K, N], of pooled histories beside scaled demographics with
        themselves, with the targets and with the targets of the demographic part.
    demographics
        [K, K], of the centered demographics with themselves.
    demographics_inputs, prior_total
        [K, N + K] and [N], of demographics with the inputs, and of the demographic part's
        targets, users weighted by how much they like.
    """

    grades: Tensor
    grades_targets: Tensor
    inputs: Tensor
    inputs_targets: Tensor
    inputs_prior: Tensor
    demographics: Tensor
    demographics_inputs: Tensor
    prior_total: Tensor


@dataclass(frozen=True, eq=False)
class Solved:
    """What is solved; N films, K demographic features.

    Attributes
    ----------
    parts
        The item-item part and the demographic part.
    demographic_mean
        [K], what the demographic features are centered by.
    film_scales
        [N], what the films of the parts that know a history are multiplied with.
    """

    parts: tuple[Part, Part]
    demographic_mean: FloatArray
    film_scales: FloatArray


def random_start(n_films: int, config: DnnConfig) -> Tensor:
    """Draw where the search for directions starts, [n_films, as many as it follows].

    It is drawn from torch's shared generator, as the rest of a training is.
    """
    return torch.randn(n_films, min(config.solved_rank + _SPARE, n_films))


def solved_parts(train: Dataset, config: DnnConfig, start: Tensor) -> Solved:
    """Solve for the parts that need no training.

    The first part adds three item-item solutions and keeps the directions in which what they say
    of the training users differs most: EASE on grades (Steck 2019), films of few ratings raised a
    little; EASE on what was rated in one moment; and a ridge regression from pooled histories and
    demographics, in which users with long and short histories count alike.

    The second part is what to say of strangers: a regression on demographics of what the ridge
    regression makes of the training users, which is smoother than what they rated.

    Nothing is drawn here, so that it can go on beside a training; ``start`` is `random_start`.
    """
    rows = np.flatnonzero(train.histories.counts)
    basis = demographic_basis(train.users.take(rows), len(train.occupations))
    mean = known_mean(basis)
    centered = torch.from_numpy(np.nan_to_num(basis - mean))  # [n_users, K]
    scale = config.demographic_share**0.5 / float(centered.norm(dim=1).mean().clamp(min=1e-6))
    sums = _sums(train, rows, centered, scale, config)
    n_films = len(train.films)

    root = torch.linalg.cholesky(_regularized(sums.inputs, config.user_ridge))
    ridge = torch.cholesky_solve(sums.inputs_targets, root)
    # what the same regression from inputs makes of the prior's targets, for the demographics alone
    smooth = torch.cholesky_solve(sums.demographics_inputs.T, root).T @ sums.inputs_prior  # [K, N]
    sample = torch.from_numpy(
        pooled(train.histories.take(rows[:_SAMPLE]), config.history_grades, n_films)
    )
    weights = _sum_of_solutions(train, sample, sums, ridge, config)  # [N + K, N]
    scales = _film_scales((sample @ weights[:n_films]).std(dim=0), config.spread_power)
    films = _directions(weights, sums.inputs, start)[:, : config.solved_rank].contiguous()
    user_side = weights @ films
    item_item = Part(
        films=films.numpy(),
        history=user_side[:n_films].numpy(),
        demographics=(user_side[n_films:] * scale).numpy(),
        constant=np.zeros(films.shape[1], np.float32),
        weight=config.solved_weight,
        gate=WITH_HISTORY,
    )
    slopes = _solve(sums.demographics, smooth, config.prior_ridge)
    strangers = _demographic_part(slopes, sums.prior_total / len(rows), config.prior_weight)
    parts = (scale_films(whiten(item_item), scales), whiten(strangers))
    return Solved(parts, mean, scales)


def _sums(
    train: Dataset, rows: NDArray[np.int64], centered: Tensor, scale: float, config: DnnConfig
) -> Sums:
    n_films, n_features = len(train.films), centered.shape[1]
    width = n_films + n_features
    sums = Sums(
        grades=torch.zeros(n_films, n_films),
        grades_targets=torch.zeros(n_films, n_films),
        inputs=torch.zeros(width, width),
        inputs_targets=torch.zeros(width, n_films),
        inputs_prior=torch.zeros(width, n_films),
        demographics=centered.T @ centered,
        demographics_inputs=torch.zeros(n_features, width),
        prior_total=torch.zeros(n_films),
    )
    for start in range(0, len(rows), _BLOCK):
        histories = train.histories.take(rows[start : start + _BLOCK])
        demographics = centered[start : start + _BLOCK]
        grades, targets, prior = (
            torch.from_numpy(graded(histories, chosen, n_films))
            for chosen in (config.history_grades, config.target_grades, config.prior_grades)
        )
        inputs = torch.cat(
            [
                torch.from_numpy(pooled(histories, config.history_grades, n_films)),
                demographics * scale,
            ],
            dim=1,
        )
        liked = histories.where(histories.ratings >= RELEVANT_RATING).counts
        weight = torch.from_numpy((liked + 1.0) ** config.prior_activity).float()[:, None]
        sums.grades.addmm_(grades.T, grades)
        sums.grades_targets.addmm_(grades.T, targets)
        sums.inputs.addmm_(inputs.T, inputs)
        sums.inputs_targets.addmm_(inputs.T, targets)
        sums.inputs_prior.addmm_(inputs.T, prior)
        sums.demographics_inputs.addmm_((demographics * weight).T, inputs)
        sums.prior_total.add_((prior * weight).sum(dim=0))
    return sums


def _sum_of_solutions(
    train: Dataset, sample: Tensor, sums: Sums, ridge: Tensor, config: DnnConfig
) -> Tensor:
    """Add the item-item solutions, [N + K, N].

    Each is scaled by how far its scores of the users of ``sample`` [n, N] spread.
    """
    n_films = len(train.films)
    counts = torch.bincount(torch.from_numpy(train.ratings.film_rows), minlength=n_films)
    lift = ((counts + 5.0) / 50.0) ** config.popularity_power
    ease = _zero_diagonal(sums.grades, sums.grades_targets, config.ease_regularization) * lift
    histories = train.histories
    gram = moment_gram(
        histories, grades_of(histories, config.history_grades), n_films, config.moment_seconds
    )
    moments = _zero_diagonal_of_itself(gram, config.moment_regularization)

    def unit(solution: Tensor) -> float:
        return 1 / float((sample @ solution).std(dim=1).mean().clamp(min=1e-6))

    of_films, of_demographics = ridge[:n_films], ridge[n_films:]
    return torch.cat(
        [
            ease * (config.ease_weight * unit(ease))
            + moments * (config.moment_weight * unit(moments))
            + of_films * unit(of_films),
            of_demographics * (config.demographic_weight * unit(of_films)),
        ]
    )


def _film_scales(spread: Tensor, power: float) -> FloatArray:
    """Return what film vectors are multiplied with, [N].

    Films of which the scores differ much from user to user crowd the others out of the lists;
    a power below 0 draws the spreads together. Scores as a whole spread as far as before.
    """
    scales = (spread / spread.median().clamp(min=1e-6) + 1.0) ** power
    whole = ((scales * spread).norm() / spread.norm().clamp(min=1e-6)).clamp(min=1e-6)
    return np.asarray((scales / whole).numpy())


def _demographic_part(slopes: Tensor, level: Tensor, weight: float) -> Part:
    """Return the part with ``slopes`` [K, N] and a last coordinate, the ``level`` [N] of films."""
    n_features, n_films = slopes.shape
    width = n_features + 1
    return Part(
        films=torch.vstack([slopes, level]).T.numpy(),
        history=np.zeros((n_films, width), np.float32),
        demographics=np.eye(n_features, width, dtype=np.float32),
        constant=np.eye(1, width, n_features, dtype=np.float32)[0],
        weight=weight,
        gate=WITHOUT_HISTORY,
    )


def _zero_diagonal(gram: Tensor, moment: Tensor, regularization: float) -> Tensor:
    """Solve (gram + r I) W = moment under the constraint that W has a zero diagonal."""
    root = torch.linalg.cholesky(_regularized(gram, regularization))
    precision = torch.cholesky_inverse(root)
    weights = precision @ moment
    return weights - precision * (weights.diagonal() / precision.diagonal())


def _zero_diagonal_of_itself(gram: Tensor, regularization: float) -> Tensor:
    """Solve the same for ``moment = gram``, where most of it cancels out."""
    root = torch.linalg.cholesky(_regularized(gram, regularization))
    precision = torch.cholesky_inverse(root)
    weights = -precision / precision.diagonal()
    return weights.fill_diagonal_(0.0)


def _solve(gram: Tensor, moment: Tensor, regularization: float) -> Tensor:
    root = torch.linalg.cholesky(_regularized(gram, regularization))
    return torch.cholesky_solve(moment, root)


def _regularized(gram: Tensor, regularization: float) -> Tensor:
    return gram + regularization * torch.eye(len(gram), dtype=gram.dtype)


def _directions(weights: Tensor, inputs: Tensor, start: Tensor) -> Tensor:
    """Return the directions in which the scores of the training users vary most, strongest first.

    They are eigenvectors of the scores' second moment, so that of all films of so many numbers
    these lose least of what ``weights`` [N + K, N] say of users with the moment ``inputs``
    [N + K, N + K]; films by themselves do not count, however much is said of them. [N, R] from a
    random ``start`` [N, R]; the last few are less exact. Halko, Martinsson and Tropp (2011), as
    in ``torch.svd_lowrank``, which draws its start from the one generator that training draws from.
    """
    moment = weights.T @ (inputs @ weights)
    basis = torch.linalg.qr(moment @ start).Q
    for _ in range(_PASSES):  # the moment is its own transpose but for rounding
        basis = torch.linalg.qr(moment.T @ basis).Q
        basis = torch.linalg.qr(moment @ basis).Q
    turned, _, _ = torch.linalg.svd(basis.T @ moment, full_matrices=False)
    directions: Tensor = basis @ turned
    return directions
