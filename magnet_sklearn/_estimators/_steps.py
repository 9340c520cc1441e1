"""Transformers of the user, fitted on patients of whom some have no label."""

from typing import Any

from magnet_sklearn.data import MultiModalData


def fit_step(step: Any, X: MultiModalData, y: Any) -> Any:
    """Fit a transformer: without y on everybody, else on patients with a label.

    Parameters
    ----------
    step : transformer
        Not fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients with a label, and behind them those without.
    y : ndarray of shape (n_labelled,) or None
        Their targets.
    """
    if y is None or len(y) == len(X):
        return step.fit(X, y)
    try:
        return step.fit(X, None)
    except (TypeError, ValueError):
        return step.fit(X[: len(y)], y)
