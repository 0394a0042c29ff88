"""Training the ``default`` of two-tower.

First the towers and film vectors are trained with Adam: in each step some ratings are hidden, the
user vectors are solved from the others, and the hidden ones are the targets. Then block Gibbs
sampling starts from there: users given films, films given users, tower weights given both are all
normal distributions that can be drawn from exactly; predictions are averaged over the draws. After
Salakhutdinov and Mnih (2008), Bayesian probabilistic matrix factorization using MCMC, with the
side information and both directions of "who rated what" as in Rendle, Zhang and Koren (2019), On
the difficulty of evaluating baselines. What only strangers need is fitted to the draws.

Notation: M members (parallel chains), U users, N films, D bias and factors, K side features.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from movierec_cli.core.data.dataset import Films, FloatArray
from movierec_cli.core.data.splits import Scenario, Split
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.features import centered_demographics, demographic_mean
from movierec_cli.core.models.two_tower.cold_start import fit_strangers
from movierec_cli.core.models.two_tower.config import SWEEPS_PER_EPOCH, TwoTowerConfig
from movierec_cli.core.models.two_tower.gibbs import TowerInputs, TowerPosterior, solve_vectors
from movierec_cli.core.models.two_tower.model import N_COUNT_FEATURES, TwoTower, count_features
from movierec_cli.core.models.two_tower.sparse import Incidence
from movierec_cli.core.models.two_tower.towers import Towers
from movierec_cli.core.training.loop import TOTAL, Epoch, Monitor
from movierec_cli.core.training.options import TrainingOptions

STEPS_PER_EPOCH = 10

Draw = tuple[Tensor, Tensor, Tensor]
"""Films [M, N, D], user tower [M, N + K, D] and strangers [M, 1 + K, D]."""

_YEAR_MIDDLE, _YEAR_SCALE = 1985.0, 15.0
_YEAR_EDGES = np.array([1940, 1950, 1960, 1970, 1980, 1985, 1990, 1993, 1994, 1995, 1996, 1997])
_MOST_HIDDEN = 0.3  # share of the ratings that a step may hide


class TwoTowerTrainer:
    """Trains a `TwoTowerConfig` and then averages over its posterior.

    Parameters
    ----------
    split
        The training and the validation part.
    measure
        Measures a model in a scenario.
    """

    monitor = Monitor("rmse", "lowest")

    def __init__(
        self,
        split: Split,
        config: TwoTowerConfig,
        options: TrainingOptions,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
    ) -> None:
        train, device = split.train, options.device
        self._config, self._device, self._train = config, device, train
        self._validation, self._measure = split.validation, measure
        rows = np.flatnonzero(train.histories.counts)
        histories = train.histories.take(rows)
        self._n_films = len(train.films)
        self._mean = float(train.ratings.values.mean(dtype=np.float64))
        self._user_rows = torch.as_tensor(histories.user_rows, device=device)
        self._film_rows = torch.as_tensor(histories.film_rows.astype(np.int64), device=device)
        self._ratings = torch.as_tensor(histories.ratings - self._mean, device=device)
        users = train.users.take(rows)
        self._demographic_mean = demographic_mean(users, len(train.occupations))
        self._demographics = self._tensor(centered_demographics(users, self._demographic_mean))
        films = film_basis(train.films)
        self._film_side = self._tensor(films - films.mean(axis=0))
        self._hidden = min(options.batch_size, int(_MOST_HIDDEN * len(self._ratings)))
        self._known = Incidence.build(self._user_rows, self._film_rows, (len(rows), self._n_films))
        self.module = Towers(
            config,
            self._demographics.shape[1] + N_COUNT_FEATURES,
            self._film_side.shape[1] + N_COUNT_FEATURES,
            (len(rows), self._n_films),
        ).to(device)
        self._draws: list[Draw] = []
        self._sweep = 0
        self._chain: tuple[Tensor, ...] = ()
        self._user_precision = self._coordinates(config.user_bias_ridge, config.user_ridge)
        self._film_precision = self._coordinates(config.film_bias_ridge, config.film_ridge)
        n_users = len(rows)
        self._user_ridge = self._groups(
            (self._n_films, config.rated_ridge),
            (self._demographics.shape[1] + N_COUNT_FEATURES, config.demographic_ridge),
        )
        self._film_ridge = self._groups(
            (n_users, config.raters_ridge),
            (self._film_side.shape[1] + N_COUNT_FEATURES, config.content_ridge),
        )

    def _coordinates(self, of_bias: float, of_factors: float) -> Tensor:
        """Return a ridge for each coordinate of a vector, [D]."""
        return self._groups((1, of_bias), (self._config.factors, of_factors))

    def _groups(self, *groups: tuple[int, float]) -> Tensor:
        """Return each value as often as its group has features."""
        values = [torch.full((size,), value) for size, value in groups]
        return torch.cat(values).to(self._device)

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters; their ridge is part of the loss."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of steps in an epoch."""
        return STEPS_PER_EPOCH

    def batches(self, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield which ratings are hidden, [n_ratings] bool."""
        for _ in range(STEPS_PER_EPOCH):
            order = torch.randperm(len(self._ratings), generator=generator)
            hidden = torch.zeros(len(self._ratings), dtype=torch.bool)
            hidden[order[: self._hidden]] = True
            yield hidden.to(self._device)

    def losses(self, hidden: Tensor) -> dict[str, Tensor]:
        """Return the mean squared error of the hidden ratings, and it with the ridge."""
        self.module.update_averages()
        own, user_tower, film_tower = self.module.weights()
        shown = ~hidden
        known = Incidence.build(self._user_rows[shown], self._film_rows[shown], self._known.shape)
        films = self._film_inputs(known).apply(film_tower) + own
        prior = self._user_inputs(known).apply(user_tower)
        users = solve_vectors(prior, films, known, self._ratings[shown], self._user_precision)
        predicted = _predict(users, films, self._user_rows[hidden], self._film_rows[hidden])
        squared = (predicted - self._ratings[hidden]).square().mean(dim=1)  # [M]
        ridge = (
            (self._film_precision * own.square()).sum()
            + (self._user_ridge[:, None] * user_tower.square()).sum()
            + (self._film_ridge[:, None] * film_tower.square()).sum()
        )
        return {TOTAL: squared.sum() + ridge / len(self._ratings), "mse": squared.mean()}

    def validate(self) -> dict[str, float]:
        """Measure the averaged weights as they would be exported now."""
        own, user_tower, film_tower = self.module.averages()
        films = self._film_inputs(self._known).apply(film_tower) + own
        strangers = self._strangers(self._user_inputs(self._known).apply(user_tower))
        return dict(
            self._measure(
                TwoTower(self._weights([(films, user_tower, strangers)])), self._validation
            )
        )

    @torch.no_grad()
    def sample(self, number: int, resume_from: Mapping[str, Tensor]) -> Iterator[Epoch]:
        """Sample from the posterior, starting from the trained weights.

        Yields an epoch, counted from ``number``, for every `SWEEPS_PER_EPOCH` sweeps; what is
        exported afterwards is the average over all draws that were kept.
        """
        config = self._config
        user_inputs, film_inputs = self._user_inputs(self._known), self._film_inputs(self._known)
        posterior_of_users = TowerPosterior(
            user_inputs, self._user_ridge, self._user_precision, config.noise
        )
        posterior_of_films = TowerPosterior(
            film_inputs, self._film_ridge, self._film_precision, config.noise
        )
        flipped = self._known.flip()
        if resume_from:
            films, user_tower, film_tower = self._go_on(resume_from)
        else:
            own, user_tower, film_tower = self.module.averages()
            films = film_inputs.apply(film_tower) + own
        started = time.perf_counter()
        for sweep in range(self._sweep + 1, config.sweeps + 1):
            users = solve_vectors(
                user_inputs.apply(user_tower), films, self._known, self._ratings,
                self._user_precision, config.noise,
            )  # fmt: skip
            films = solve_vectors(
                film_inputs.apply(film_tower), users, flipped, self._ratings,
                self._film_precision, config.noise,
            )  # fmt: skip
            user_tower = posterior_of_users.draw(users)
            film_tower = posterior_of_films.draw(films)
            if sweep > config.burn_in and (sweep - config.burn_in) % config.thinning == 0:
                self._draws.append((films, user_tower, self._strangers(users)))
            self._sweep, self._chain = sweep, (films, user_tower, film_tower)
            if sweep % SWEEPS_PER_EPOCH == 0 and self._draws:
                seconds = time.perf_counter() - started
                figures = dict(self._measure(TwoTower(self.export()), self._validation))
                yield Epoch(number, {"sweeps": float(sweep)}, figures, True, seconds)
                number += 1
                started = time.perf_counter()

    def sampling_state(self) -> dict[str, Tensor]:
        """Return the chain and the draws that were kept of it."""
        draws = zip(*self._draws, strict=True)
        return {
            "sweep": torch.tensor(self._sweep),
            **{f"chain.{place}": tensor for place, tensor in enumerate(self._chain)},
            **{f"draws.{place}": torch.stack(tensors) for place, tensors in enumerate(draws)},
        }

    def _go_on(self, resume_from: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Take over a `sampling_state`; return the chain."""
        self._sweep = int(resume_from["sweep"])
        chain, draws = (
            [resume_from[f"{part}.{place}"].to(self._device) for place in range(3)]
            for part in ("chain", "draws")
        )
        self._draws = [
            (films, users, strangers) for films, users, strangers in zip(*draws, strict=True)
        ]
        return tuple(chain)

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that `TwoTower` scores with."""
        return self._weights(self._draws)

    def _user_inputs(self, known: Incidence) -> TowerInputs:
        return TowerInputs(known, self._with_counts(self._demographics, known))

    def _film_inputs(self, known: Incidence) -> TowerInputs:
        flipped = known.flip()
        return TowerInputs(flipped, self._with_counts(self._film_side, flipped))

    def _with_counts(self, side: Tensor, known: Incidence) -> Tensor:
        counts = self._tensor(count_features(known.counts.cpu().numpy()))
        return torch.cat([side, counts], dim=1)

    def _strangers(self, users: Tensor) -> Tensor:
        """Regress user vectors [M, U, D] on the demographics, for those without a history."""
        constant = torch.ones(len(self._demographics), 1, device=self._device)
        inputs = torch.cat([constant, self._demographics], dim=1)  # [U, 1 + K]
        ridge = torch.full((inputs.shape[1],), self._config.stranger_ridge, device=self._device)
        ridge[0] = 1e-3
        solution: Tensor = torch.linalg.solve(inputs.T @ inputs + torch.diag(ridge), inputs.T)
        return solution @ users  # [M, 1 + K, D]

    def _weights(self, draws: list[Draw]) -> dict[str, FloatArray]:
        films, user_towers, strangers = (torch.cat(part) for part in zip(*draws, strict=True))
        weights = {
            "films": _numpy(films),
            "rated": _numpy(user_towers[:, : self._known.shape[1]]),
            "side": _numpy(user_towers[:, self._known.shape[1] :]),
            "strangers": _numpy(strangers),
            "ridge": _numpy(self._user_precision),
            "demographic_mean": self._demographic_mean,
            "rating_mean": np.array([self._mean], np.float32),
            "half_known": np.array([self._config.half_known], np.float32),
        }
        return fit_strangers(weights, self._train, self._config.stranger_film_ridge)

    def _tensor(self, array: FloatArray) -> Tensor:
        return torch.as_tensor(array, device=self._device)


def _predict(users: Tensor, films: Tensor, user_rows: Tensor, film_rows: Tensor) -> Tensor:
    """Return ratings without their mean for some pairs, [M, n_pairs]."""
    of_users, of_films = users[:, user_rows], films[:, film_rows]  # [M, n_pairs, D]
    biases = of_users[..., 0] + of_films[..., 0]
    return biases + (of_users[..., 1:] * of_films[..., 1:]).sum(dim=2)


def _numpy(tensor: Tensor) -> FloatArray:
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)


def film_basis(films: Films) -> FloatArray:
    """Return genres, span of years and scaled year of each film, [n_films, n_genres + 14]."""
    years = np.nan_to_num(films.years, nan=_YEAR_MIDDLE)
    spans = np.eye(len(_YEAR_EDGES) + 1, dtype=np.float32)
    span = spans[np.searchsorted(_YEAR_EDGES, years, side="right")]
    scaled = (years - _YEAR_MIDDLE) / _YEAR_SCALE
    return np.hstack([films.genres, span, scaled[:, None]]).astype(np.float32)
