"""Promises of every trained model: better than baselines, calibrated, the same for one seed."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.scenarios import COLD_START, FOLD_IN, Scenario
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.baselines import Bias, FilmMean, Popularity
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.presets import MODELS_OF_USERS
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.models.two_tower.model import TwoTower
from tests.core.models.conftest import CONFIGS, tiny, train


@pytest.mark.parametrize(
    ("model", "name", "baseline"),
    [
        ("dnn", FOLD_IN, Popularity),
        ("dnn", COLD_START, Popularity),
        ("two-tower", FOLD_IN, Bias),
        ("two-tower", COLD_START, FilmMean),
    ],
)
def test_models_are_better_than_baselines(
    model: str,
    name: str,
    baseline: type[Popularity | Bias | FilmMean],
    medium: Dataset,
    models: dict[str, Dnn | TwoTower],
    scenarios: dict[str, Scenario],
) -> None:
    metric = "ndcg" if model == "dnn" else "mse"
    figure, other = (
        evaluate(either, scenarios[name]).metrics[metric] or 0.0
        for either in (models[model], baseline.fit(make_split(medium).full_train))
    )
    assert figure > 1.1 * other > 0 if model == "dnn" else 0 < figure < other


@pytest.mark.parametrize("model", MODELS_OF_USERS)
@pytest.mark.parametrize("name", [FOLD_IN, COLD_START])
def test_like_probabilities_are_near_the_truth(
    model: str, name: str, models: dict[str, Dnn | TwoTower], scenarios: dict[str, Scenario]
) -> None:
    scenario = scenarios[name]
    targets = scenario.targets
    probability = models[model].score(scenario.histories, scenario.users).like_probability
    assert probability is not None
    assert ((probability > 0) & (probability < 1)).all()
    of_targets = probability[targets.user_rows, targets.film_rows]
    liked = targets.ratings >= 4
    assert of_targets.mean() == pytest.approx(liked.mean(), abs=0.1)
    assert of_targets[liked].mean() > of_targets[~liked].mean() + 0.05


@pytest.mark.parametrize("kind", CONFIGS)
def test_the_same_seed_gives_the_same_weights_bit_for_bit(
    kind: tuple[str, str], small: Dataset
) -> None:
    preset = tiny(*kind)
    first, again = (train(small, preset)[0].export() for _ in range(2))
    assert first.keys() == again.keys() == SCORERS[kind[0]][kind[1]].SHAPES.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)
    other = replace(preset, training=replace(preset.training, seed=1, epochs=1))
    name = "film_part" if kind == ("two-tower", "original") else "film_vectors"
    assert not np.array_equal(first[name], train(small, other)[0].export()[name])


@pytest.mark.parametrize("kind", [kind for kind in CONFIGS if kind[0] in MODELS_OF_USERS])
def test_demographics_may_be_unknown(kind: tuple[str, str], small: Dataset) -> None:
    unknown = replace(Users.unknown(len(small.users)), ids=small.users.ids)
    trained = {
        name: SCORERS[kind[0]][kind[1]](train(dataset, tiny(*kind))[0].export())
        for name, dataset in (("known", small), ("unknown", replace(small, users=unknown)))
    }
    for model in trained.values():
        scores = model.score(Histories.empty(2), Users.unknown(2)).score
        assert np.isfinite(scores).all()
        np.testing.assert_allclose(scores[0], scores[1], rtol=1e-5)
    known = trained["known"].score(Histories.empty(len(small.users)), small.users).score
    assert np.ptp(known, axis=0).max() > 1e-3


@pytest.mark.parametrize(("model", "preset"), [("dnn", "original"), ("sequence", "default")])
def test_a_model_that_chooses_no_batch_size_refuses_none(
    model: str, preset: str, small: Dataset
) -> None:
    none = tiny(model, preset)
    none = replace(none, training=replace(none.training, batch_size=0))
    with pytest.raises(UsageError, match="batch size must be above 0, not 0"):
        train(small, none)
