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
    error : {"squared_error", "huber", "absolute_error"}, default="squared_error"
        What is averaged. "huber" is squared up to one standard deviation of the
        target and absolute beyond.

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

    def __init__(self, error: str = "squared_error"):
        super().__init__()
        self.error = error

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

        Gaussian (Laplacian for "absolute_error") with the scale profiled out:
        :math:`\frac n2 \log \frac1n \sum_i r_i^2` or :math:`n \log \frac1n \sum |r_i|`.

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
        factor = 1.0 if self.error == "absolute_error" else 0.5
        error = self(outputs, target, weight) + _SMALLEST ** (1 / factor)
        return factor * weight.sum() * torch.log(error)

    def baseline(self, target, weight):
        """Return the weighted mean, or the median for "absolute_error".

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
        if self.error != "absolute_error":
            return np.atleast_1d(np.average(values, weights=weight))
        order = np.argsort(values)
        half = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
        return np.atleast_1d(values[order][half])

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
        if self.error == "absolute_error":
            return residual.abs()
        return 2 * F.huber_loss(outputs[:, 0], target[:, 0], reduction="none")
