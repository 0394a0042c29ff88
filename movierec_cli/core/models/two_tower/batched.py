"""Solutions of many small systems of equations at once, side by side in the last dimension.

For systems of some ten unknowns this takes a third of the time of ``torch.linalg``, whose
routines solve one after the other.
"""

from typing import Any

import torch
from torch import Tensor


def solve(matrices: Tensor, rhs: Tensor, random: Tensor) -> Tensor:
    """Return A^-1 b + L'^-1 e for positive definite A = L L' [D, D, n], b and e [D, n] each.

    With normal e of the variance v this is a draw of the mean A^-1 b and the covariance v A^-1.
    There are gradients for the matrices and b, not for the random part.
    """
    solution: Tensor = _Solve.apply(matrices, rhs, random)  # type: ignore[no-untyped-call]
    return solution


class _Solve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, matrices: Tensor, rhs: Tensor, random: Tensor) -> Tensor:
        factor = _cholesky(matrices)
        solution = _upper(factor, _lower(factor, rhs) + random)
        ctx.save_for_backward(factor, solution)
        return solution

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        # x = A^-1 b: of b it is A^-1 g, of A it is -(A^-1 g) x'
        factor, solution = ctx.saved_tensors
        of_rhs = _upper(factor, _lower(factor, gradients[0]))
        return -of_rhs[:, None] * solution, of_rhs, None


def _cholesky(matrices: Tensor) -> Tensor:
    """Return lower triangular factors L of A = L L', [D, D, n]; nothing of use above them."""
    factor = matrices.clone()
    for pivot in range(len(factor)):
        factor[pivot, pivot].sqrt_()
        below = factor[pivot + 1 :, pivot]
        below /= factor[pivot, pivot]
        factor[pivot + 1 :, pivot + 1 :].addcmul_(below[:, None], below, value=-1)
    return factor


def _lower(factor: Tensor, rhs: Tensor) -> Tensor:
    """Return L^-1 b, [D, n]."""
    solution = rhs.clone()
    for row in range(len(factor)):
        solution[row] /= factor[row, row]
        solution[row + 1 :].addcmul_(factor[row + 1 :, row], solution[row], value=-1)
    return solution


def _upper(factor: Tensor, rhs: Tensor) -> Tensor:
    """Return L'^-1 b, [D, n]."""
    solution = rhs.clone()
    for row in reversed(range(len(factor))):
        solution[row] /= factor[row, row]
        solution[:row].addcmul_(factor[row, :row], solution[row], value=-1)
    return solution
