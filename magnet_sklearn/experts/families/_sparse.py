"""Elastic net regression: logistic, linear and Cox."""

import numpy as np

from magnet_sklearn.experts._elastic_net import (
    SparseCox,
    SparseLogistic,
    SparseNumbers,
)
from magnet_sklearn.experts.families._family import Features, TunedFamily


class SparseFamily(TunedFamily):
    """Elastic net regression whose penalty is chosen out of fold.

    For few true features among many, such as mutations: with 5 true ones of 500 it
    adds .14 to the AUROC of "auto" and .3 to its R2. Where every feature counts a
    little, it loses to ridge regression. With many classes it is slow.

    Parameters
    ----------
    l1_ratio : float, default=0.9
        Share of the absolute penalty, which sets coefficients to 0, in (0, 1].

    Attributes
    ----------
    name : str
        "sparse", by which `experts` may name the family.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ModalityExperts, NumberEvidence, SparseFamily
    >>> table = np.random.default_rng(0).normal(size=(60, 20))
    >>> X, y = MultiModalData({"mutations": table}), table[:, 0]
    >>> experts = ModalityExperts(SparseFamily(l1_ratio=1.0), evidence=NumberEvidence())
    >>> experts.fit(X, y, fold_labels=y > 0).experts_["sparse", 0].coef_.argmax()
    np.int64(0)
    """

    name = "sparse"

    def __init__(self, l1_ratio=0.9):
        self.l1_ratio = l1_ratio

    def expert(self, kind, random_state):
        experts = {
            "classes": SparseLogistic,
            "numbers": SparseNumbers,
            "survival": SparseCox,
        }
        return experts[kind](l1_ratio=self.l1_ratio) if kind in experts else None

    def features(self, view, random_state):
        return ColumnByColumn()


class ColumnByColumn(Features):
    """Training patients as coordinate descent takes them: a column after the other."""

    def of_training(self, view):
        return view.filled(np.zeros((len(view), view.width), order="F"))
