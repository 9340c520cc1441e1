"""Loss of one class per patient."""

import numpy as np
import torch
from torch.nn import functional as F

from magnet_sklearn.losses._cross_entropy import weighted_cross_entropy
from magnet_sklearn.losses._task import TaskLoss


class ClassLoss(TaskLoss):
    """Cross-entropy of class codes in a column.

    Parameters
    ----------
    n_classes : int
        Number of classes.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.losses import ClassLoss
    >>> np.exp(ClassLoss(2).baseline(np.array([[0], [1], [1], [1]]), np.ones(4)))
    array([0.25, 0.75])
    """

    kind = "classes"

    def __init__(self, n_classes: int):
        super().__init__()
        self.n_outputs = n_classes

    def forward(self, outputs, target, weight):
        """Compute the weighted mean cross-entropy.

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
        return weighted_cross_entropy(outputs, target[:, 0].long(), weight)

    def deviance(self, outputs, target, weight):
        """Compute the weighted sum of cross-entropies.

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
        losses = F.cross_entropy(outputs, target[:, 0].long(), reduction="none")
        return torch.sum(weight * losses)

    def baseline(self, target, weight):
        """Return the log class shares.

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
        codes = target[:, 0].astype(int)
        shares = np.bincount(codes, weights=weight, minlength=self.n_outputs)
        return np.log(np.maximum(shares / shares.sum(), 1e-12))

    def fold_labels(self, target):
        """Return the class codes.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labels : int ndarray of shape (n_patients,)
            One a patient.
        """
        return target[:, 0].astype(int)
