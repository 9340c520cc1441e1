"""Preprocessing of modalities that came at different times."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.preprocessing import StandardScaler

from magnet_sklearn.preprocessing import DefaultPreprocessor, ModalityTransformer
from magnet_sklearn.preprocessing._side_by_side import (
    SideBySidePreprocessor,
    select_modalities,
)


@pytest.fixture
def X(make_data):
    rng = np.random.default_rng(0)
    rna = rng.normal(size=(6, 3))
    rna[2] = np.nan
    clinical = pd.DataFrame({"sex": list("fmffmm"), "age": rng.normal(size=6)})
    return make_data(index=list("abcdef"), rna=rna, clinical=clinical, age=[[1.0]] * 6)


def test_each_part_is_transformed_as_alone(X):
    first, second = select_modalities(X, ["clinical"]), select_modalities(X, ["rna"])
    clinical = DefaultPreprocessor().fit(first)
    scale = ModalityTransformer({"rna": StandardScaler()}).fit(second)
    rna = DefaultPreprocessor().fit(scale.transform(second))

    both = SideBySidePreprocessor([(["clinical"], [clinical]), (["rna"], [scale, rna])])
    dense = both.transform(X)

    assert list(dense) == ["clinical", "rna"]
    assert_array_equal(dense["clinical"], clinical.transform(first)["clinical"])
    assert_array_equal(dense["rna"], rna.transform(scale.transform(second))["rna"])
    assert_array_equal(dense.mask, X.mask[:, [1, 0]])
    assert both.category_sizes_ == {"clinical": [2], "rna": []}


def test_selected_modalities_keep_blocks_order_and_patients(X):
    part = select_modalities(X, ["age", "rna"])

    assert list(part) == ["age", "rna"]
    assert part["rna"] is X["rna"]
    assert part.index.tolist() == list("abcdef")
