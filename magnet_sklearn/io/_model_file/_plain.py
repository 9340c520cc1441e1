"""Values that stand in JSON itself, or in arrays, and back."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import torch

from magnet_sklearn.io._model_file._errors import ModelFileError

# The types that parameters such as `dtype` may be.
_TYPES: dict[str, type] = {
    "bool": bool,
    "float": float,
    "int": int,
    "object": object,
    "str": str,
    **{
        f"numpy.{kind.__name__}": kind
        for kind in (np.float32, np.float64, np.int32, np.int64, np.bool_, np.object_)
    },
}
_TYPE_NAMES = {kind: name for name, kind in _TYPES.items()}
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_MISSING = {"NA": pd.NA, "NaT": pd.NaT}
_TIMES: dict[str, Any] = {
    "timestamp": pd.Timestamp,
    "timedelta": pd.Timedelta,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}
_LONGEST_RANGE = 10_000_000
_NUMPY_STATE = "MT19937"


def to_plain(value: Any) -> Any:
    """Return what stands for a scalar in JSON; NotImplemented if it is none."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, np.generic):
        return _to_numpy_scalar(value)
    if kind is type:
        return {"$type": _TYPE_NAMES[value]} if value in _TYPE_NAMES else NotImplemented
    for name, missing in _MISSING.items():
        if value is missing:
            return {"$missing": name}
    writer = _WRITERS.get(kind)
    return NotImplemented if writer is None else writer(value)


def _to_numpy_scalar(value):
    if value.dtype.kind in "biuf":
        return {"$scalar": [value.dtype.str[1:], to_plain(value.item())]}
    if value.dtype.kind in "Mm":
        return {"$scalar": [value.dtype.str[1:], int(value.astype(np.int64))]}
    if value.dtype.kind == "U":
        return {"$scalar": [value.dtype.str[1:], str(value)]}
    return NotImplemented


def _to_random_state(state):
    name, key, *rest = state.get_state()
    return {"$random_state": [name, key.tolist(), *rest]}


_WRITERS: dict[type, Any] = {
    bytes: lambda value: {"$bytes": value.hex()},
    slice: lambda value: {"$slice": [value.start, value.stop, value.step]},
    range: lambda value: {"$range": [value.start, value.stop, value.step]},
    complex: lambda value: {"$complex": [value.real, value.imag]},
    pd.Timestamp: lambda value: {"$timestamp": value.isoformat()},
    pd.Timedelta: lambda value: {"$timedelta": value.isoformat()},
    datetime: lambda value: {"$datetime": value.isoformat()},
    date: lambda value: {"$date": value.isoformat()},
    torch.device: lambda value: {"$device": str(value)},
    torch.dtype: lambda value: {"$torch_dtype": str(value).removeprefix("torch.")},
    torch.Size: lambda value: {"$size": list(value)},
    np.random.RandomState: _to_random_state,
}


def from_plain(tag: str, content: Any) -> Any:
    """Return the scalar of a tag; NotImplemented if the tag is that of none."""
    reader = _READERS.get(tag)
    if reader is None:
        return NotImplemented
    try:
        return reader(content)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{content!r} is no {tag}: {error}.") from error


def _numpy_scalar(content):
    dtype, value = content
    dtype = np.dtype(dtype)
    if dtype.kind in "Mm":
        return np.int64(value).view(dtype)
    if dtype.kind not in "biufU" or dtype.itemsize > 65536:
        raise ValueError(f"no scalar is of type {dtype}")
    if isinstance(value, dict):
        value = _NOT_FINITE[value["$float"]]
    return dtype.type(value)


def _random_state(content):
    name, key, position, has_gauss, gauss = content
    # numpy does not look whether the position lies within the key
    if name != _NUMPY_STATE or len(key) != 624 or not 0 <= int(position) <= 624:
        raise ValueError("such a state does not exist")
    state = np.random.RandomState(0)
    state.set_state((name, np.array(key, np.uint32), position, has_gauss, gauss))
    return state


def _range(content):
    values = range(*content)
    if len(values) > _LONGEST_RANGE:
        raise ValueError("it is too long")
    return values


def _torch_dtype(content):
    dtype = getattr(torch, content)
    if not isinstance(dtype, torch.dtype):
        raise ValueError("torch has no such type")
    return dtype


_READERS: dict[str, Any] = {
    "$float": _NOT_FINITE.__getitem__,
    "$scalar": _numpy_scalar,
    "$type": _TYPES.__getitem__,
    "$missing": _MISSING.__getitem__,
    "$bytes": bytes.fromhex,
    "$slice": lambda content: slice(*content),
    "$range": _range,
    "$complex": lambda content: complex(*content),
    "$device": torch.device,
    "$torch_dtype": _torch_dtype,
    "$size": torch.Size,
    "$random_state": _random_state,
    **{f"${name}": make for name, make in _TIMES.items()},
}
