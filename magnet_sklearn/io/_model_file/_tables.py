"""Frames, series and indices of pandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from magnet_sklearn.io._model_file._errors import ModelFileError

_LONGEST = 10_000_000  # rows of an index that is no array


def table_node(table: Any, path: str, encode: Callable[[Any, str], Any]) -> Any:
    """Return what stands for a frame, a series, an index or an array of pandas."""
    if isinstance(table, pd.DataFrame):
        columns = [table.iloc[:, place] for place in range(table.shape[1])]
        return {
            "$frame": [
                encode(column.array, f"{path}.{n}") for n, column in enumerate(columns)
            ],
            "index": encode(table.index, f"{path}.index"),
            "columns": encode(table.columns, f"{path}.columns"),
        }
    if isinstance(table, pd.Series):
        return {
            "$series": encode(table.array, path),
            "index": encode(table.index, f"{path}.index"),
            "name": encode(table.name, f"{path}.name"),
        }
    if isinstance(table, pd.Index):
        return _index_node(table, path, encode)
    return _values_node(table, path, encode)


def _index_node(index, path, encode):
    names = encode(list(index.names), f"{path}.names")
    if isinstance(index, pd.RangeIndex):
        return {"$range_index": [index.start, index.stop, index.step], "names": names}
    if isinstance(index, pd.MultiIndex):
        levels = [index.get_level_values(n).array for n in range(index.nlevels)]
        parts = [encode(level, f"{path}.{n}") for n, level in enumerate(levels)]
        return {"$multi_index": parts, "names": names}
    return {"$index": encode(index.array, path), "names": names}


def _values_node(values: ExtensionArray, path, encode):
    """Write values beside their type, as numpy has no such type."""
    dtype = values.dtype
    if isinstance(values, pd.Categorical):
        return {
            "$categories": encode(values.categories, f"{path}.categories"),
            "codes": encode(np.asarray(values.codes), f"{path}.codes"),
            "ordered": bool(values.ordered),
        }
    if isinstance(dtype, np.dtype):
        # of pandas, but only around an array of numpy
        return {"$values": encode(values.to_numpy(), path), "dtype": None}
    plain = values.to_numpy(dtype=object)
    name = "text" if isinstance(dtype, pd.StringDtype) else str(dtype)
    return {"$values": encode(plain, path), "dtype": name}


def table_of(tag: str, node: dict[str, Any], decode: Callable[[Any], Any]) -> Any:
    """Undo `table_node`; NotImplemented if the tag is that of something else."""
    reader = _READERS.get(tag)
    if reader is None:
        return NotImplemented
    try:
        return reader(node, decode)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"A table cannot be read: {error}.") from error


def _frame(node, decode):
    index, columns = decode(node["index"]), decode(node["columns"])
    parts = [_column(decode(part), index) for part in node["$frame"]]
    if len(parts) != len(columns):
        raise ValueError(f"{len(parts)} columns have {len(columns)} names")
    frame = pd.DataFrame(dict(enumerate(parts)), index=index)
    frame.columns = columns
    return frame


def _series(node, decode):
    index, name = decode(node["index"]), decode(node["name"])
    return _column(decode(node["$series"]), index).rename(name)


def _column(values, index):
    # the type is said, as objects that are texts would become texts
    return pd.Series(values, index=index, dtype=values.dtype)


def _range_index(node, decode):
    start, stop, step = node["$range_index"]
    if len(range(start, stop, step)) > _LONGEST:
        raise ValueError("an index is too long")
    return pd.RangeIndex(start, stop, step, name=decode(node["names"])[0])


def _multi_index(node, decode):
    levels = [decode(level) for level in node["$multi_index"]]
    return pd.MultiIndex.from_arrays(levels, names=decode(node["names"]))


def _index(node, decode):
    values, names = decode(node["$index"]), decode(node["names"])
    return pd.Index(values, dtype=values.dtype, name=names[0])


def _categorical(node, decode):
    codes, categories = decode(node["codes"]), decode(node["$categories"])
    return pd.Categorical.from_codes(codes, categories, ordered=node["ordered"])


def _values(node, decode):
    values, dtype = decode(node["$values"]), node["dtype"]
    if dtype is None:
        return values
    if dtype == "text":
        # as pandas of this version reads texts
        return pd.Series(values.tolist(), dtype=_text_dtype()).array
    return pd.array(values, dtype=dtype)


def _text_dtype():
    return pd.Series(["text"]).dtype


_READERS: dict[str, Callable[[dict, Callable], Any]] = {
    "$frame": _frame,
    "$series": _series,
    "$range_index": _range_index,
    "$multi_index": _multi_index,
    "$index": _index,
    "$categories": _categorical,
    "$values": _values,
}
