"""The loss of the transformer: softmax over all films but those seen, in torch."""

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

_AT_ONCE = 256  # places, whose logits fit into the cache of a processor


class _NextFilmLoss(torch.autograd.Function):
    """Mean cross-entropy of the next films, without a matrix of all logits.

    From states X [n, d], film vectors E [R, d], biases b [R], the pairs of a state and a film that
    cannot be next, and the next films y [n]. With P = softmax(X E' + b) over the possible films,

        loss = -mean_t log P[t, y_t]        G = (P - onehot(y)) / n  [n, R]
        dX = G E,  dE = G'X,  db = G'1      computed at once, some rows of G after the other
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
        gradients = [torch.zeros_like(of) for of in (states, films, bias)]
        of_states, of_films, of_bias = gradients
        loss = torch.zeros((), device=states.device)
        starts = torch.arange(0, n, _AT_ONCE, device=states.device)
        parts = torch.searchsorted(impossible[0], starts[1:]).tolist()
        rows, columns = (torch.tensor_split(of, parts) for of in impossible)
        for number, start in enumerate(starts.tolist()):
            place = slice(start, start + _AT_ONCE)
            x, y = states[place], next_films[place]
            at_next = (torch.arange(len(x), device=x.device), y)
            scores = torch.addmm(bias, x, films.T)
            scores[rows[number] - start, columns[number]] = -torch.inf
            torch.softmax(scores, dim=1, out=scores)
            loss -= scores[at_next].clamp(min=1e-30).log().sum()
            scores[at_next] -= 1
            torch.mm(scores, films, out=of_states[place])
            of_films.addmm_(scores.T, x)
            of_bias += scores.sum(dim=0)
        ctx.save_for_backward(*(of.div_(n) for of in gradients))
        return loss / n

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
    """Return the loss of `_NextFilmLoss`, a scalar; the impossible pairs are in order of states."""
    arguments = (states, films, bias, impossible, next_films)
    return cast(Tensor, _NextFilmLoss.apply(*arguments))  # type: ignore[no-untyped-call]
