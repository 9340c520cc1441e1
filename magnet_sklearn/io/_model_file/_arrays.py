"""Arrays in a safetensors file, referred to by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load, save
from torch import Tensor, nn

from magnet_sklearn.io._model_file._errors import ModelFileError

# What a safetensors file holds as it is.
_NUMBERS = frozenset("?bhilqBHILQefd")
# Stored as other numbers of the same bits.
_AS_NUMBERS = {"F": "float32", "D": "float64", "M": "int64", "m": "int64"}


class ArrayWriter:
    """Collects arrays under names that say where they come from."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def array(self, values: np.ndarray, path: str) -> dict[str, Any]:
        """Take an array of numbers; return what stands for it in JSON."""
        values = values.astype(values.dtype.newbyteorder("="), copy=False)
        node: dict[str, Any] = {}
        if values.dtype.char in _AS_NUMBERS:
            node["dtype"] = values.dtype.str[1:]
            values = _flat_bits(values)
        elif values.dtype.char not in _NUMBERS:
            raise TypeError(f"an array of {values.dtype}")
        if (
            values.ndim > 1
            and values.flags.f_contiguous
            and not values.flags.c_contiguous
        ):
            # products of matrices depend on the layout, in their last bits
            node["order"] = "F"
            values = values.T
        # safetensors writes what lies in memory, whatever the strides
        return {"$array": self._name(path, np.asarray(values, order="C")), **node}

    def tensor(self, tensor: Tensor, path: str) -> dict[str, Any]:
        """Take a tensor; return what stands for it in JSON."""
        values = tensor.detach().cpu()
        node: dict[str, Any] = {"parameter": type(tensor) is nn.Parameter}
        if tensor.requires_grad:
            node["requires_grad"] = True
        if values.dtype == torch.bfloat16:
            node["dtype"] = "bfloat16"
            values = values.view(torch.int16)
        array = np.asarray(values.numpy(), order="C")
        if array.dtype.char not in _NUMBERS:
            raise TypeError(f"a tensor of {tensor.dtype}")
        return {"$tensor": self._name(path, array), **node}

    def _name(self, path: str, values: np.ndarray) -> str:
        name = path if path not in self.arrays else f"{path}~{len(self.arrays)}"
        self.arrays[name] = values
        return name

    def to_bytes(self) -> bytes:
        """Return the content of a safetensors file."""
        return save(self.arrays)


class ArrayReader:
    """Gives arrays back, each once.

    Parameters
    ----------
    content : bytes
        Of a safetensors file.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self.arrays = load(content)
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"The arrays cannot be read: {error}.") from error

    def array(self, node: dict[str, Any]) -> np.ndarray:
        """Return the array that JSON names, in memory of its own."""
        stored, dtype = self._stored(node["$array"]), node.get("dtype")
        values = np.array(stored, order="C")
        if node.get("order") == "F":
            values = values.T
        return values if dtype is None else _from_bits(values, dtype)

    def tensor(self, node: dict[str, Any]) -> Tensor:
        """Return the tensor that JSON names."""
        tensor = torch.from_numpy(np.array(self._stored(node["$tensor"]), order="C"))
        if node.get("dtype") == "bfloat16":
            tensor = tensor.view(torch.bfloat16)
        learns = node.get("requires_grad") is True
        if node.get("parameter") is True:
            return nn.Parameter(tensor, requires_grad=learns)
        return tensor.requires_grad_(learns)

    def _stored(self, name: Any) -> np.ndarray:
        if not isinstance(name, str) or name not in self.arrays:
            raise ModelFileError(f"The file lacks the array {name!r}.")
        return self.arrays[name]


def _flat_bits(values: np.ndarray) -> np.ndarray:
    """View complex numbers and times as numbers; complex ones on a further axis."""
    if values.dtype.kind == "c":
        return np.stack([values.real, values.imag], axis=-1)
    return values.view(np.int64)


def _from_bits(values: np.ndarray, dtype: Any) -> np.ndarray:
    """Undo `_flat_bits`."""
    kind = np.dtype(dtype)
    if kind.char not in _AS_NUMBERS:
        raise ModelFileError(f"The file names a type {dtype!r} that no array has.")
    if kind.kind == "c":
        whole = np.empty(values.shape[:-1], dtype=kind)
        whole.real, whole.imag = values[..., 0], values[..., 1]
        return whole
    return values.astype(np.int64).view(kind)
