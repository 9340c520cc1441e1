"""Folds in which every patient is held out once."""

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold


def stratified_folds(y, *, n_splits, groups=None, random_state=None):
    """Split patients into folds that keep class shares and groups together.

    Parameters
    ----------
    y : ndarray of shape (n_patients,)
        Class of each patient.
    n_splits : int
        Folds wanted; fewer are made where the rarest class or the number of
        groups does not allow as many.
    groups : ndarray of shape (n_patients,), default=None
        Patients of one group are held out together.
    random_state : int or RandomState instance, default=None
        Shuffles the patients.

    Returns
    -------
    folds : list of (train, held_out) index arrays
        Empty where not even two folds can be made, because some class has a
        single patient or all patients are of one group.
    """
    counts = np.unique(y, return_counts=True)[1]
    n_splits = min(n_splits, counts.min())
    if groups is not None:
        n_splits = min(n_splits, len(np.unique(groups)))
    if n_splits < 2:
        return []
    splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds = splitter(n_splits, shuffle=True, random_state=random_state)
    # A group that holds a class alone can leave a part without patients.
    return [
        (train, held_out)
        for train, held_out in folds.split(np.zeros(len(y)), y, groups)
        if len(train) and len(held_out)
    ]
