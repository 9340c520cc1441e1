"""What the score loses when features are shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import check_scoring
from tqdm.auto import tqdm

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._utils import spawn_seeds
from magnet_sklearn.data import MultiModalData, as_named_frame
from magnet_sklearn.explain._model_outputs import ModelOutputs


def feature_importance(
    estimator: BaseMagnet,
    X: Any,
    y: Any,
    *,
    scoring: Any = None,
    n_repeats: int = 5,
    group_correlation: float | None = None,
    random_state: Any = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Measure what the score loses when a feature is shuffled.

    As :func:`sklearn.inspection.permutation_importance`, for multimodal data: a column
    is shuffled among the patients who have its block, so that patterns of missing
    blocks stay. Of correlated features each looks unimportant, as the others still
    tell; shuffled together they show what they are worth.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Patients, best ones that `fit` has not seen.
    y : array-like or DataFrame with n_patients rows
        Their target.
    scoring : str or callable, default=None
        As in scikit-learn; None is the estimator's `score`.
    n_repeats : int, default=5
        How often each feature is shuffled.
    group_correlation : float, default=None
        Features of a modality whose absolute correlation is about this or more, in
        (0, 1), are shuffled together (hierarchical clustering, average linkage). None
        shuffles each alone. With p features of a modality it needs p x p numbers.
    random_state : int, RandomState, Generator or None, default=None
        Shuffles.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    importance : DataFrame of shape (n_features, 3)
        Indexed by modality and feature; columns `mean` and `std` of the lost score over
        the repeats, and `group`, a number shared by features shuffled together. A block
        of more than two dimensions is one feature.

    Raises
    ------
    ValueError
        If `group_correlation` is not between 0 and 1, or `n_repeats` below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import feature_importance
    >>> X = {"rna": np.random.default_rng(0).normal(size=(60, 3))}
    >>> model = MultiModalGNNRegressor(experts="linear", gate=0.0, random_state=0)
    >>> model = model.set_params(ensemble_size=1, max_epochs=1).fit(X, X["rna"][:, 1])
    >>> lost = feature_importance(model, X, X["rna"][:, 1], random_state=0)
    >>> lost["mean"].idxmax()
    ('rna', 'rna_1')
    """
    if group_correlation is not None and not 0 < group_correlation < 1:
        raise ValueError(
            f"group_correlation must be between 0 and 1, got {group_correlation!r}. "
            "Pass for example 0.8, or None to shuffle each feature alone."
        )
    if n_repeats < 1:
        raise ValueError(f"n_repeats must be at least 1, got {n_repeats!r}.")
    X = ModelOutputs(estimator).check(X)
    scorer = check_scoring(estimator, scoring)
    whole = scorer(estimator, X, y)
    rows, groups = [], _groups(X, group_correlation)
    seeds = spawn_seeds(random_state, len(groups) * n_repeats)
    for number, (modality, places) in enumerate(
        tqdm(groups, unit="feature", disable=not verbose)
    ):
        own = seeds[number * n_repeats : (number + 1) * n_repeats]
        lost = [
            whole - scorer(estimator, _shuffled(X, modality, places, seed), y)
            for seed in own
        ]
        names = X.feature_names[modality]
        known = [modality] if names is None else names[places]
        rows += [(modality, n, np.mean(lost), np.std(lost), number) for n in known]
    columns = ["modality", "feature", "mean", "std", "group"]
    table = pd.DataFrame(rows, columns=columns).set_index(columns[:2])
    return table.reindex(_features(X))


def _features(X: MultiModalData) -> pd.MultiIndex:
    """Return all features in order; a block of more dimensions is one."""
    names = [
        (modality, name)
        for modality, own in X.feature_names.items()
        for name in ([modality] if own is None else own)
    ]
    return pd.MultiIndex.from_tuples(names, names=["modality", "feature"])


def _groups(X, group_correlation):
    """Return modality and columns of the features that are shuffled together."""
    groups = []
    for modality, observed in zip(X, X.mask.T, strict=True):
        names = X.feature_names[modality]
        n_columns = 1 if names is None else len(names)
        clusters = np.arange(n_columns)
        if group_correlation is not None and n_columns > 1 and observed.sum() > 1:
            frame = as_named_frame(modality, X[modality], X.index)[observed]
            clusters = _clusters(frame, group_correlation)
        groups += [
            (modality, np.flatnonzero(clusters == own)) for own in np.unique(clusters)
        ]
    return groups


def _clusters(frame, group_correlation):
    """Return the numbers of the groups of correlated columns."""
    values = np.column_stack(
        [
            column.to_numpy(float)
            if pd.api.types.is_numeric_dtype(column)
            else np.where(column.isna(), np.nan, pd.factorize(column, sort=True)[0])
            for _, column in frame.items()
        ]
    )
    values = values - np.nanmean(values, axis=0)
    values = np.nan_to_num(values)  # a missing cell is the mean
    length = np.linalg.norm(values, axis=0)
    values /= np.where(length > 0, length, 1.0)
    distance = np.clip(1 - np.abs(values.T @ values), 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average")
    return fcluster(tree, 1 - group_correlation, criterion="distance")


def _shuffled(X, modality, places, seed):
    """Shuffle columns of a block among the patients who have it."""
    block = X[modality]
    observed = np.flatnonzero(X.mask[:, list(X).index(modality)])
    order = np.random.default_rng(seed).permutation(observed)
    if isinstance(block, pd.DataFrame):
        taken = np.arange(len(block))
        taken[observed] = order
        names = block.columns[places]
        changed = block.copy()
        changed[names] = block[names].take(taken).set_axis(block.index)
    else:
        changed = block.toarray() if hasattr(block, "toarray") else block.copy()
        if changed.ndim > 2:
            changed[observed] = block[order]
        else:
            changed[np.ix_(observed, places)] = changed[np.ix_(order, places)]
    return MultiModalData({**dict(X.items()), modality: changed}, index=X.index)
