"""Which patients each ensemble member learns from and is stopped by."""

import numpy as np

from magnet_sklearn.experts._splits import stratified_folds


def member_splits(y, groups, *, n_members, validation_fraction, seed):
    """Give each member a fold of its own to be validated on.

    Parameters
    ----------
    y : ndarray of shape (n_patients,)
        Classes as integers.
    groups : ndarray of shape (n_patients,) or None
        Patients of one group are held out together.
    n_members : int
        Members of the ensemble.
    validation_fraction : float
        Share of the patients a member is validated on, in (0, 0.5].
    seed : int
        Shuffles the patients.

    Returns
    -------
    splits : list of (train, held_out) index arrays
        One a member. Folds do not overlap until every patient was held out once.
        `held_out` is None where some class has a single patient.
    """
    n_splits = max(2, round(1 / validation_fraction))
    folds: list[tuple[np.ndarray, np.ndarray]] = []
    while len(folds) < n_members:
        more = stratified_folds(y, n_splits=n_splits, groups=groups, random_state=seed)
        if not more:
            return [(np.arange(len(y)), None)] * n_members
        folds.extend(more)
        seed += 1
    return folds[:n_members]
