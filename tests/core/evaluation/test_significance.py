"""The paired bootstrap finds differences that are there, and no others."""

import numpy as np
import pytest

from movierec_cli.core.evaluation.per_user import PerUser
from movierec_cli.core.evaluation.significance import (
    LEVEL,
    MIN_USERS,
    RESAMPLES,
    bootstrap,
    holm,
    p_values,
)

N_USERS = 50
NOISE = np.random.default_rng(3).normal(size=N_USERS)
NOISE -= NOISE.mean()


def of_users(ndcg: np.ndarray, squared_errors: np.ndarray | None = None) -> PerUser:
    sums = {"ndcg": ndcg}
    if squared_errors is not None:
        sums |= {"mse": squared_errors, "rmse": squared_errors}
    counts = {"ranking": np.ones(len(ndcg)), "rating": np.full(len(ndcg), 2.0)}
    return PerUser(np.arange(len(ndcg)), sums, counts)


def p_values_of(*models: PerUser) -> list[dict[str, float | None]]:
    return [dict(found) for found in p_values([model.means() for model in models], models)]


@pytest.mark.parametrize("shift", [0.15, 0.3, 0.45])
def test_p_values_agree_with_the_paired_t_test(shift: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    expected = stats.ttest_rel(NOISE + shift, np.zeros(N_USERS)).pvalue
    (found,) = bootstrap((NOISE + shift)[:, None])
    assert found == pytest.approx(expected, rel=0.25, abs=0.005)


def test_only_the_differences_of_the_same_user_matter() -> None:
    # The users differ a lot; each is slightly better off with the second model.
    base = np.linspace(0, 1, N_USERS)
    better = of_users(base + 0.01 + 0.002 * NOISE)
    first, second = p_values_of(of_users(base), better)
    assert first["ndcg"] == pytest.approx(2 / (RESAMPLES + 1))
    assert second["ndcg"] is None  # the best


def test_equal_models_are_within_chance() -> None:
    first, second = p_values_of(of_users(NOISE), of_users(NOISE.copy()))
    assert (first["ndcg"], second["ndcg"]) == (None, 1.0)


def test_errors_are_best_where_they_are_low_and_some_models_have_none() -> None:
    ranking = np.linspace(0, 1, N_USERS)
    small, large = np.full(N_USERS, 1.0), 1.5 + 0.1 * NOISE
    first, second, third = p_values_of(
        of_users(ranking, large), of_users(ranking), of_users(ranking, small)
    )
    assert first["rmse"] == first["mse"] == pytest.approx(2 / (RESAMPLES + 1))
    assert second["rmse"] is third["rmse"] is None
    assert first["precision"] is None


def test_users_that_do_not_count_change_nothing() -> None:
    generator = np.random.default_rng(0)
    values = generator.random((2, N_USERS))
    counted = np.arange(N_USERS) < 30
    models = [of_users(np.where(counted, row, 0.0)) for row in values]
    for model in models:
        model.counts["ranking"][~counted] = 0.0
    fewer = [of_users(row[counted]) for row in values]
    assert p_values_of(*models) == p_values_of(*fewer)


def test_of_too_few_users_every_difference_is_within_chance() -> None:
    ones = np.ones((MIN_USERS - 1, 1))
    assert bootstrap(ones).tolist() == [1.0]
    assert bootstrap(np.ones((MIN_USERS, 1)))[0] < LEVEL


def test_blocks_of_resamples_are_no_other_test(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = (NOISE + 0.3)[:, None]
    at_once = bootstrap(differences)
    monkeypatch.setattr("movierec_cli.core.evaluation.significance._DRAWN", 7 * N_USERS)
    assert bootstrap(differences) == pytest.approx(at_once)


def test_holm_corrects_for_the_number_of_models() -> None:
    corrected = holm(np.array([0.04, 0.01, 0.03, 0.5]))
    # ascending: 4 * 0.01, 3 * 0.03, 2 * 0.04 is below its predecessor, 1 * 0.5
    assert corrected == pytest.approx([0.09, 0.04, 0.09, 0.5])
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]
