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
        A patient who is alone in a class is never held out. Empty where not even
        two folds can be made: fewer than two classes with two patients, or all
        patients in one group.
    """
    classes, counts = np.unique(y, return_counts=True)
    alone = np.isin(y, classes[counts < 2])
    rows = np.flatnonzero(~alone)
    shared = counts[counts >= 2]
    n_splits = min([n_splits, *shared])
    if groups is not None:
        groups = groups[rows]
        n_splits = min(n_splits, len(np.unique(groups)))
    if n_splits < 2 or len(shared) < 2:
        return []
    splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds = splitter(n_splits, shuffle=True, random_state=random_state)
    return [
        (np.union1d(rows[train], np.flatnonzero(alone)), rows[held_out])
        for train, held_out in folds.split(rows, y[rows], groups)
        # A group that holds a class alone can leave one side of a fold empty.
        if len(train) and len(held_out)
    ]
