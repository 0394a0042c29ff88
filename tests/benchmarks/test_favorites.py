"""New users with a few favorites: the sampled favorites, and better lists than popularity."""

import numpy as np
import pytest

from benchmarks.favorites import FAVORITES, favorites_scenario
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.baselines import Popularity
from movierec_cli.core.runs.train_spec import TrainSpec


def test_each_user_names_liked_films(small: Dataset) -> None:
    split = make_split(small)
    scenario = favorites_scenario(split, 3, at_least=5)
    liked = scenario.targets.ratings >= 4
    assert scenario.histories.counts.tolist() == [3] * len(scenario.users)
    assert set(scenario.histories.ratings.tolist()) == {5.0}
    assert np.bincount(scenario.targets.user_rows[liked]).min() >= 3  # more than 5 less 3
    assert np.isnan(scenario.users.age).all()


def test_all_numbers_are_measured_on_the_same_users_and_nested(small: Dataset) -> None:
    split = make_split(small)
    named = []
    for k in (0, 1, 4):
        scenario = favorites_scenario(split, k, at_least=5)
        pairs = zip(scenario.histories.user_rows, scenario.histories.film_rows, strict=True)
        named.append({(int(user), int(film)) for user, film in pairs})
        total = scenario.histories.counts + scenario.targets.counts
        assert total.tolist() == favorites_scenario(split, 0, at_least=5).targets.counts.tolist()
    assert named[0] < named[1] < named[2]


def test_a_wrong_number_or_split_is_refused(small: Dataset) -> None:
    with pytest.raises(UsageError, match="11 favorites cannot be measured"):
        favorites_scenario(make_split(small), 11)
    with pytest.raises(UsageError, match="holds out no users"):
        favorites_scenario(make_split(small, "none"), 1)


@pytest.mark.ml100k
def test_a_handful_of_favorites_beats_popularity(ml100k: Dataset) -> None:
    split = make_split(ml100k)
    model = train_run(ml100k, TrainSpec("dnn"), lambda _: None).model
    popularity = Popularity.fit(split.full_train)
    before = 0.0
    for k in FAVORITES:
        scenario = favorites_scenario(split, k)
        own, other = (evaluate(m, scenario).metrics["ndcg"] or 0 for m in (model, popularity))
        assert own > other + 0.02 * min(k, 3)
        assert own > before - 0.002  # the noise of a difference over the same users
        before = own
