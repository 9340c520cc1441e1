"""A small set of features, and how well a model of these alone predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing
from tqdm.auto import tqdm

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData, as_named_frame, check_multimodal
from magnet_sklearn.explain._attribution import feature_attribution


@dataclass(frozen=True)
class Signature:
    """A small set of features.

    Parameters
    ----------
    features : DataFrame of shape (size, 2)
        Indexed by modality and feature, the most important first: `importance` (mean
        absolute attribution) and `frequency`, the share of folds that select it.
    frequency : Series
        The share of folds of every feature that any fold selects.
    scores : DataFrame of shape (n_folds, 2)
        Score of each held-out fold: `signature` by a model of the features that the
        other folds select, `full` by a model of all.
    """

    features: pd.DataFrame
    frequency: pd.Series
    scores: pd.DataFrame

    def select(self, X: Any) -> MultiModalData:
        """Keep the features of the signature.

        Parameters
        ----------
        X : multimodal data
            Patients with at least these features.

        Returns
        -------
        selected : MultiModalData
            Tables of the features, for modalities that have some.
        """
        return _select(check_multimodal(X), self.features.index)


def signature(
    estimator: BaseMagnet,
    X: Any,
    y: Any,
    *,
    size: int = 15,
    cv: Any = 5,
    scoring: Any = None,
    groups: Any = None,
    verbose: int = 0,
) -> Signature:
    """Select a small set of features and say how well it predicts by itself.

    In each fold the estimator is fitted to the other folds, the features with the
    largest mean absolute attribution there are selected, and the estimator is fitted
    again to these alone: the held-out fold is seen by neither, so that its score is not
    too good, as it is where features are selected on all patients [1]_.

    Parameters
    ----------
    estimator : estimator
        Any of the four; it is cloned.
    X : multimodal data of shape (n_patients, n_modalities)
        Tables; MultiModalData, a dict of blocks, or a frame with two-level columns.
    y : array-like or DataFrame with n_patients rows
        Target.
    size : int, default=15
        Features to select.
    cv : int, splitter or iterable, default=5
        Folds, as in scikit-learn.
    scoring : str or callable, default=None
        As in scikit-learn; None is the estimator's `score`.
    groups : array-like of shape (n_patients,), default=None
        For splitters that keep groups together.
    verbose : int, default=0
        1 shows a progress bar over the folds.

    Returns
    -------
    signature : Signature
        Features of a fit to all patients, their frequency over the folds, and scores.

    Raises
    ------
    ValueError
        If `size` is below 1, or a preprocessor makes columns that X does not have.

    References
    ----------
    .. [1] C. Ambroise, G. McLachlan, "Selection bias in gene extraction on the basis of
       microarray gene-expression data", PNAS 99 (2002).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import signature
    >>> X = {"rna": np.random.default_rng(0).normal(size=(60, 9))}
    >>> model = MultiModalGNNRegressor(experts="linear", gate=0.0, random_state=0)
    >>> model = model.set_params(ensemble_size=1, max_epochs=1)
    >>> found = signature(model, X, X["rna"][:, 1], size=1, cv=2)
    >>> found.features.index[0], float(found.features["frequency"].iloc[0])
    (('rna', 'rna_1'), 1.0)
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size!r}.")
    X = check_multimodal(X)
    splitter = check_cv(cv, _classes(y), classifier=is_classifier(estimator))
    scorer = check_scoring(estimator, scoring)
    chosen, scores = [], []
    folds = list(splitter.split(np.zeros(len(X)), _classes(y), groups))
    for train, held_out in tqdm(folds, unit="fold", disable=not verbose):
        rows, target = X[train], _safe_indexing(y, train)
        model = clone(estimator).fit(rows, target)
        top = _top(model, rows, size)
        chosen.extend(top.index)
        small = clone(estimator).fit(_select(rows, top.index), target)
        others, truth = X[held_out], _safe_indexing(y, held_out)
        scores.append(
            {
                "signature": scorer(small, _select(others, top.index), truth),
                "full": scorer(model, others, truth),
            }
        )
    frequency = pd.Series(chosen).value_counts() / len(folds)
    frequency.index = pd.MultiIndex.from_tuples(
        frequency.index, names=["modality", "feature"]
    )
    top = _top(clone(estimator).fit(X, y), X, size)
    features = pd.DataFrame(
        {"importance": top, "frequency": frequency.reindex(top.index).fillna(0.0)}
    )
    return Signature(features, frequency.rename("frequency"), pd.DataFrame(scores))


def _classes(y):
    """Return what folds can be stratified by."""
    return y if np.ndim(y) == 1 and np.asarray(y).dtype.names is None else None


def _top(model, X, size):
    """Return the importance of the most important features of X."""
    top = feature_attribution(model, X).top(size)
    names = X.feature_names
    made = [
        (modality, name)
        for modality, name in top.index
        if names[modality] is None or name not in set(names[modality])
    ]
    if made:
        raise ValueError(
            f"{made[:5]!r} are no columns of X, but made by the preprocessor or images."
            " A signature needs columns: leave out what makes others."
        )
    return top


def _select(X, features):
    """Keep some features, as frames."""
    blocks = {}
    for name, block in X.items():
        own = [feature for modality, feature in features if modality == name]
        if own:
            blocks[name] = as_named_frame(name, block, X.index)[own]
    return MultiModalData(blocks, index=X.index)
