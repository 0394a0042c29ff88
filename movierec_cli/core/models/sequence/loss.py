"""The loss of the transformer: softmax over all films but those seen, in torch."""

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class _NextFilmLoss(torch.autograd.Function):
    """Mean cross-entropy of the next films, by one matrix of logits in place of four.

    From states X [n, d], film vectors E [R, d], biases b [R], the pairs of a state and a film that
    cannot be next, and the next films y [n]. With P = softmax(X E' + b) over the possible films,

        loss = -mean_t log P[t, y_t]        G = (P - onehot(y)) / n  [n, R]
        dX = G E,  dE = G'X,  db = G'1      computed at once, so that G is not kept
    """

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        films: Tensor,
        bias: Tensor,
        impossible: tuple[Tensor, Tensor],
        next_films: Tensor,
    ) -> Tensor:
        """Compute the loss, and its gradients for the backward pass."""
        n = len(next_films)
        at_next = (torch.arange(n, device=states.device), next_films)
        scores = torch.addmm(bias, states, films.T)
        scores[impossible] = -torch.inf
        torch.softmax(scores, dim=1, out=scores)
        loss = -scores[at_next].clamp(min=1e-30).log().mean()
        scores[at_next] -= 1
        scores /= n
        ctx.save_for_backward(scores @ films, scores.T @ states, scores.sum(dim=0))
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of the states, the film vectors and the biases."""
        (gradient,) = gradients
        return (*(gradient * saved for saved in ctx.saved_tensors), None, None)


def next_film_loss(
    states: Tensor,
    films: Tensor,
    bias: Tensor,
    impossible: tuple[Tensor, Tensor],
    next_films: Tensor,
) -> Tensor:
    """Return the loss of `_NextFilmLoss`, a scalar."""
    arguments = (states, films, bias, impossible, next_films)
    return cast(Tensor, _NextFilmLoss.apply(*arguments))  # type: ignore[no-untyped-call]
