"""Functions that are computed at sites, for optimisers that differentiate by torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]


class SummedFunction:
    """A function of parameters as a differentiable Tensor.

    Parameters
    ----------
    evaluate : callable
        Returns value and gradient at an ndarray of parameters.
    """

    def __init__(self, evaluate: Evaluate) -> None:
        self.evaluate = evaluate

    def __call__(self, parameters: Tensor) -> Tensor:
        """Return the value, of shape ()."""
        # sites may differentiate, which torch does not do within a Function
        found = self.evaluate(parameters.detach().numpy())
        return _Evaluated.apply(parameters, *found)


class _Evaluated(torch.autograd.Function):
    """Keeps the gradient that came with the value."""

    @staticmethod
    def forward(ctx, parameters, value, gradient):
        ctx.save_for_backward(torch.tensor(gradient, dtype=torch.float64))
        return torch.tensor(value, dtype=torch.float64)

    @staticmethod
    def backward(ctx, upstream):
        return upstream * ctx.saved_tensors[0], None, None
