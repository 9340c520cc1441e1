import numpy as np
import pytest
import torch
from torch import nn

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._arrays import ArrayReader, ArrayWriter

TABLE = np.arange(12.0).reshape(3, 4)


def there_and_back(values):
    writer = ArrayWriter()
    kind = "tensor" if isinstance(values, torch.Tensor) else "array"
    node = getattr(writer, kind)(values, "path")
    return getattr(ArrayReader(writer.to_bytes()), kind)(node)


@pytest.mark.parametrize(
    "values",
    [
        TABLE,
        TABLE.T,
        TABLE[:, ::2],
        TABLE[::-1],
        TABLE.astype(">f8"),
        np.asfortranarray(TABLE),
        np.array(3.0),
        np.zeros((0, 3)),
        np.array([True, False]),
        np.arange(3, dtype=np.uint8),
        np.arange(3, dtype=np.float16),
        np.array([1 + 2j, np.nan]),
        np.array(["2020-01-01", "NaT"], dtype="M8[ns]"),
        np.array([1, 2], dtype="m8[s]"),
    ],
    ids=lambda values: f"{values.dtype}{values.shape}{values.strides}",
)
def test_array_comes_back_to_the_last_bit(values):
    found = there_and_back(values)

    assert found.dtype == values.dtype.newbyteorder("=")
    assert found.shape == values.shape
    np.testing.assert_array_equal(found, values)


def test_layout_stays_on_which_the_last_bits_of_products_depend():
    assert there_and_back(TABLE.T).flags.f_contiguous
    assert there_and_back(TABLE).flags.c_contiguous


def test_array_has_memory_of_its_own():
    found = there_and_back(TABLE)

    found[:] = 0.0

    assert found.flags.owndata


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6).reshape(2, 3).T,
        torch.tensor(2.5),
        torch.ones(2, dtype=torch.bfloat16),
        nn.Parameter(torch.ones(3)),
        nn.Parameter(torch.ones(3), requires_grad=False),
    ],
)
def test_tensor_comes_back(tensor):
    found = there_and_back(tensor)

    assert type(found) is type(tensor)
    assert found.dtype == tensor.dtype
    assert found.requires_grad == tensor.requires_grad
    assert torch.equal(found, tensor)


def test_same_name_is_given_once():
    writer = ArrayWriter()

    names = [writer.array(TABLE, "path")["$array"] for _ in range(3)]

    assert len(set(names)) == 3


@pytest.mark.parametrize("values", [np.array([1], np.longdouble), np.array([b"x"])])
def test_array_that_no_file_can_hold_is_refused(values):
    if values.dtype == np.float64:
        pytest.skip("long double is double here")
    with pytest.raises(TypeError, match="an array of"):
        ArrayWriter().array(values, "path")


@pytest.mark.parametrize("content", [b"", b"\xff" * 20, b"\x02" + b"\0" * 7 + b"{}"])
def test_what_is_no_safetensors_is_refused_or_lacks_the_array(content):
    with pytest.raises(ModelFileError, match="cannot be read|lacks the array"):
        ArrayReader(content).array({"$array": "x"})
