"""Training of the ``default`` two-tower, step by step.

1. Inputs: the ratings as a sparse matrix; demographics, genres, years and numbers of ratings.
2. Warm start: Adam trains the weights of both towers. Each step hides some ratings, solves the user
   vectors from the others and predicts the hidden ones.
3. Block Gibbs sampling: users given films, films given users, and the tower weights given both have
   normal distributions. Each is drawn from exactly.
4. Average: the score averages the predictions of all kept draws.
5. Cold start: a regression on demographics, film levels and the like head are fitted to the draws.
6. Export of the weights for `TwoTower`.

The kept weights are those of all kept draws, up to the last sweep. No epoch is chosen by its
validation figures.

Sources: Salakhutdinov and Mnih (2008), Bayesian probabilistic matrix factorization using Markov
chain Monte Carlo; Rendle, Zhang and Koren (2019), On the difficulty of evaluating baselines, for
the side information and "who rated what" in both directions.

Notation: C chains, U users, N films, D bias and factors, K and L side features of users and films.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.data.splits import Split
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower.cold_start import demographic_regression, fit_cold_start
from movierec_cli.core.models.two_tower.config import SWEEPS_PER_EPOCH, TwoTowerConfig
from movierec_cli.core.models.two_tower.gibbs import TowerPosterior, solve_vectors
from movierec_cli.core.models.two_tower.inputs import Inputs
from movierec_cli.core.models.two_tower.model import N_COUNT_FEATURES, TwoTower
from movierec_cli.core.models.two_tower.towers import Towers
from movierec_cli.core.progress import SILENT, Countdown, Progress
from movierec_cli.core.training.loop import TOTAL, Epoch, Monitor
from movierec_cli.core.training.options import TrainingOptions

_USERS_OF_A_STEP = 4_096  # of the warm start, at most


class Step(NamedTuple):
    """A step of the warm start: a run of user rows, and a mask of the ratings that it hides."""

    first: int
    end: int
    hidden: Tensor  # [nnz] bool


class State(NamedTuple):
    """The variables that one sweep of the sampling passes on to the next."""

    films: Tensor  # [N, C, D]
    user_tower: Tensor  # [N + K, C, D]
    film_tower: Tensor  # [U + L, C, D]


class Draw(NamedTuple):
    """The part of a sweep that the score needs."""

    films: Tensor  # [N, C, D]
    user_tower: Tensor  # [N + K, C, D]
    cold_start: Tensor  # [1 + K, C, D]


class TwoTowerTrainer:
    """Trainer of a `TwoTower`; ``measure`` returns the metrics of a model in a scenario."""

    monitor = Monitor("rmse", "lowest")

    # Step 1: inputs

    def __init__(
        self,
        split: Split,
        config: TwoTowerConfig,
        options: TrainingOptions,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
        progress: Progress = SILENT,
    ) -> None:
        self._config, self._measure, self._progress = config, measure, progress
        self._train, self._validation = split.train, split.validation
        inputs = Inputs(split.train, options.device)
        self._inputs = inputs
        (n_users, n_films), device = inputs.rated.shape, options.device
        n_user_side = inputs.demographics.shape[1] + N_COUNT_FEATURES
        n_film_side = inputs.content.shape[1] + N_COUNT_FEATURES
        ridges, factors = config.ridges, config.factors

        def blocks(*blocks: tuple[int, float]) -> Tensor:
            return torch.cat([torch.full((size,), value) for size, value in blocks]).to(device)

        self._user_precision = blocks((1, ridges.user_bias), (factors, ridges.user_factors))
        self._film_precision = blocks((1, ridges.film_bias), (factors, ridges.film_factors))
        self._user_ridge = blocks((n_films, ridges.history), (n_user_side, ridges.demographics))
        self._film_ridge = blocks((n_users, ridges.raters), (n_film_side, ridges.content))
        self._batch_size = options.batch_size
        self._regression = demographic_regression(inputs.demographics, config.cold_start.ridge)
        self._chains = config.sampling.n_chains(len(split.train.ratings))
        self.module = Towers(
            config,
            self._chains,
            {
                "film_offset": n_films,
                "user_tower": n_films + n_user_side,
                "film_tower": n_users + n_film_side,
            },
        ).to(device)
        self._sweep = 0
        self._state: State | None = None
        self._draws: list[Draw] = []

    @property
    def inputs(self) -> dict[str, str]:
        """The number of chains, for the manifest of a run."""
        return {"chains": str(self._chains)}

    # Step 2: warm start

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all weights; the loss contains their ridge."""
        return [{"params": list(self.module.weights.parameters())}]

    def n_batches(self) -> int:
        """Return the number of steps in an epoch."""
        return self._config.warm_start.steps_per_epoch

    def batches(self, generator: torch.Generator) -> Iterator[Step]:
        """Yield a random run of users and a random mask of their hidden ratings for each step."""
        n_users, starts = len(self._inputs.demographics), self._inputs.rated.indptr
        size = min(n_users, _USERS_OF_A_STEP)
        for _ in range(self.n_batches()):
            first = int(torch.randint(n_users - size + 1, (), generator=generator))
            start, end = (int(starts[row]) for row in (first, first + size))
            n_hidden = int(self._config.warm_start.hidden_share * (end - start))
            order = start + torch.randperm(end - start, generator=generator)
            hidden = torch.zeros(len(self._inputs.ratings), dtype=torch.bool)
            hidden[order[: min(self._batch_size or n_hidden, n_hidden)]] = True
            yield Step(first, first + size, hidden.to(self._inputs.ratings.device))

    def losses(self, step: Step) -> dict[str, Tensor]:
        """Return the mean squared error of the hidden ratings, and its sum with the ridge."""
        self.module.average.update_parameters(self.module.weights)
        inputs, weights = self._inputs, self.module.weights
        rated = inputs.rated.with_values((~step.hidden).float())
        films = self._film_vectors(weights, rated)
        of_step = rated.rows(step.first, step.end)
        prior = inputs.user_design(of_step, step.first).matmul(weights["user_tower"])
        users = solve_vectors(prior, films, of_step, inputs.ratings, self._user_precision)
        at = step.hidden.nonzero()[:, 0]
        of_users = users[inputs.user_rows[at] - step.first]  # [n_hidden, C, D]
        of_films = films[inputs.rated.columns[at]]
        biases = of_users[..., 0] + of_films[..., 0]
        predicted = biases + (of_users[..., 1:] * of_films[..., 1:]).sum(dim=2)
        squared = (predicted - inputs.ratings[at, None]).square().mean(dim=0)  # [C]
        ridge = (
            (self._film_precision * weights["film_offset"].square()).sum()
            + (self._user_ridge[:, None, None] * weights["user_tower"].square()).sum()
            + (self._film_ridge[:, None, None] * weights["film_tower"].square()).sum()
        )
        return {TOTAL: squared.sum() + ridge / len(inputs.ratings), "mse": squared.mean()}

    def validate(self) -> dict[str, float]:
        """Measure the moving average of the weights, exported as one draw a chain."""
        weights, rated = self.module.averaged, self._inputs.rated
        users = self._inputs.user_design(rated).matmul(weights["user_tower"])
        draw = Draw(
            self._film_vectors(weights, rated),
            weights["user_tower"],
            torch.tensordot(self._regression, users, 1),
        )
        return dict(self._measure(TwoTower(self._weights([draw])), self._validation))

    def _film_vectors(self, weights: nn.ParameterDict, rated: SparseMatrix) -> Tensor:
        """Return the film vectors of the warm start: tower output and offset, [N, C, D]."""
        tower = self._inputs.film_design(rated).matmul(weights["film_tower"])
        return tower + cast(Tensor, weights["film_offset"])

    # Steps 3 and 4: sampling; the draws are kept for the average

    @torch.no_grad()
    def sample(self, number: int, resume_from: Mapping[str, Tensor]) -> Iterator[Epoch]:
        """Sample from the posterior, starting from the averaged weights of the warm start.

        Yields an epoch, counted from ``number``, for every `SWEEPS_PER_EPOCH` sweeps. Its
        validation figures are those of the average over all draws kept so far.
        """
        sampling, inputs = self._config.sampling, self._inputs
        rated, ratings, noise = inputs.rated, inputs.ratings, sampling.noise
        user_design, film_design = inputs.user_design(rated), inputs.film_design(rated)
        user_weights = TowerPosterior(user_design, self._user_ridge, self._user_precision, noise)
        film_weights = TowerPosterior(film_design, self._film_ridge, self._film_precision, noise)
        films, user_tower, film_tower = self._first_state(resume_from)
        started = time.perf_counter()
        countdown = Countdown(self._progress, "Sampling", sampling.sweeps - self._sweep)
        for sweep in range(self._sweep + 1, sampling.sweeps + 1):
            prior = user_design.matmul(user_tower)
            users = solve_vectors(prior, films, rated, ratings, self._user_precision, noise)
            prior = film_design.matmul(film_tower)
            films = solve_vectors(
                prior, users, rated.transpose, ratings, self._film_precision, noise
            )
            if sweep % sampling.tower_thinning == 0:
                user_tower = user_weights.draw(users, user_tower)
                film_tower = film_weights.draw(films, film_tower)
            if sweep > sampling.burn_in and (sweep - sampling.burn_in) % sampling.thinning == 0:
                of_demographics = torch.tensordot(self._regression, users, 1)
                self._draws.append(Draw(films, user_tower, of_demographics))
            self._sweep, self._state = sweep, State(films, user_tower, film_tower)
            countdown.advance(1)
            if sweep % SWEEPS_PER_EPOCH == 0 and self._draws:
                seconds = time.perf_counter() - started
                metrics = dict(self._measure(TwoTower(self.export()), self._validation))
                yield Epoch(number, {"sweeps": float(sweep)}, metrics, True, seconds)
                number += 1
                started = time.perf_counter()

    def _first_state(self, resume_from: Mapping[str, Tensor]) -> State:
        """Return the state to sample from: of the warm start, or of a `sampling_state`."""
        if not resume_from:
            weights = self.module.averaged
            films = self._film_vectors(weights, self._inputs.rated)
            return State(films, weights["user_tower"], weights["film_tower"])
        saved = {
            name: tensor.to(self._inputs.ratings.device) for name, tensor in resume_from.items()
        }
        self._sweep = int(saved["sweep"])
        draws = zip(*(saved[f"draws.{name}"] for name in Draw._fields), strict=True)
        self._draws = [Draw(*draw) for draw in draws]
        return State(*(saved[f"state.{name}"] for name in State._fields))

    def sampling_state(self) -> dict[str, Tensor]:
        """Return the number of sweeps, the state after them and the kept draws."""
        assert self._state is not None
        draws = Draw(*(torch.stack(part) for part in zip(*self._draws, strict=True)))
        return {
            "sweep": torch.tensor(self._sweep),
            **{f"state.{name}": tensor for name, tensor in self._state._asdict().items()},
            **{f"draws.{name}": tensor for name, tensor in draws._asdict().items()},
        }

    # Steps 5 and 6: cold start and export

    def export(self) -> dict[str, FloatArray]:
        """Return the weights of `TwoTower`: all kept draws, with a cold start fitted to them."""
        return self._weights(self._draws)

    def _weights(self, draws: list[Draw]) -> dict[str, FloatArray]:
        films, user_towers, cold_starts = (  # [S, rows, D] each
            torch.cat(part, dim=1).movedim(1, 0) for part in zip(*draws, strict=True)
        )
        n_films = films.shape[1]
        cold_start = self._config.cold_start
        weights = {
            "film_vectors": _numpy(films),
            "history_weights": _numpy(user_towers[:, :n_films]),
            "side_weights": _numpy(user_towers[:, n_films:]),
            "cold_start_weights": _numpy(cold_starts),
            "ridge": _numpy(self._user_precision),
            "demographic_mean": self._inputs.demographic_mean,
            "rating_mean": np.array([self._inputs.rating_mean], np.float32),
            "half_saturation": np.array([cold_start.half_saturation], np.float32),
            "lowest_rating": np.array([self._train.lowest_rating], np.float32),
        }
        return fit_cold_start(weights, self._train, cold_start.level_shrinkage)


def _numpy(tensor: Tensor) -> FloatArray:
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
