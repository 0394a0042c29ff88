"""The default dnn: one space for histories, demographics and films, searched by a dot product."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.splits import COLD_START, FOLD_IN, Scenario, make_split, split_ratings
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.base import ExplainingModel, VectorModel
from movierec_cli.core.models.baselines import Popularity
from movierec_cli.core.models.dnn.closed_form import random_start, solved_parts
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.like_head import HEAD, fit_like_head
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.dnn.trainer import Batch, DnnTrainer
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.training.loop import run_epochs
from movierec_cli.core.training.options import TrainingOptions
from tests.helpers import training_split

TINY = Preset(
    DnnConfig(dimension=16, solved_rank=24),
    TrainingOptions(
        epochs=4,
        learning_rate=7e-3,
        batch_size=32,
        keep="last",
        beta2=0.99,
        schedule="cosine",
    ),
)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def trained(dataset: Dataset, preset: Preset = TINY) -> DnnTrainer:
    torch.manual_seed(preset.training.seed)
    trainer, _ = build_trainer(training_split(dataset, preset.training), preset)
    run_epochs(trainer, preset.training, lambda _: None)
    assert isinstance(trainer, DnnTrainer)
    return trainer


@pytest.fixture(scope="module")
def split(medium: Dataset) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in make_split(medium).scenarios}


@pytest.fixture(scope="module")
def model(medium: Dataset) -> Dnn:
    return Dnn(trained(make_split(medium).full_train).export())


def one(scenario: Scenario, row: int) -> tuple[Histories, Users]:
    return scenario.histories.take(np.array([row])), scenario.users.take(np.array([row]))


def test_the_ranking_is_a_search_in_one_space(model: Dnn, split: dict[str, Scenario]) -> None:
    assert isinstance(model, VectorModel)
    scenario = split[FOLD_IN]
    vectors = model.user_vectors(scenario.histories, scenario.users)
    scores = model.score(scenario.histories, scenario.users)
    np.testing.assert_allclose(scores.score, vectors @ model.film_vectors.T, rtol=1e-5)
    assert scores.rating is None


def test_it_beats_popularity_with_a_history_and_without(
    medium: Dataset, model: Dnn, split: dict[str, Scenario]
) -> None:
    popularity = Popularity.fit(make_split(medium).full_train)
    for name in (FOLD_IN, COLD_START):
        ours = evaluate(model, split[name]).metrics["ndcg"]
        theirs = evaluate(popularity, split[name]).metrics["ndcg"]
        assert ours is not None
        assert theirs is not None
        assert ours > 1.1 * theirs


def test_contributions_and_the_rest_sum_up_to_the_match(
    model: Dnn, split: dict[str, Scenario]
) -> None:
    assert isinstance(model, ExplainingModel)
    history, user = one(split[FOLD_IN], 3)
    films = np.array([0, 5, 17])
    parts = model.contributions(history, user, films)
    assert parts.shape == (len(history.film_rows), 3)
    match = model.score(history, user).score[0, films]
    raw = model._without_history(user)
    pooled = model._pooled(history) @ model.weights["history"]
    rest = (raw * model._scales(raw + pooled, history.counts)) @ model.film_vectors[films].T
    np.testing.assert_allclose(parts.sum(axis=0) + rest[0], match, rtol=1e-4, atol=1e-4)


def test_a_longer_history_speaks_more_and_an_empty_one_not_at_all(
    model: Dnn, split: dict[str, Scenario]
) -> None:
    scenario = split[COLD_START]
    vectors = model.user_vectors(scenario.histories, scenario.users)
    sizes = model.weights["part_sizes"].astype(int)
    gates = model.weights["part_gates"]
    assert gates.tolist() == [0, 0, 1]
    assert not vectors[:, : sizes[:2].sum()].any()
    lengths = np.linalg.norm(vectors[:, sizes[:2].sum() :], axis=1)
    np.testing.assert_allclose(lengths, TINY.config.prior_weight, rtol=1e-4)  # type: ignore[union-attr]


def test_half_is_known_at_its_length_and_the_first_films_tell_the_most(
    model: Dnn, split: dict[str, Scenario]
) -> None:
    scenario = split[FOLD_IN]
    vectors = model.user_vectors(scenario.histories, scenario.users)
    width = int(model.weights["part_sizes"][0])
    weight = float(model.weights["part_weights"][0])
    ratio = (scenario.histories.counts / float(model.weights["half_known"][0])) ** 0.8
    lengths = np.linalg.norm(vectors[:, :width], axis=1)
    np.testing.assert_allclose(lengths, weight * ratio / (1 + ratio), rtol=1e-4)


def test_films_are_scaled_where_a_history_is_known_and_not_for_strangers(small: Dataset) -> None:
    def untrained(power: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
        torch.manual_seed(0)
        config = replace(TINY.config, spread_power=power)  # type: ignore[type-var]
        trainer, _ = build_trainer(
            training_split(small, TINY.training), Preset(config, TINY.training)
        )
        assert isinstance(trainer, DnnTrainer)
        return trainer._weights(trainer._solved), trainer._solved.film_scales

    (plain, _), (scaled, scales) = untrained(0.0), untrained(-0.2)
    with_history = 16 + 24
    assert scales.max() > 1.05
    assert scales.min() < 0.95
    for of_films, factor in (
        (slice(with_history), scales[:, None]),
        (slice(with_history, None), 1),
    ):
        np.testing.assert_allclose(
            scaled["film_vectors"][:, of_films],
            plain["film_vectors"][:, of_films] * factor,
            rtol=1e-3,
            atol=1e-5,
        )


def test_what_is_solved_knows_all_ratings_in_the_end_and_the_head_only_what_it_is_told(
    small: Dataset,
) -> None:
    trainer, _ = build_trainer(training_split(small, TINY.training), TINY)
    assert isinstance(trainer, DnnTrainer)
    exported = trainer.export()
    config = TINY.config
    assert isinstance(config, DnnConfig)
    torch.manual_seed(TINY.training.seed)
    complete = solved_parts(small, config, random_start(len(small.films), config))
    solved = slice(config.dimension, config.dimension + config.solved_rank)
    np.testing.assert_allclose(
        exported["history"][:, solved], complete.parts[0].history, rtol=1e-3, atol=1e-5
    )
    fit, unseen = split_ratings(small, 0.1, TINY.training.seed)
    head = fit_like_head(trainer._weights(trainer._solved), fit, unseen, TINY.training.seed)
    for name in HEAD:
        np.testing.assert_allclose(exported[name], head[name], rtol=1e-3, atol=1e-4, err_msg=name)


def test_who_someone_is_changes_what_a_stranger_gets_and_nothing_known_is_no_failure(
    model: Dnn, split: dict[str, Scenario]
) -> None:
    scenario = split[COLD_START]
    ranking = model.score(scenario.histories, scenario.users).score
    assert np.unique(np.argmax(ranking, axis=1)).size > 1
    unknown = model.score(Histories.empty(2), Users.unknown(2)).score
    assert np.isfinite(unknown).all()
    np.testing.assert_allclose(unknown[0], unknown[1], rtol=1e-5)


def test_probabilities_are_probabilities_and_near_the_truth(
    model: Dnn, split: dict[str, Scenario]
) -> None:
    for scenario in split.values():
        liking = model.score(scenario.histories, scenario.users).like_probability
        assert liking is not None
        assert ((liking > 0) & (liking < 1)).all()
        at = (scenario.targets.user_rows, scenario.targets.film_rows)
        truth = scenario.targets.ratings >= 4
        assert abs(float(liking[at].mean()) - float(truth.mean())) < 0.1
        assert float(liking[at][truth].mean()) > float(liking[at][~truth].mean()) + 0.05


def test_films_that_the_same_people_like_are_near_each_other(model: Dnn) -> None:
    tastes = model.similarity_vectors
    lengths = np.linalg.norm(tastes, axis=1)
    known = lengths > 0.9 * lengths.max()
    assert known.sum() > 100  # a film without a rating has no taste
    cosines = tastes[known] @ tastes[known].T / np.outer(lengths[known], lengths[known])
    np.testing.assert_allclose(np.diag(cosines), 1, atol=1e-4)
    assert cosines.max() <= 1 + 1e-4


def test_the_same_seed_gives_the_same_weights_bit_for_bit(small: Dataset) -> None:
    first, again = trained(small).export(), trained(small).export()
    assert first.keys() == again.keys() == Dnn.shapes(first, 200).keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)
    other = trained(small, replace(TINY, training=replace(TINY.training, seed=1))).export()
    assert not np.array_equal(first["film_vectors"], other["film_vectors"])


def test_training_scores_each_film_without_its_own_part_in_the_history(small: Dataset) -> None:
    trainer, _ = build_trainer(training_split(small, TINY.training), TINY)
    assert isinstance(trainer, DnnTrainer)
    batch = next(trainer.batches(torch.Generator().manual_seed(0)))
    network = trainer.module
    with torch.no_grad():
        scores = network(batch, batch.grades)
        user, film = int(batch.user_rows[0]), int(batch.film_rows[0])
        without = batch.grades.clone()
        without[0] = 0.0
        shown = int((batch.user_rows == user).sum())
        again = network(batch, without)[user, film]
        rest = network.constant + batch.demographics[user] @ network.demographics
        of_rest = float(rest @ network.films[film])
    # one film fewer is shown, so what is left is divided by another root
    expected = (float(again) - of_rest) * ((shown - 1) / shown) ** 0.5 + of_rest
    assert float(scores[user, film]) == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_training_shows_a_share_of_the_users_with_what_they_rated_in_one_moment(
    small: Dataset,
) -> None:
    def first_batch(share: float) -> Batch:
        config = replace(TINY.config, moment_share=share)  # type: ignore[type-var]
        trainer, _ = build_trainer(
            training_split(small, TINY.training), Preset(config, TINY.training)
        )
        assert isinstance(trainer, DnnTrainer)
        return next(trainer.batches(torch.Generator().manual_seed(0)))

    whole, some, every = (first_batch(share) for share in (0.0, 0.5, 0.9999))
    rows, at = whole.user_rows.numpy(), (whole.user_rows, whole.film_rows)
    nearness = (every.grades / whole.grades).numpy()
    nearest = np.maximum.reduceat(nearness, whole.starts[:-1].numpy())
    np.testing.assert_allclose(nearest, 1)
    assert nearness.min() < 0.5
    np.testing.assert_allclose((every.targets[at] / whole.targets[at]).numpy(), nearness, rtol=1e-5)
    in_full = [
        bool((some.grades == whole.grades).numpy()[rows == user].all()) for user in range(32)
    ]
    assert 8 <= sum(in_full) <= 24


def test_the_validation_part_hides_a_fifth_of_the_ratings_of_some_users(small: Dataset) -> None:
    fit, scenario = split_ratings(small, 0.1, 0)
    assert len(scenario.users) == 12
    hidden = scenario.targets.counts.sum()
    assert len(fit.ratings) + hidden == len(small.ratings)
    total = scenario.targets.counts + scenario.histories.counts
    assert scenario.histories.counts.tolist() == [int(0.8 * count) for count in total]
    pairs = set(zip(fit.ratings.user_rows.tolist(), fit.ratings.film_rows.tolist(), strict=True))
    rows = scenario.users.ids[scenario.targets.user_rows] - 1
    assert pairs.isdisjoint(zip(rows.tolist(), scenario.targets.film_rows.tolist(), strict=True))


def test_a_configuration_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="dimension must be 1 or more"):
        DnnConfig(dimension=0)
    with pytest.raises(UsageError, match="moment_seconds must be above 0, not 0"):
        DnnConfig(moment_seconds=0)
    with pytest.raises(UsageError, match="stranger share must be"):
        DnnConfig(stranger_share=1.0)
    with pytest.raises(UsageError, match="moment share must be"):
        DnnConfig(moment_share=1.0)


def test_a_film_that_somebody_dislikes_pushes_its_like_down(medium: Dataset, model: Dnn) -> None:
    tastes = model.similarity_vectors
    lengths = np.maximum(np.linalg.norm(tastes, axis=1), 1e-9)
    popular = np.argsort(-np.bincount(medium.ratings.film_rows, minlength=len(medium.films)))
    liked, disliked = np.sort(popular[:3]), int(popular[10])
    near = np.argsort(-(tastes @ tastes[disliked]) / lengths)
    near = [film for film in near if film != disliked and film not in liked][:10]

    def ranking(films: list[int], ratings: list[float]) -> np.ndarray:
        order = np.argsort(films)
        history = Histories(
            np.array([0, len(films)]),
            np.array(films, np.int32)[order],
            np.array(ratings, np.float32)[order],
            np.zeros(len(films), np.int64),
            np.array(films)[order] == disliked,
        )
        scores = model.score(history, Users.unknown(1)).score[0]
        return np.argsort(np.argsort(-scores))

    before = ranking(list(liked), [5.0] * 3)
    after = ranking([*liked, disliked], [5.0] * 3 + [1.0])
    assert np.mean(after[near] - before[near]) > 5
