"""The weights of the two-tower and their moving averages."""

import torch

from movierec_cli.core.models.two_tower.config import TwoTowerConfig
from movierec_cli.core.models.two_tower.towers import Towers


def _towers() -> Towers:
    torch.manual_seed(0)
    return Towers(TwoTowerConfig(members=2, factors=3), n_user_side=5, n_film_side=4, size=(6, 7))


def _set(towers: Towers, value: float) -> None:
    with torch.no_grad():
        for weight in towers.weights():
            weight.fill_(value)


def test_a_tower_has_a_row_for_each_rated_film_or_user_and_for_each_side_feature() -> None:
    own, user_tower, film_tower = _towers().weights()
    assert own.shape == (2, 7, 1 + 3)
    assert user_tower.shape == (2, 7 + 5, 1 + 3)
    assert film_tower.shape == (2, 6 + 4, 1 + 3)


def test_averages_begin_at_the_weights() -> None:
    towers = _towers()
    for average, weight in zip(towers.averages(), towers.weights(), strict=True):
        assert torch.equal(average, weight)


def test_the_first_averages_are_plain_means() -> None:
    towers = _towers()
    for value, mean in ((3.0, 3.0), (5.0, 4.0), (10.0, 6.0)):
        _set(towers, value)
        towers.update_averages()
        for average in towers.averages():
            assert torch.allclose(average, torch.full_like(average, mean))


def test_later_averages_forget_three_percent_in_a_step() -> None:
    towers = _towers()
    _set(towers, 1.0)
    for _ in range(100):
        towers.update_averages()
    _set(towers, 2.0)
    towers.update_averages()
    for average in towers.averages():
        assert torch.allclose(average, torch.full_like(average, 0.97 * 1.0 + 0.03 * 2.0))


def test_the_averages_are_saved_with_the_weights() -> None:
    towers = _towers()
    _set(towers, 4.0)
    towers.update_averages()
    restored = _towers()
    restored.load_state_dict(towers.state_dict())
    assert int(restored.steps) == 1
    for average in restored.averages():
        assert torch.allclose(average, torch.full_like(average, 4.0))
