import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from magnet_sklearn.federated._site import N_FOLDS, fold_groups


@given(st.lists(st.integers(0, N_FOLDS), min_size=5, max_size=60), st.integers(1, 8))
def test_groups_of_folds_have_enough_patients(fold, min_patients):
    fold = np.array(fold)

    group = fold_groups(fold, min_patients)

    sizes = np.bincount(group[fold])
    if len(fold) >= min_patients:
        assert sizes[sizes > 0].min() >= min_patients


def test_large_folds_stay_alone():
    fold = np.repeat(np.arange(N_FOLDS), 5)

    assert fold_groups(fold, 5)[:N_FOLDS].tolist() == [0, 1, 2, 3, 4]
