"""The parts of the dnn's space that are solved, not trained.

They hold matrices of size films x films, never users x films. The linear algebra is torch's,
which computes with the threads that training sets and so gives the same weights everywhere.
"""

import numpy as np
import torch
from torch import Tensor

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.features import demographic_basis, known_mean
from movierec_cli.core.models.config import DnnConfig
from movierec_cli.core.models.space import WITH_HISTORY, WITHOUT_HISTORY, Part, whiten

_BLOCK = 1024  # users held densely at once
_SAMPLE = 200  # users by whom the two solutions are scaled to each other


def graded(histories: Histories, grades: tuple[float, ...], n_films: int) -> FloatArray:
    """Return the ratings 1..5 of some users replaced by grades, [n_users, n_films]."""
    dense = np.zeros((len(histories), n_films), np.float32)
    position = np.clip(np.round(histories.ratings), 1, 5).astype(np.int64) - 1
    dense[histories.user_rows, histories.film_rows] = np.array(grades, np.float32)[position]
    return dense


def item_item_part(train: Dataset, config: DnnConfig, seed: int) -> Part:
    """Solve for item-item weights in two ways, add them, and keep the strongest directions.

    The first is EASE on grades (Steck 2019), films of few ratings raised a little; the second is
    ridge regression on users of length 1, which tells of users with long and short histories
    alike. The diagonal, which means nothing, is filled so that the truncation loses least.
    """
    n_films = len(train.films)
    rows = np.flatnonzero(train.histories.counts)
    gram = torch.zeros(4, n_films, n_films)
    for start in range(0, len(rows), _BLOCK):
        block = train.histories.take(rows[start : start + _BLOCK])
        inputs = torch.from_numpy(graded(block, config.history_grades, n_films))
        targets = torch.from_numpy(graded(block, config.target_grades, n_films))
        unit = torch.nn.functional.normalize(inputs, dim=1)
        for position, (left, right) in enumerate(
            [(inputs, inputs), (inputs, targets), (unit, unit), (unit, targets)]
        ):
            gram[position].addmm_(left.T, right)
    counts = torch.bincount(torch.from_numpy(train.ratings.film_rows), minlength=n_films)
    lift = ((counts + 5.0) / 50.0) ** config.popularity_power
    ease = _zero_diagonal(gram[0], gram[1], config.ease_regularisation) * lift
    ridge = _solve(gram[2], gram[3], config.user_ridge)
    sample = torch.from_numpy(
        graded(train.histories.take(rows[:_SAMPLE]), config.history_grades, n_films)
    )
    weights = ease / _deviation(sample @ ease) + ridge / _deviation(sample @ ridge)
    history, films = _truncate(weights, min(config.closed_rank, n_films), seed)
    rank = films.shape[1]
    n_demographics = demographic_basis(train.users.take(rows[:1]), len(train.occupations)).shape[1]
    return whiten(
        Part(
            films=films,
            history=history,
            demographics=np.zeros((n_demographics, rank), np.float32),
            constant=np.zeros(rank, np.float32),
            weight=config.closed_weight,
            gate=WITH_HISTORY,
        )
    )


def demographic_part(train: Dataset, config: DnnConfig) -> tuple[Part, FloatArray]:
    """Solve a ridge regression from demographics to graded ratings: what to say of strangers.

    Returns the part and the mean of the demographic features, [K], that it starts from.
    """
    n_films = len(train.films)
    rows = np.flatnonzero(train.histories.counts)
    basis = demographic_basis(train.users.take(rows), len(train.occupations))
    mean = known_mean(basis)
    centred = torch.from_numpy(np.nan_to_num(basis - mean))
    moment = torch.zeros(centred.shape[1], n_films)
    total = torch.zeros(n_films)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        targets = torch.from_numpy(
            graded(train.histories.take(rows[block]), config.prior_grades, n_films)
        )
        moment += centred[block].T @ targets
        total += targets.sum(dim=0)
    slopes = _solve(centred.T @ centred, moment, config.prior_ridge)  # [K, n_films]
    level = total / len(rows)
    n_demographics = len(slopes)
    width = n_demographics + 1  # the last coordinate is the level of each film
    return (
        whiten(
            Part(
                films=torch.vstack([slopes, level]).T.numpy(),
                history=np.zeros((n_films, width), np.float32),
                demographics=np.eye(n_demographics, width, dtype=np.float32),
                constant=np.eye(1, width, n_demographics, dtype=np.float32)[0],
                weight=config.prior_weight,
                gate=WITHOUT_HISTORY,
            )
        ),
        mean,
    )


def _zero_diagonal(gram: Tensor, moment: Tensor, regularisation: float) -> Tensor:
    """Solve (gram + r I) W = moment under the constraint that W has a zero diagonal."""
    precision = torch.linalg.inv(_regularised(gram, regularisation))
    weights = precision @ moment.double()
    weights -= precision * (weights.diagonal() / precision.diagonal())
    constrained: Tensor = weights.float()
    return constrained


def _solve(gram: Tensor, moment: Tensor, regularisation: float) -> Tensor:
    solution: Tensor = torch.linalg.solve(_regularised(gram, regularisation), moment.double())
    return solution.float()


def _regularised(gram: Tensor, regularisation: float) -> Tensor:
    return gram.double() + regularisation * torch.eye(len(gram), dtype=torch.float64)


def _truncate(weights: Tensor, rank: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return [n_films, rank] twice: their product is near ``weights`` but for the diagonal."""
    torch.manual_seed(seed)
    left, values, right = torch.svd_lowrank(weights, q=rank, niter=1)
    weights.diagonal().copy_(((left * values) * right).sum(dim=1))
    left, values, right = torch.svd_lowrank(weights, q=rank, niter=1)
    return (left * values).numpy(), right.numpy()


def _deviation(scores: Tensor) -> float:
    return float(scores.std(dim=1).mean())
