import numpy as np
import pytest
import sklearn.datasets
from numpy.testing import assert_array_equal

from magnet_sklearn import datasets

NAMES = ["load_breast_cancer", "load_digits", "load_wine", "load_diabetes"]


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_in_one_modality(name):
    table, y = getattr(sklearn.datasets, name)(return_X_y=True, as_frame=True)

    X, target = getattr(datasets, name)()

    columns = [column for block in X.values() for column in block]
    assert sorted(columns) == sorted(table.columns)
    for block in X.values():
        assert_array_equal(block, table[block.columns])
    assert_array_equal(target, y)


def test_quadrants_are_those_of_the_images():
    images = sklearn.datasets.load_digits().images
    X, _ = datasets.load_digits()

    assert list(X) == ["upper_left", "upper_right", "lower_left", "lower_right"]
    assert_array_equal(X["upper_right"], images[:, :4, 4:].reshape(-1, 16))
    assert_array_equal(X["lower_left"], images[:, 4:, :4].reshape(-1, 16))


def test_blocks_go_missing_at_the_rate_asked_for():
    X, _ = datasets.load_wine(missing={"phenols": 0.5}, random_state=0)

    assert X.mask.mean(axis=0)[[0, 2]].tolist() == [1, 1]
    assert 0.35 < X.mask[:, 1].mean() < 0.65
    again, _ = datasets.load_wine(missing={"phenols": 0.5}, random_state=0)
    assert_array_equal(X.mask, again.mask)


@pytest.mark.parametrize("name", NAMES)
def test_a_bunch_has_names_and_description(name):
    bunch = getattr(datasets, name)(return_X_y=False)

    assert len(bunch.data) == len(bunch.target)
    assert len(bunch.DESCR) > 1000
    if name != "load_diabetes":
        assert len(bunch.target_names) == len(np.unique(bunch.target))
