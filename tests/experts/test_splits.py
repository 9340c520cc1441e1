"""Folds in which every patient is held out once."""

import numpy as np

from magnet_sklearn.experts._splits import stratified_folds


def test_fold_never_holds_out_a_patient_who_is_alone_in_a_class():
    y = np.array([0, 0, 0, 1, 1, 1, 2])

    folds = stratified_folds(y, n_splits=3, random_state=0)

    assert len(folds) == 3
    assert all(6 in train and 6 not in held_out for train, held_out in folds)


def test_groups_are_held_out_together():
    y, groups = np.arange(40) % 2, np.arange(40) // 4

    folds = stratified_folds(y, n_splits=5, groups=groups, random_state=0)

    assert len(folds) == 5
    assert all(not set(groups[a]) & set(groups[b]) for a, b in folds)
    assert sorted(np.concatenate([held_out for _, held_out in folds])) == [*range(40)]


def test_no_folds_where_not_even_two_can_be_made():
    y = np.array([0, 0, 0, 1])

    assert stratified_folds(y, n_splits=5) == []
    assert stratified_folds(np.arange(8) % 2, n_splits=5, groups=np.zeros(8)) == []
