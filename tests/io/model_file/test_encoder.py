from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_array

from magnet_sklearn.io._model_file._encoder import Encoder
from magnet_sklearn.io._model_file._registry import Registry
from magnet_sklearn.losses import ClassLoss


@pytest.mark.parametrize(
    "value",
    [
        [1, [2, (3, "x")]],
        {"a": 1, "b": {"c": None}},
        {("rna", 0): 1, 3: "x", "$x": 2},
        {"x"},
        frozenset({1, 2}),
        np.dtype("float32"),
        np.log1p,
    ],
    ids=repr,
)
def test_container_comes_back(value, there_and_back):
    found = there_and_back(value)

    assert type(found) is type(value)
    assert found == value


def test_function_with_arguments_comes_back(there_and_back):
    found = there_and_back(partial(np.log1p, dtype=np.float32))

    assert found.func is np.log1p
    assert found.keywords == {"dtype": np.float32}


def test_order_of_a_set_does_not_matter():
    names = [f"n{place}" for place in range(50)]

    nodes = [
        Encoder(Registry()).encode(set(order), "x") for order in (names, names[::-1])
    ]

    assert nodes[0] == nodes[1]


@pytest.mark.parametrize(
    "values",
    [
        np.array(["a", None, 3.5, ("x", 1)], dtype=object),
        np.array([["a", "bc"]]),
        np.zeros(2, dtype=[("event", bool), ("time", float)]),
    ],
    ids=["objects", "texts", "record"],
)
def test_array_of_objects_comes_back(values, there_and_back):
    found = there_and_back(values)

    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, values)


def test_sparse_matrix_comes_back(there_and_back):
    matrix = csr_array(np.eye(3))

    assert (there_and_back(matrix) != matrix).nnz == 0


def test_what_is_shared_is_shared_again(there_and_back):
    loss, values = ClassLoss(2), np.ones(3)

    first, second = there_and_back([[loss, values], [loss, values]])

    assert first[0] is second[0]
    assert first[1] is second[1]


def test_object_that_contains_itself_is_refused():
    loss = ClassLoss(2)
    loss.__dict__["own"] = {"again": loss}

    with pytest.raises(TypeError, match=r"own.again refers to an object that it is"):
        Encoder(Registry()).encode(loss, "loss")


def test_deep_nesting_is_refused():
    value: list = []
    for _ in range(500):
        value = [value]

    with pytest.raises(TypeError, match="nested more than"):
        Encoder(Registry()).encode(value, "value")


@pytest.mark.parametrize(
    "value", [print, lambda: 0, partial(print), object(), np.ma.ones(2), open]
)
def test_code_is_refused(value):
    with pytest.raises(TypeError, match="thing.0 is "):
        Encoder(Registry()).encode([value], "thing")
