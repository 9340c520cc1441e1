import numpy as np
from numpy.testing import assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import Cohort


def make_cohort(groups=None):
    X = MultiModalData({"rna": np.arange(6.0).reshape(3, 2)})
    return Cohort(X, np.zeros((3, 2)), np.arange(3.0)[:, None], np.ones(3), groups)


def test_rows_are_taken_from_everything():
    cohort = make_cohort(np.array(["a", "b", "b"]))[np.array([2, 0])]

    assert len(cohort) == 2
    assert_array_equal(cohort.X["rna"], [[4.0, 5.0], [0.0, 1.0]])
    assert cohort.offset.shape == (2, 2)
    assert cohort.target.tolist() == [[2.0], [0.0]]
    assert cohort.groups.tolist() == ["b", "a"]


def test_cohort_without_groups_has_none_in_its_rows():
    assert make_cohort()[np.array([1])].groups is None
