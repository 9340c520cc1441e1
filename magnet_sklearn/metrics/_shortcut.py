"""How well the pattern of missing modalities predicts the target."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.utils.multiclass import type_of_target

from magnet_sklearn.data import check_multimodal, check_survival
from magnet_sklearn.metrics._concordance import concordance_index_censored


def missingness_shortcut_score(X, y, *, modalities=None, n_splits=5, random_state=0):
    """Cross-validated score of a model whose only features are the missingness mask.

    A score far from chance means that missingness is associated with the target (by
    hospital, protocol or severity), so that a model may learn it in place of biology.

    Parameters
    ----------
    X : multimodal data of shape (n_patients, n_modalities)
        Patients.
    y : array-like of shape (n_patients,), or survival times
        Classes, numbers, or what :func:`magnet_sklearn.data.check_survival` takes.
    modalities : dict of str to columns, default=None
        For flat X, as in the estimators.
    n_splits : int, default=5
        Folds of the cross-validation.
    random_state : int, default=0
        Seed of the folds.

    Returns
    -------
    score : float
        Area under the ROC curve (one against the rest) for classes, R2 for numbers,
        concordance index for survival times.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.metrics import missingness_shortcut_score
    >>> y = np.arange(40) % 2
    >>> rna = np.where(y[:, None] == 1, np.nan, np.zeros((40, 2)))
    >>> missingness_shortcut_score({"rna": rna, "age": np.zeros((40, 1))}, y)
    1.0
    """
    mask = check_multimodal(X, modalities=modalities).mask.astype(float)
    forest = {"n_estimators": 100, "min_samples_leaf": 5, "random_state": random_state}
    folds = {"n_splits": n_splits, "shuffle": True, "random_state": random_state}
    if getattr(y, "ndim", 1) > 1 or getattr(getattr(y, "dtype", None), "names", None):
        survival = check_survival(y)
        risk = _survival_risk(mask, survival, forest, folds)
        return concordance_index_censored(y, risk)
    y = np.asarray(y)
    if type_of_target(y) == "continuous":
        model, cv = RandomForestRegressor(**forest), KFold(**folds)
        return float(r2_score(y, cross_val_predict(model, mask, y, cv=cv)))
    model, cv = RandomForestClassifier(**forest), StratifiedKFold(**folds)
    probability = cross_val_predict(model, mask, y, cv=cv, method="predict_proba")
    if probability.shape[1] == 2:
        return float(roc_auc_score(y, probability[:, 1]))
    return float(roc_auc_score(y, probability, multi_class="ovr"))


def _survival_risk(mask, survival, forest, folds):
    """Risk by pattern: observed less expected events (martingale residuals)."""
    times, place = np.unique(survival.time, return_inverse=True)
    has_event = (survival.event > 0).astype(float)
    n_at_risk = len(place) - np.r_[0, np.cumsum(np.bincount(place))[:-1]]
    expected = np.cumsum(np.bincount(place, has_event) / n_at_risk)[place]
    residual = has_event - expected  # of the model without covariates
    model, cv = RandomForestRegressor(**forest), StratifiedKFold(**folds)
    splits = list(cv.split(mask, has_event))
    return cross_val_predict(model, mask, residual, cv=splits)
