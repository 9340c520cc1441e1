"""Whether an order of importance is that of the model: deletion and insertion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData, as_named_frame, like
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._model_outputs import ModelOutputs


def deletion_curve(
    estimator: BaseMagnet,
    X: Any,
    importance: Explanation | pd.DataFrame,
    *,
    output: Any = None,
    insertion: bool = False,
    n_steps: int = 10,
) -> pd.DataFrame:
    """Follow the output while features or blocks are taken away, the first ones first.

    The faster it falls, the better the order says what the prediction rests on [1]_.
    What is taken away counts as missing. Compare orders by the mean of the curve.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Tables only, if the parts are features.
    importance : Explanation or DataFrame of shape (n_patients, n_parts)
        Order of the parts of each patient: largest first. Columns are modalities, or
        two levels (modality, feature). Values of an explanation count as they support
        the output that is followed, so that what speaks against it comes last.
    output : name of an output, default=None
        What is followed: by default the predicted class, else the only output, up or
        down as the patient differs from the baseline.
    insertion : bool, default=False
        Start with nothing and add the most important ones first.
    n_steps : int, default=10
        Steps from all to nothing.

    Returns
    -------
    curve : DataFrame of shape (n_patients, n_steps + 1)
        Output less baseline, so that 0 is nothing known; columns are the share of the
        observed parts that is gone (or there, with `insertion`). With several classes
        it is the logit against the mean of the others.

    Raises
    ------
    ValueError
        If `output` is needed, or `importance` has other patients or parts than X.

    References
    ----------
    .. [1] V. Petsiuk, A. Das, K. Saenko, "RISE: Randomized input sampling for
       explanation of black-box models", BMVC 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import deletion_curve, feature_attribution
    >>> X = {"rna": np.random.default_rng(0).normal(size=(60, 3))}
    >>> model = MultiModalGNNRegressor(experts="linear", gate=0.0, random_state=0)
    >>> model = model.set_params(ensemble_size=1, max_epochs=1).fit(X, X["rna"][:, 1])
    >>> explanation = feature_attribution(model, X)
    >>> curve = deletion_curve(model, X, explanation, n_steps=3).mean()
    >>> bool(curve.iloc[1] < 0.2 * curve.iloc[0])
    True
    """
    model = ModelOutputs(estimator)
    X = model.check(X)
    followed = _followed(model, X, output)
    if not importance.index.equals(X.index):
        raise ValueError(
            f"importance has {len(importance)} patients that are not the {len(X)} of X "
            "in the same order. Explain the same X."
        )
    if isinstance(importance, Explanation):
        support = np.einsum("npo,no->np", importance.values, followed)
        importance = pd.DataFrame(support, importance.index, importance.parts)
    there = _there(X, importance.columns)
    values = np.where(there, importance.to_numpy(dtype=float), -np.inf)
    rank = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1)
    counts = there.sum(axis=1, keepdims=True)
    curve = {}
    for share in np.linspace(0, 1, n_steps + 1):
        first = rank < np.ceil(share * counts - 1e-9)
        kept = there & (first if insertion else ~first)
        outputs = model(_keep(X, importance.columns, kept)) - model.baseline
        curve[float(round(share, 6))] = (outputs * followed).sum(axis=1)
    return pd.DataFrame(curve, index=X.index)


def _followed(model, X, output):
    """Return weights of the outputs, of shape (n_patients, n_outputs)."""
    names, outputs = list(model.names), model(X)
    if output is not None:
        if output not in names:
            raise ValueError(f"There is no output {output!r}. Outputs: {names!r}.")
        place = np.full(len(outputs), names.index(output))
    elif len(names) == 1:
        is_class = model.units[0] == "log-odds"
        change = outputs if is_class else outputs - model.baseline
        return np.where(change < 0, -1.0, 1.0)
    elif hasattr(model.estimator, "classes_") and len(model.estimator.classes_) == len(
        names
    ):
        place = outputs.argmax(axis=1)
        weights = np.full(outputs.shape, -1.0 / (len(names) - 1))
        weights[np.arange(len(outputs)), place] = 1.0
        return weights
    else:
        raise ValueError(
            f"The model has the outputs {names!r}. Pass the one to follow as output=."
        )
    return np.eye(len(names))[place]


def _there(X: MultiModalData, parts: pd.Index) -> np.ndarray:
    """Return which parts patients have."""
    observed = pd.DataFrame(X.mask, columns=list(X))
    names = parts.get_level_values(0)
    unknown = [name for name in names.unique() if name not in observed]
    if unknown:
        raise ValueError(f"importance has parts that X has not: {unknown[:5]!r}.")
    there = observed[[*names]].to_numpy(copy=True)
    for name in names.unique() if parts.nlevels > 1 else ():
        own = np.flatnonzero(names == name)
        frame = as_named_frame(name, X[name], X.index)
        there[:, own] &= frame[[*parts[own].get_level_values(1)]].notna().to_numpy()
    return there


def _keep(X: MultiModalData, parts: pd.Index, kept: np.ndarray) -> MultiModalData:
    """Blank what is not kept."""
    names = parts.get_level_values(0)
    blocks: dict[str, Any] = {}
    for name, block in X.items():
        own = kept[:, np.flatnonzero(names == name)]
        if parts.nlevels == 1 and getattr(block, "ndim", 2) > 2:
            mask = own.reshape(len(own), *[1] * (block.ndim - 1))
            blocks[name] = like(block, np.where(mask, block, np.nan))
            continue
        frame = as_named_frame(name, block, X.index)
        if parts.nlevels > 1:
            features = parts[names == name].get_level_values(1)
            place = features.get_indexer(frame.columns)
            own = own[:, place]
        blank = frame.where(np.broadcast_to(own, frame.shape))
        is_frame = isinstance(block, pd.DataFrame)
        blocks[name] = blank if is_frame else blank.to_numpy()
    return MultiModalData(blocks, index=X.index)
