import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.data import SetArray
from magnet_sklearn.preprocessing import DefaultPreprocessor, _features
from magnet_sklearn.preprocessing._features import fit_feature_tables


@pytest.fixture
def patients(make_data):
    rng = np.random.default_rng(0)
    cells = [rng.normal(size=(n, 2)) for n in (3, 1, 2, 2)]
    scan = rng.normal(size=(4, 1, 5, 5))
    scan[1] = np.nan
    last = DefaultPreprocessor()
    X = make_data(rna=rng.normal(size=(4, 3)), scan=scan, cells=[*cells[:3], None])
    return last.fit_transform(X), last


def test_tables_take_the_place_of_images_and_sets(patients):
    X, last = patients

    tables = fit_feature_tables(X, list(X), last).transform(X)

    assert tables["rna"] is X["rna"]
    for name in ("scan", "cells"):
        table, observed = tables[name], tables.mask[:, list(X).index(name)]
        assert_allclose(table[observed].mean(axis=0), 0, atol=1e-12)
        assert_allclose(table[observed].std(axis=0), 1)
        assert np.isnan(table[~observed]).all()
    assert_array_equal(tables.mask, X.mask)


def test_patients_are_described_in_parts(patients, monkeypatch):
    X, last = patients
    step = fit_feature_tables(X, list(X), last)
    monkeypatch.setattr(_features, "_AT_A_TIME", 1)

    alone = fit_feature_tables(X, list(X), last).transform(X)

    for name, table in step.transform(X).items():
        assert_array_equal(alone[name], table)


def test_only_tables_need_no_step(make_data):
    last = DefaultPreprocessor()
    X = last.fit_transform(make_data(rna=np.eye(3)))

    assert fit_feature_tables(X, ["rna"], last) is None


def test_constant_images_are_one_column_of_zeros(make_data):
    last = DefaultPreprocessor()
    X = last.fit_transform(make_data(scan=np.ones((3, 1, 4, 4))))

    assert_array_equal(
        fit_feature_tables(X, ["scan"], last).transform(X)["scan"], np.zeros((3, 1))
    )


def test_modalities_that_are_not_named_stay(patients):
    X, last = patients

    step = fit_feature_tables(X, ["scan"], last)

    assert isinstance(step.transform(X)["cells"], SetArray)
    assert step.fill_values_.keys() == set(X)
