"""Recent popularity in the dnn: for the films of another day, where it helps."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.dnn.recent import recent_component
from movierec_cli.core.training.loop import run_training
from tests.core.models.conftest import tiny


def of_fashions(dataset: Dataset) -> Dataset:
    """Return the same ratings, each film rated in one time: the films of the end are new to all."""
    film_rows = dataset.ratings.film_rows.astype(np.int64)
    times = 100 * film_rows + np.random.default_rng(0).integers(0, 2_000, len(film_rows))
    return dataset.with_ratings(replace(dataset.ratings, timestamps=times))


def test_the_scores_are_the_root_of_the_recent_ratings_of_each_film(small: Dataset) -> None:
    dated = of_fashions(small)
    (component,) = recent_component(dated, n_features=3, weight=0.5)
    scores = component.film_vectors @ component.constant
    times = dated.ratings.timestamps
    late = dated.ratings.film_rows[times >= np.sort(times)[4_500]]  # of 5,000
    roots = np.bincount(late, minlength=len(small.films)) ** 0.5
    np.testing.assert_allclose(scores, roots - roots.mean(), rtol=1e-4, atol=1e-3)
    assert component.film_vectors.std(ddof=1) == pytest.approx(1)
    assert (component.weight, component.demographic_vectors.shape) == (0.5, (3, 1))
    assert not component.history_vectors.any()
    assert recent_component(dated, n_features=3, weight=0.0) == []


@pytest.mark.parametrize(("holdout", "components"), [("time", 4), ("last", 3)])
def test_it_takes_part_where_later_films_are_asked_for(
    holdout: str, components: int, small: Dataset
) -> None:
    preset = tiny("dnn", "default")
    training = replace(preset.training, epochs=1)
    torch.manual_seed(0)
    split = make_split(of_fashions(small), holdout)
    trainer, _ = build_trainer(split, replace(preset, training=training))
    run_training(trainer, training, lambda _: None)
    assert len(trainer.export()["component_weights"]) == components
