"""The sequence model: a chain of films is learned, its shuffle is not."""

from dataclasses import fields, replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, Histories, Ratings, Users
from movierec_cli.core.data.scenarios import Scenario, Validation
from movierec_cli.core.data.splits import Split, make_split
from movierec_cli.core.errors import DataError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.models.sequence.config import (
    SequenceConfig,
    TransformerConfig,
    UnorderedSequenceConfig,
)
from movierec_cli.core.models.sequence.model import PARTS, Sequence, UnorderedSequence
from tests.core.models.conftest import train
from tests.helpers import make_dataset, make_films, make_histories, make_users

N_FILMS, N_USERS, LENGTH = 24, 80, 8
CONFIG = SequenceConfig(transformer=TransformerConfig(width=16, window=7, dropout=0.0))
TRAINING = replace(PRESETS["sequence"]["default"].training, epochs=12, learning_rate=1e-2)


def chain(shuffled: bool) -> Dataset:
    """Return users who rate eight films one after another, from a random one on."""
    generator = np.random.default_rng(0)
    starts = generator.integers(0, N_FILMS, N_USERS)
    films = (starts[:, None] + np.arange(LENGTH)) % N_FILMS
    times = np.tile(np.arange(LENGTH, dtype=np.int64), (N_USERS, 1))
    if shuffled:
        times = generator.permuted(times, axis=1)
    dataset = make_dataset([(0, 0, 1.0)], N_USERS, [f"Film {film}" for film in range(N_FILMS)])
    ratings = Ratings.ordered(
        np.repeat(np.arange(N_USERS, dtype=np.int32), LENGTH),
        films.ravel().astype(np.int32),
        generator.integers(1, 6, films.size).astype(np.float32),
        times.ravel(),
    )
    return dataset.with_ratings(ratings)


def trained(dataset: Dataset) -> Sequence:
    return Sequence(train(dataset, Preset(CONFIG, TRAINING))[0].export())


@pytest.fixture(scope="module")
def split() -> Split:
    return make_split(chain(shuffled=False), "last")


@pytest.fixture(scope="module")
def model(split: Split) -> Sequence:
    return trained(split.full_train)


def with_weights(model: Sequence, *weights: float) -> Sequence:
    """Return the model with other weights of recency, transitions and transformer."""
    return Sequence({**model.weights, "part_weights": np.float32(weights)})


def hit_rate(model: Sequence, scenario: Scenario) -> float:
    return evaluate(model, scenario, k=1).metrics["hit_rate"] or 0.0


def test_every_part_learns_a_chain(model: Sequence, split: Split) -> None:
    scenario = split.scenarios[0]
    assert hit_rate(model, scenario) > 0.95
    assert hit_rate(with_weights(model, 0, 1, 0), scenario) > 0.95
    assert hit_rate(with_weights(model, 0, 0, 1), scenario) > 0.9
    # EASE knows the neighbors of the last film on both sides: those rated before are left out
    assert hit_rate(with_weights(model, 1, 0, 0), scenario) > 0.5


def test_the_shuffle_of_the_chain_is_not_learned(model: Sequence, split: Split) -> None:
    scenario = split.scenarios[0]
    known = scenario.histories
    times = np.random.default_rng(0).permutation(known.timestamps)
    shuffled = replace(scenario, histories=replace(known, timestamps=times))
    assert hit_rate(model, shuffled) < 0.75  # a neighbor of the known films, on either side
    other = make_split(chain(shuffled=True), "last")
    # without an order the films beside the known ones remain, and those between them
    assert hit_rate(trained(other.full_train), other.scenarios[0]) < 0.8


def test_the_unordered_model_is_the_control_that_knows_no_order(split: Split) -> None:
    config = UnorderedSequenceConfig(
        **{field.name: getattr(CONFIG, field.name) for field in fields(CONFIG)}
    )
    trainer, _ = train(split.full_train, Preset(config, TRAINING))
    weights = trainer.export()
    control = UnorderedSequence(weights)
    assert hit_rate(control, split.scenarios[0]) < 0.8
    # neither training nor scoring knows it: a film follows and precedes its neighbors alike
    following = np.diag(weights["transitions"], 1)[3:-3]
    preceding = np.diag(weights["transitions"], -1)[3:-3]
    assert following.mean() == pytest.approx(preceding.mean(), rel=0.1)
    scores = [control.score(told(*films), make_users(1)).score for films in ((4, 5, 6), (6, 5, 4))]
    np.testing.assert_array_equal(*scores)
    films = np.arange(8, 12)
    terms = control.contributions(told(4, 5, 6), make_users(1), films).films
    np.testing.assert_array_equal(
        terms, control.contributions(told(6, 5, 4), make_users(1), films).films
    )


def told(*films: int) -> Histories:
    """Return one user who rated these films one after another."""
    return make_histories(dict.fromkeys(films, 5.0))


def best(model: Sequence, history: Histories) -> int:
    scores = model.score(history, make_users(1)).score[0].copy()
    scores[history.film_rows] = -np.inf
    return int(scores.argmax())


def test_the_order_of_the_films_decides(model: Sequence) -> None:
    assert best(model, told(4, 5, 6, 7)) == 8
    assert best(model, told(7, 6, 5, 12, 13)) == 14


