"""Gradient boosting of small trees."""

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn.experts._boosting import (
    BoostingClassifier,
    BoostingCox,
    BoostingRegressor,
)
from magnet_sklearn.experts.families._family import Features, TunedFamily

_CHUNK = 1024  # columns that are sorted at a time


class BoostingFamily(TunedFamily):
    """Histogram gradient boosting whose number of trees is chosen out of fold.

    For interactions in larger cohorts: with 1500 patients it adds .01 to the AUROC and
    the concordance of "auto", and .03 to its R2. Below 500 patients it gains nothing,
    and wide tables make it slow.

    Parameters
    ----------
    learning_rate : float, default=0.1
        Share of each tree that counts.
    max_leaf_nodes : int, default=8
        Most leaves of a tree; 2 leaves interactions out.

    Attributes
    ----------
    name : str
        "boosting", by which `experts` may name the family.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import (
    ...     BoostingFamily,
    ...     ClassEvidence,
    ...     ModalityExperts,
    ... )
    >>> table = np.random.default_rng(0).normal(size=(60, 2))
    >>> X, y = MultiModalData({"rna": table}), (table.prod(axis=1) > 0).astype(int)
    >>> families = ["linear", BoostingFamily(learning_rate=0.2)]
    >>> experts = ModalityExperts(families, evidence=ClassEvidence(), random_state=0)
    >>> experts.fit(X, y, n_outputs=2).families_
    ['linear', 'boosting']
    """

    name = "boosting"

    def __init__(self, learning_rate=0.1, max_leaf_nodes=8):
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes

    def expert(self, kind, random_state):
        experts = {
            "classes": BoostingClassifier,
            "numbers": BoostingRegressor,
            "survival": BoostingCox,
        }
        if kind not in experts:
            return None
        return experts[kind](**self.get_params(), random_state=random_state)

    def features(self, view, random_state):
        return Bins(view.table)


class Bins(Features):
    """Place of each value among quantiles of its column.

    The trees would bin the columns again for each fold, and with weights so slowly that
    it takes longer than the trees.
    """

    are_columns = False

    def __init__(self, table):
        n_bins = max(16, min(255, len(table) // 10))
        levels = np.arange(1, n_bins) / n_bins
        of_chunks = [
            np.quantile(table[:, columns], levels, axis=0).T
            for columns in gen_batches(table.shape[1], _CHUNK)
        ]
        self.edges = np.concatenate(of_chunks)

    def transform(self, view):
        table = view.table
        places = np.empty(table.shape, np.uint8)
        for column, edges in enumerate(self.edges):
            places[:, column] = np.searchsorted(edges, table[:, column])
        return places
