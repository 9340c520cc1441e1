"""Elastic net regression: logistic, linear and Cox."""

import pytest

from magnet_sklearn.experts.families._sparse import SparseFamily


@pytest.mark.parametrize("kind", ["classes", "numbers", "survival"])
def test_share_of_the_absolute_penalty_is_that_of_the_family(kind):
    assert SparseFamily(0.5).expert(kind, 0).l1_ratio == 0.5
