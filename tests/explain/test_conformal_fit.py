import numpy as np
import pytest
from common.cohorts import make_patients
from sklearn.model_selection import GroupKFold, ShuffleSplit

from magnet_sklearn.explain._conformal_fit import held_out_folds

X, y = make_patients()


def test_folds_have_equal_shares_of_the_strata():
    fold = held_out_folds(3, X, y, None, 0)

    assert [y[fold == number].sum() for number in range(3)] == [7, 7, 7]


@pytest.mark.parametrize("cv", [3, GroupKFold(3)])
def test_groups_are_held_out_together(cv):
    groups = np.arange(42) // 4

    fold = held_out_folds(cv, X, y, groups, 0)

    assert all(len(set(fold[groups == group])) == 1 for group in range(11))


def test_patients_held_out_several_times_are_an_error():
    with pytest.raises(ValueError, match="each of them held out once"):
        held_out_folds(ShuffleSplit(4, random_state=0), X, y, None, 0)
