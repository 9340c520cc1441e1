"""Folds for survival times."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.model_selection import EventStratifiedKFold


@pytest.fixture
def y():
    return pd.DataFrame({"event": np.arange(40) % 4 == 0, "time": np.arange(1.0, 41.0)})


def test_folds_have_the_same_share_of_events(y):
    folds = EventStratifiedKFold(5, shuffle=True, random_state=0)

    tests = [test for _, test in folds.split(y, y)]

    assert_array_equal(np.sort(np.concatenate(tests)), np.arange(40))
    assert_allclose([y["event"].iloc[test].mean() for test in tests], 0.25)


def test_structured_array_gives_the_folds_of_the_frame(y):
    structured = y.to_records(index=False)
    folds = EventStratifiedKFold(4)

    for one, other in zip(folds.split(y, y), folds.split(y, structured), strict=True):
        assert_array_equal(one[1], other[1])


def test_what_is_no_survival_target_is_an_error(y):
    with pytest.raises(TypeError, match="columns"):
        list(EventStratifiedKFold(2).split(y, [0.5, 1.0]))
