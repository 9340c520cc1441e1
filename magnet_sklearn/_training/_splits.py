"""Which patients each ensemble member learns from and is stopped by."""

import numpy as np

from magnet_sklearn.experts._splits import stratified_folds


def member_splits(labels, groups, *, n_members, validation_fraction, seed):
    """Give each member a fold of its own to be validated on.

    Parameters
    ----------
    labels : int ndarray of shape (n_patients,)
        What the folds are stratified by, such as classes.
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
        `held_out` is None where not even two folds can be made.
    """
    n_splits = max(2, round(1 / validation_fraction))
    folds: list[tuple[np.ndarray, np.ndarray]] = []
    while len(folds) < n_members:
        more = stratified_folds(
            labels, n_splits=n_splits, groups=groups, random_state=seed
        )
        if not more:
            return [(np.arange(len(labels)), None)] * n_members
        folds.extend(more)
        seed += 1
    return folds[:n_members]
