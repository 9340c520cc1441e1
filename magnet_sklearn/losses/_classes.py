"""Loss of one class per patient."""

import numpy as np
import torch
from torch.nn import functional as F

from magnet_sklearn.losses._cross_entropy import weighted_cross_entropy
from magnet_sklearn.losses._task import TaskLoss


class ClassLoss(TaskLoss):
    """Cross-entropy of class codes; the outputs are logits.

    The baseline is the logarithm of the class shares.

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

    def __init__(self, n_classes: int):
        super().__init__()
        self.n_outputs = n_classes

    def forward(self, outputs, target, weight):
        return weighted_cross_entropy(outputs, target[:, 0].long(), weight)

    def deviance(self, outputs, target, weight):
        losses = F.cross_entropy(outputs, target[:, 0].long(), reduction="none")
        return torch.sum(weight * losses)

    def baseline(self, target, weight):
        codes = self.fold_labels(target)
        shares = np.bincount(codes, weights=weight, minlength=self.n_outputs)
        return np.log(np.maximum(shares / shares.sum(), 1e-12))

    def fold_labels(self, target):
        return target[:, 0].astype(int)
