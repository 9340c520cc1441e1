"""Losses of a number per patient."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from magnet_sklearn.losses._task import TaskLoss, weighted_mean

# Residuals this small, in standard deviations of the target, are equal to 0.
_SMALLEST = 1e-6
_STRATA = 5


@dataclass
class SquaredError:
    """Gaussian errors, whose best constant is the mean."""

    quantile: float
    power = 2  # of the scale of the errors

    def __call__(self, residual):
        """Error of each residual, output less target."""
        return residual**2

    def best_constant(self, values, weight):
        """Return the number with the least weighted error."""
        return np.average(values, weights=weight)


class HuberError(SquaredError):
    """Squared up to one standard deviation of the target, absolute beyond."""

    def __call__(self, residual):
        return 2 * F.huber_loss(residual, torch.zeros_like(residual), reduction="none")


class QuantileError(SquaredError):
    """Twice the pinball loss; the best constant is the quantile."""

    power = 1

    def __call__(self, residual):
        level = self.quantile
        return 2 * torch.maximum((1 - level) * residual, -level * residual)

    def best_constant(self, values, weight):
        order = np.argsort(values)
        below = np.cumsum(weight[order])
        place = np.searchsorted(below, weight.sum() * self.quantile)
        return values[order][min(place, len(order) - 1)]


class AbsoluteError(QuantileError):
    """That of the median, whatever the level."""

    def __post_init__(self):
        self.quantile = 0.5


NUMBER_LOSSES: dict[str, type[SquaredError]] = {
    "squared_error": SquaredError,
    "huber": HuberError,
    "absolute_error": AbsoluteError,
    "quantile": QuantileError,
}


class NumberLoss(TaskLoss):
    r"""Loss of a number that is standardised over the training patients.

    The deviance is Gaussian, or Laplacian (asymmetric for "quantile") for absolute
    errors, at the best scale: :math:`\frac n2 \log \frac1n \sum_i r_i^2` or
    :math:`n \log \frac1n \sum_i |r_i|`. The baseline is the mean or the quantile. Folds
    are stratified by fifths of the target.

    Parameters
    ----------
    error : str, default="squared_error"
        What is averaged: "squared_error", "huber", "absolute_error" or "quantile".
        "huber" is squared up to one standard deviation of the target and absolute
        beyond; "quantile" is twice the pinball loss [1]_.
    quantile : float, default=0.5
        Level in (0, 1) that "quantile" aims at.

    Raises
    ------
    ValueError
        If there is no such `error`.

    References
    ----------
    .. [1] R. Koenker, G. Bassett: Regression quantiles. Econometrica 46, 1978.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import NumberLoss
    >>> residual = torch.tensor([[1.0], [3.0]])
    >>> NumberLoss()(residual, torch.zeros(2, 1), torch.ones(2)).item()
    5.0
    """

    n_outputs = 1

    def __init__(self, error: str = "squared_error", quantile: float = 0.5):
        super().__init__()
        if error not in NUMBER_LOSSES:
            raise ValueError(f"error must be one of {[*NUMBER_LOSSES]}; got {error!r}.")
        self.error = NUMBER_LOSSES[error](quantile)
        self.aims_at_quantile = isinstance(self.error, QuantileError)

    def forward(self, outputs, target, weight):
        return weighted_mean(self.error(outputs[:, 0] - target[:, 0]), weight)

    def deviance(self, outputs, target, weight):
        error = self(outputs, target, weight) + _SMALLEST**self.error.power
        return weight.sum() * torch.log(error) / self.error.power

    def baseline(self, target, weight):
        return np.atleast_1d(self.error.best_constant(target[:, 0], weight))

    def fold_labels(self, target):
        n_strata = int(np.clip(len(target) // 10, 2, _STRATA))
        order = np.argsort(np.argsort(target[:, 0], kind="stable"), kind="stable")
        return order * n_strata // len(target)
