"""The transformer: the loss by one matrix, and the same scores in torch and in numpy."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.sequence import loss
from movierec_cli.core.models.sequence.config import TransformerConfig
from movierec_cli.core.models.sequence.loss import next_film_loss
from movierec_cli.core.models.sequence.network import Network, dropped
from movierec_cli.core.models.sequence.transformer import next_film_scores

CONFIG = TransformerConfig(width=8, blocks=3, heads=2, window=6, input_scale=2.0)


def test_numpy_scores_the_next_film_as_the_trained_network_does() -> None:
    torch.manual_seed(0)
    network = Network(12, CONFIG).eval()
    for parameter in network.parameters():  # also those that start at 0 or 1
        torch.nn.init.normal_(parameter, std=0.5)
    windows, lengths = np.array([[3, 1, 4, 1, 5, 9], [2, 7, 0, 0, 0, 0]]), np.array([6, 2])
    with torch.no_grad():
        states = network(torch.from_numpy(windows))[torch.arange(2), torch.from_numpy(lengths) - 1]
        expected = network.logits(states).numpy()
    weights = {**network.arrays(), "heads": np.float32([2]), "input_scale": np.float32([2])}
    np.testing.assert_allclose(
        next_film_scores(weights, windows, lengths), expected, rtol=1e-3, atol=1e-4
    )
    alone = next_film_scores(weights, windows[1:, :2], lengths[1:])
    np.testing.assert_allclose(alone[0], expected[1], rtol=1e-3, atol=1e-4)


def test_a_place_does_not_know_the_films_after_it() -> None:
    torch.manual_seed(0)
    network = Network(12, CONFIG).eval()
    with torch.no_grad():
        first, other = network(torch.tensor([[3, 1, 4, 1], [3, 1, 9, 7]]))
    np.testing.assert_allclose(first[:2], other[:2], rtol=1e-5, atol=1e-6)
    assert not np.allclose(first[2:], other[2:])


@pytest.mark.parametrize("at_once", [2, 256])
def test_the_loss_is_the_cross_entropy_of_the_films_that_can_be_next(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss, "_AT_ONCE", at_once)  # the last place has no pair
    torch.manual_seed(0)
    inputs = [torch.randn(*shape, requires_grad=True) for shape in ((5, 4), (7, 4), (7,))]
    states, films, bias = inputs
    seen = (torch.tensor([0, 0, 3]), torch.tensor([1, 2, 6]))
    following = torch.tensor([0, 1, 2, 3, 4])
    logits = functional.linear(states, films, bias).index_put(seen, torch.tensor(-torch.inf))
    expected = functional.cross_entropy(logits, following)
    got = next_film_loss(states, films, bias, seen, following)
    assert got.item() == pytest.approx(expected.item(), rel=1e-5)
    for of_got, of_expected in zip(
        torch.autograd.grad(2 * got, inputs), torch.autograd.grad(2 * expected, inputs), strict=True
    ):
        np.testing.assert_allclose(of_got, of_expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_dropout_sets_a_share_to_zero_and_keeps_the_mean(share: float) -> None:
    torch.manual_seed(0)
    found = dropped(torch.ones(101, 301), share).numpy()
    assert set(np.unique(found)) <= {0, np.float32(1 / (1 - share))}
    assert (found == 0).mean() == pytest.approx(share, abs=0.01)
    # each row and each of the four numbers of a draw
    assert (found == 0).mean(axis=1) == pytest.approx(np.full(101, share), abs=0.12)
    quarters = (found.ravel()[: 4 * 7_600] == 0).reshape(-1, 4).mean(axis=0)
    assert quarters == pytest.approx(np.full(4, share), abs=0.02)


def test_the_width_is_a_multiple_of_the_heads() -> None:
    with pytest.raises(UsageError, match="width of 9 is no multiple of 2 heads"):
        TransformerConfig(width=9)
