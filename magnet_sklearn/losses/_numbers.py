"""Losses of a number per patient."""

import numpy as np
import torch
from torch.nn import functional as F

from magnet_sklearn.losses._task import TaskLoss, weighted_mean

# Residuals this small, in standard deviations of the target, are equal to 0.
_SMALLEST = 1e-6
_STRATA = 5


class NumberLoss(TaskLoss):
    """Loss of a number that is standardised over the training patients.

    Parameters
    ----------
    error : {"squared_error", "huber", "absolute_error", "quantile"}, \
            default="squared_error"
        What is averaged. "huber" is squared up to one standard deviation of the
        target and absolute beyond; "quantile" is twice the pinball loss [1]_.
    quantile : float, default=0.5
        Level in (0, 1) that "quantile" aims at.

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

    kind = "numbers"
    n_outputs = 1

    def __init__(self, error: str = "squared_error", quantile: float = 0.5):
        super().__init__()
        self.error = error
        # the absolute error is that of the median
        self.quantile = quantile if error == "quantile" else 0.5
        self.is_absolute = error in ("absolute_error", "quantile")

    def forward(self, outputs, target, weight):
        """Compute the weighted mean error.

        Parameters
        ----------
        outputs : Tensor of shape (n_patients, n_outputs)
            Outputs of the model.
        target : Tensor of shape (n_patients, n_columns)
            Target.
        weight : Tensor of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        loss : Tensor of shape ()
            The loss.
        """
        return weighted_mean(self._errors(outputs, target), weight)

    def deviance(self, outputs, target, weight):
        r"""Compute the negative log-likelihood at the best scale.

        Gaussian, or Laplacian (asymmetric for "quantile") for absolute errors, with the
        scale profiled out: :math:`\frac n2 \log \frac1n \sum_i r_i^2` or
        :math:`n \log \frac1n \sum |r_i|`.

        Parameters
        ----------
        outputs : Tensor of shape (n_patients, n_outputs)
            Outputs of the model.
        target : Tensor of shape (n_patients, n_columns)
            Target.
        weight : Tensor of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        deviance : Tensor of shape ()
            In nats.
        """
        factor = 1.0 if self.is_absolute else 0.5
        error = self(outputs, target, weight) + _SMALLEST ** (1 / factor)
        return factor * weight.sum() * torch.log(error)

    def baseline(self, target, weight):
        """Return the weighted mean, or the quantile for absolute errors.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        outputs : ndarray of shape (n_outputs,)
            The best constant outputs.
        """
        values = target[:, 0]
        if not self.is_absolute:
            return np.atleast_1d(np.average(values, weights=weight))
        order = np.argsort(values)
        below = np.cumsum(weight[order])
        place = np.searchsorted(below, weight.sum() * self.quantile)
        return np.atleast_1d(values[order][min(place, len(order) - 1)])

    def fold_labels(self, target):
        """Return in which fifth of the target a patient is.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labels : int ndarray of shape (n_patients,)
            One a patient.
        """
        n_strata = int(np.clip(len(target) // 10, 2, _STRATA))
        order = np.argsort(np.argsort(target[:, 0], kind="stable"), kind="stable")
        return order * n_strata // len(target)

    def _errors(self, outputs, target):
        residual = outputs[:, 0] - target[:, 0]
        if self.error == "squared_error":
            return residual**2
        if self.is_absolute:
            level = self.quantile
            return 2 * torch.maximum((1 - level) * residual, -level * residual)
        return 2 * F.huber_loss(outputs[:, 0], target[:, 0], reduction="none")
