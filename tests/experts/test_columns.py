"""Columns of one modality, of the patients who have it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from magnet_sklearn._utils import CentredSparse
from magnet_sklearn.experts._columns import columns_of

ROWS = np.array([0, 2, 3, 5])


@pytest.fixture(params=["dense", "sparse"])
def block(request):
    """Wider than a chunk, and the same without missing rows."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(6, 2500)) * (rng.random((6, 2500)) < 0.1)
    offset = rng.normal(size=2500)
    if request.param == "sparse":
        return CentredSparse(sparse.csr_array(values), offset), values + offset
    table = values + offset
    table[[1, 4]] = np.nan
    return table, table


@pytest.fixture(params=["some", "all"])
def part(request, block):
    """Columns of some rows or of all of a block, and the same as a table."""
    own, dense = block
    if request.param == "some":
        return columns_of(own, ROWS), dense[ROWS]
    kept = own[ROWS]
    return columns_of(kept, np.arange(4)), dense[ROWS]


def test_pieces_make_up_the_table(part, monkeypatch):
    monkeypatch.setattr("magnet_sklearn.experts._columns._CHUNK_VALUES", 5000)
    columns, table = part
    filled, n_pieces = np.full(table.shape, np.nan), 0

    for rows, places, piece in columns.pieces():
        filled[rows, places] = piece
        n_pieces += 1

    assert_allclose(filled, table)
    assert n_pieces > 1


def test_sums_and_products_are_those_of_the_table(part):
    columns, table = part
    weights = np.random.default_rng(1).normal(size=(3, 4))

    assert_allclose(columns.gram(), table @ table.T)
    assert_allclose(columns.weighted_sum(weights), weights @ table)
    assert_allclose(columns @ table.T, table @ table.T)


def test_squares_and_products_with_landmarks(block):
    own, dense = block
    landmarks = own[[3, 0]]
    if isinstance(landmarks, np.ndarray):
        landmarks = landmarks.astype(np.float32)

    squares, products = columns_of(own, ROWS).squares_and_products(landmarks)

    assert_allclose(squares, (dense[ROWS] ** 2).sum(axis=1), rtol=1e-5)
    assert_allclose(products, dense[ROWS] @ dense[[3, 0]].T, atol=1e-2)


def test_products_with_rows_among_them_are_exact(part):
    columns, table = part

    squares, products = columns.squares_and_products(np.array([3, 1]))

    assert_allclose(squares, (table**2).sum(axis=1), rtol=1e-12)
    assert_allclose(products, table @ table[[3, 1]].T, atol=1e-10)


def test_dense_patients_meet_sparse_landmarks(block):
    own, dense = block
    landmarks = CentredSparse(sparse.csr_array((2, 2500)), np.ones(2500))
    columns = columns_of(np.asarray(own), ROWS)

    _, products = columns.squares_and_products(landmarks)

    assert_allclose(products, dense[ROWS].sum(axis=1)[:, None].repeat(2, axis=1))
