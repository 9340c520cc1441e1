"""Datasets of PyTorch: what goes out comes back, and loaders can batch it."""

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_array_equal

from magnet_sklearn.io import from_dataset, to_dataset

NAN = np.nan


@pytest.fixture
def X(make_data):
    images = np.arange(24.0).reshape(3, 2, 2, 2)
    images[1] = NAN
    return make_data(rna=[[1.0, NAN], [NAN, NAN], [3.0, 4.0]], mri=images)


def test_loader_batches_blocks_mask_and_targets(X):
    loader = torch.utils.data.DataLoader(to_dataset(X, [0, 1, 2]), batch_size=3)

    batch = next(iter(loader))

    assert batch["blocks"]["mri"].shape == (3, 2, 2, 2)
    assert batch["blocks"]["rna"].dtype == torch.float32
    assert_array_equal(batch["mask"], X.mask)
    assert batch["y"].tolist() == [0, 1, 2]


def test_dataset_comes_back_as_the_same_blocks(X):
    back, y = from_dataset(to_dataset(X, [0.5, 1.5, 2.5]))

    assert_array_equal(back.mask, X.mask)
    assert_array_equal(back["rna"], X["rna"])
    assert_array_equal(back["mri"], X["mri"])
    assert y.tolist() == [0.5, 1.5, 2.5]


def test_items_of_a_user_may_lack_modalities():
    items = [
        ({"rna": [1.0, 2.0], "age": None}, 0),
        ({"age": torch.tensor([61.0])}, 1),
    ]

    X, y = from_dataset(items)

    assert X.mask.tolist() == [[True, False], [False, True]]
    assert y.tolist() == [0, 1]


def test_a_dataset_without_targets_has_none():
    assert from_dataset([{"rna": [1.0]}])[1] is None


@pytest.mark.parametrize(
    ("items", "error", "message"),
    [
        ([{"rna": [1.0]}, {"rna": [1.0, 2.0]}], ValueError, r"shapes \[\(1,\), \(2,\)"),
        ([{"rna": None}], ValueError, "'rna' in the shapes"),
        ([(np.ones(3), 1)], TypeError, "dicts of modality to array"),
    ],
)
def test_items_of_another_kind_are_refused(items, error, message):
    with pytest.raises(error, match=message):
        from_dataset(items)


def test_categories_are_refused_with_the_way_to_encode_them(make_data):
    X = make_data(clinical=pd.DataFrame({"sex": ["f", "m"], "age": [1.0, 2.0]}))

    with pytest.raises(ValueError, match=r"'sex'.*ModalityTransformer"):
        to_dataset(X)


def test_targets_of_another_length_are_refused(X):
    with pytest.raises(ValueError, match="Size mismatch"):
        to_dataset(X, [1, 2])
