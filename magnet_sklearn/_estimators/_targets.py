"""Checks of y."""

import numpy as np
import pandas as pd
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets

from magnet_sklearn.losses import ClassLoss, MultiTaskLoss


def encode_classes(y, estimator_name, fitted_classes=None):
    """Turn class labels into integers.

    Parameters
    ----------
    y : ndarray of shape (n_patients,)
        Class labels.
    estimator_name : str
        For the error messages.
    fitted_classes : ndarray of shape (n_classes,), default=None
        Classes that y has to have under `warm_start`; None takes those of y.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Classes, sorted.
    codes : ndarray of shape (n_patients,)
        Place of each label in `classes`.

    Raises
    ------
    ValueError
        If y has one class only, is continuous, missing or infinite, or has other
        classes than before.
    """
    unlabelled = np.flatnonzero(pd.isna(y))
    if len(unlabelled):
        raise ValueError(
            f"Input y contains NaN: {len(unlabelled)} of {len(y)} patients have no "
            f"class, first in row(s) {unlabelled[:5].tolist()}. Leave these patients "
            "out of X and y."
        )
    assert_all_finite(y, input_name="y")
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            f"{estimator_name} needs at least two classes to tell apart; y has 1 "
            f"class: {classes.tolist()[0]!r}."
        )
    if fitted_classes is not None and not np.array_equal(classes, fitted_classes):
        raise ValueError(
            f"warm_start continues with the classes {fitted_classes.tolist()}, but y "
            f"has {classes.tolist()}. Set warm_start=False to start anew."
        )
    return classes, codes


def check_labels_known(y):
    """Refuse several labels of which some are missing.

    Parameters
    ----------
    y : array-like of shape (n_patients,) or (n_patients, n_labels)
        What the user gave to a classifier.

    Raises
    ------
    ValueError
        If y has several columns and a missing value.
    """
    y = np.asarray(y)
    if y.ndim != 2 or y.shape[1] < 2:
        return
    missing = np.flatnonzero(np.any(pd.isna(y), axis=1))
    if len(missing):
        raise ValueError(
            f"Input y contains NaN: {len(missing)} of {len(y)} patients have a missing "
            f"label, first in row(s) {missing[:5].tolist()}. "
            "MagnetMultiTask learns from labels of which some are missing: pass the "
            "frame y to it, one column per label; or leave these patients out."
        )


def known_classes(y, classes):
    """Turn labels of held-out patients into integers, or name the unknown ones."""
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"y_val has classes that y does not have: {unknown.tolist()[:5]}. "
            f"Classes in y: {classes.tolist()}."
        )
    return np.searchsorted(classes, y)


def labels_loss(y, class_weight):
    """Return the numbers of the labels, and the loss of all of them together.

    Parameters
    ----------
    y : ndarray of shape (n_patients, n_labels)
        0 and 1.
    class_weight : dict, "balanced" or None
        Has to be None.

    Returns
    -------
    labels : ndarray of shape (n_labels,)
        Numbers from 0.
    loss : MultiTaskLoss
        Of one task with two classes for each label.

    Raises
    ------
    ValueError
        If there are class weights.
    """
    if class_weight is not None:
        raise ValueError(
            f"class_weight is {class_weight!r}, but y has {y.shape[1]} labels a "
            "patient, not a class. Set class_weight=None."
        )
    losses = [ClassLoss(2) for _ in range(y.shape[1])]
    return np.arange(y.shape[1]), MultiTaskLoss(losses, "equal")


def encode_survival(survival, cause, strata):
    """Turn survival times into the columns that a Cox loss takes.

    Times become ranks, which is all that the partial likelihood depends on: networks
    are trained in single precision, in which near times would be ties.

    Parameters
    ----------
    survival : Survival
        Checked survival times.
    cause : int
        Event that counts; others count as censored.
    strata : ndarray of shape (n_patients,)
        Strata as integers.

    Returns
    -------
    target : ndarray of shape (n_patients, 4)
        Rank of entry and time, whether the event was of this cause, stratum.

    Raises
    ------
    ValueError
        If there is no event.
    """
    event = survival.event == cause
    if not event.any():
        raise ValueError(
            f"Survival y has no event of cause {cause} among {len(event)} patients; "
            f"causes seen: {np.unique(survival.event).tolist()} (0 is censored). "
            "Pass patients with events."
        )
    moments = np.concatenate([survival.entry, survival.time])
    entry, time = np.unique(moments, return_inverse=True)[1].reshape(2, -1)
    return np.column_stack([entry, time, event, strata]).astype(float)
