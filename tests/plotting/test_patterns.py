"""Which modalities are observed together."""

import numpy as np
import pytest

from magnet_sklearn.plotting._patterns import missing_patterns, pattern_name

NAN = np.nan


def test_patterns_are_counted_as_a_loop_counts_them():
    rng = np.random.default_rng(0)
    X = {
        name: np.where(rng.random((50, 1)) < 0.4, NAN, 1.0) for name in ("a", "b", "c")
    }
    mask = np.hstack([~np.isnan(block) for block in X.values()])

    found = missing_patterns(X)

    assert (np.diff(found.counts) <= 0).all()
    for code, row in zip(found.codes, mask, strict=True):
        assert found.observed.iloc[code].tolist() == row.tolist()
    assert found.counts.tolist() == np.bincount(found.codes).tolist()


@pytest.mark.parametrize(
    ("observed", "name"),
    [
        ([1, 1, 1, 1], "all modalities"),
        ([1, 1, 1, 0], "all but d"),
        ([1, 1, 0, 0], "a + b"),
        ([0, 0, 1, 0], "c"),
        ([0, 0, 0, 0], "no modality"),
    ],
)
def test_patterns_have_names(observed, name):
    assert pattern_name(np.array(observed, bool), list("abcd")) == name