@pytest.mark.parametrize(("holdout", "length"), [("last", 3), ("users", 2), ("none", 1)])
def test_histories_too_short_to_learn_from_are_refused(holdout: str, length: int) -> None:
    triples = [(user, (user + film) % 20, 4.0) for user in range(20) for film in range(length)]
    dataset = make_dataset(triples, 20, [f"Film {film}" for film in range(20)])
    short = make_split(dataset, holdout, validation=Validation("last"))
    with pytest.raises(DataError, match="No training history of by-hand has 3 films") as caught:
        build_trainer(short, Preset(CONFIG, TRAINING))
    assert "movierec train dnn --dataset by-hand" in caught.value.hint


def test_a_film_without_a_training_rating_is_scored_and_not_recommended() -> None:
    dataset = chain(shuffled=False)
    titles = [f"Film {film}" for film in range(N_FILMS + 1)]
    dataset = replace(dataset, films=make_films(titles))
    training = replace(TRAINING, epochs=1)
    model = Sequence(train(dataset, Preset(CONFIG, training))[0].export())
    for history in (told(4, 5), told(4, N_FILMS)):
        scores = model.score(history, make_users(1)).score[0]
        assert np.isfinite(scores).all()
        assert scores.argmax() != N_FILMS


def test_only_the_order_counts_and_not_the_hours_or_stars(model: Sequence) -> None:
    history = told(3, 4, 5)
    later = replace(history, timestamps=history.timestamps * 1000 + 7, ratings=history.ratings - 3)
    np.testing.assert_array_equal(
        model.score(history, make_users(1)).score, model.score(later, make_users(1)).score
    )


def test_films_of_one_time_have_no_order(model: Sequence) -> None:
    tied = replace(told(3, 4, 5), timestamps=np.zeros(3, np.int64))
    known = with_weights(model, 1, 1, 0).score(tied, make_users(1)).score
    reverse = replace(told(5, 4, 3), timestamps=np.zeros(3, np.int64))
    np.testing.assert_allclose(
        known, with_weights(model, 1, 1, 0).score(reverse, make_users(1)).score, rtol=1e-5
    )
    model.score(tied, make_users(1))


def test_a_user_is_scored_alone_as_among_others(model: Sequence) -> None:
    histories = make_histories({3: 5.0, 4: 5.0}, {9: 4.0}, {}, {1: 1.0, 2: 2.0, 7: 3.0})
    together = model.score(histories, make_users(4)).score
    for row in range(4):
        alone = model.score(histories.take(np.array([row])), make_users(1)).score
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-4, atol=1e-5)


def test_a_history_longer_than_the_window_counts_from_its_end(model: Sequence) -> None:
    of_transformer = with_weights(model, 0, 0, 1)
    long, last = told(*range(20)), told(*range(13, 20))
    scores = [
        of_transformer.score(history, make_users(1)).score[0, 20:] for history in (long, last)
    ]
    assert np.argsort(scores[0]).tolist() == np.argsort(scores[1]).tolist()


def test_without_a_known_film_popularity_decides(model: Sequence) -> None:
    scores = model.score(Histories.empty(1), Users.unknown(1)).score[0]
    popularity = model.weights["popularity"]
    assert (
        np.argsort(scores, kind="stable").tolist() == np.argsort(popularity, kind="stable").tolist()
    )
    disliked = replace(told(3), disliked=np.array([True]))
    np.testing.assert_array_equal(model.score(disliked, Users.unknown(1)).score[0], scores)


def test_films_that_are_not_ranked_score_below_the_others(split: Split) -> None:
    config = replace(CONFIG, most_films=20)
    training = replace(TRAINING, epochs=1)
    model = Sequence(train(split.full_train, Preset(config, training))[0].export())
    ranked = model.weights["film_rows"].astype(int)
    assert len(ranked) == 20
    scores = model.score(told(int(ranked[0])), make_users(1)).score[0]
    others = np.setdiff1d(np.arange(N_FILMS), ranked)
    assert scores[others].max() < scores[ranked].min()
    unknown = told(*others.tolist())
    assert np.isfinite(model.score(unknown, make_users(1)).score).all()
    assert not model.contributions(unknown, make_users(1), ranked).films.any()


def test_the_contributions_are_the_terms_of_recency_and_transitions(model: Sequence) -> None:
    sums = with_weights(model, 1, 0.5, 0)
    history, films = told(3, 11, 5), np.array([0, 6, 8, 12])
    found = sums.contributions(history, make_users(1), films)
    rest = sums.score(history, make_users(1)).score[0, films] - found.films.sum(axis=0)
    np.testing.assert_allclose(rest, rest[0], atol=1e-4)  # the same for all films
    assert not found.demographics.any()
    assert found.films[:, 1].argmax() == 1  # film 6 because of film 5, the second by film
    whole = model.contributions(history, make_users(1), films)  # the transformer adds no terms
    one, half = model.weights["part_weights"][:2]
    np.testing.assert_allclose(
        with_weights(model, one, half, 0).contributions(history, make_users(1), films).films,
        whole.films,
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("film_rows", np.zeros(N_FILMS)),
        ("lag_decays", np.zeros(2)),
        ("tie_orders", np.zeros(1)),
        ("heads", np.full(1, 3)),
    ],
)
def test_impossible_weights_are_refused(name: str, value: np.ndarray, model: Sequence) -> None:
    with pytest.raises(ValueError, match=name):
        Sequence.check({**model.weights, name: value.astype(np.float32)})


def test_the_parts_have_names() -> None:
    assert PARTS == ("recency", "transitions", "transformer")
