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
        """Weighted mean cross-entropy; shapes as in :class:`TaskLoss`."""
        return weighted_cross_entropy(outputs, target[:, 0].long(), weight)

    def deviance(self, outputs, target, weight):
        """Weighted sum of cross-entropies; shapes as in :class:`TaskLoss`."""
        losses = F.cross_entropy(outputs, target[:, 0].long(), reduction="none")
        return torch.sum(weight * losses)

    def baseline(self, target, weight):
        """Log class shares; shapes as in :class:`TaskLoss`."""
        codes = target[:, 0].astype(int)
        shares = np.bincount(codes, weights=weight, minlength=self.n_outputs)
        return np.log(np.maximum(shares / shares.sum(), 1e-12))

    def fold_labels(self, target):
        """Return the class codes; shapes as in :class:`TaskLoss`."""
        return target[:, 0].astype(int)
