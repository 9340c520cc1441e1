"""Elastic net regression: logistic, linear and Cox."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.experts.families._sparse import SparseFamily


@pytest.mark.parametrize("kind", ["classes", "numbers", "survival"])
def test_share_of_the_absolute_penalty_is_that_of_the_family(kind):
    assert SparseFamily(0.5).expert(kind, 0).l1_ratio == 0.5


def test_training_patients_come_column_by_column(view_of):
    view = view_of(np.arange(6.0).reshape(3, 2))

    table = SparseFamily().features(view, 0).of_training(view)

    assert table.flags.f_contiguous
    assert_array_equal(table, view.table)
