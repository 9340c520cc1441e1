"""From objects to JSON and arrays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from pandas.api.extensions import ExtensionArray
from scipy.sparse import issparse
from torch import Tensor

from magnet_sklearn.data import PADDED, array_kind
from magnet_sklearn.io._model_file._arrays import ArrayWriter
from magnet_sklearn.io._model_file._parts import state_of
from magnet_sklearn.io._model_file._plain import to_plain
from magnet_sklearn.io._model_file._registry import Registry, function_name
from magnet_sklearn.io._model_file._tables import table_node

_DEEPEST = 100
_ADVICE = (
    "A file holds values, never code. If it is a class of yours, register it with "
    "magnet_sklearn.io.register_class or pass it as custom=[...] to save_model and "
    "load_model; else set the attribute to None, or pickle the model."
)


class Encoder:
    """Turns an object and all that it refers to into JSON and arrays.

    What is referred to in two places is written once, and is one object again when it
    is read.

    Parameters
    ----------
    registry : Registry
        Classes that may occur.

    Attributes
    ----------
    objects : list of dict
        Class and state of each object.
    arrays : ArrayWriter
        Their arrays.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.objects: list[dict[str, Any] | None] = []
        self.arrays = ArrayWriter()
        # the values themselves, too, for the place of a dead one may be given away
        self._seen: dict[int, tuple[Any, Any]] = {}
        self._depth = 0

    def encode(self, value: Any, path: str) -> Any:
        """Return what stands for a value in JSON.

        Parameters
        ----------
        value : any
            What is to be written.
        path : str
            Where it is, for error messages and names of arrays.

        Raises
        ------
        TypeError
            If a file cannot hold it.
        """
        plain = to_plain(value)
        if plain is not NotImplemented:
            return plain
        if id(value) in self._seen:
            return self._again(value, path)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TypeError(f"{path} is nested more than {_DEEPEST} deep.")
        try:
            return self._encode(value, path)
        finally:
            self._depth -= 1

    def _again(self, value, path):
        node = self._seen[id(value)][1]
        if node is None:
            raise TypeError(f"{path} refers to an object that it is itself part of.")
        return node

    def _encode(self, value, path):
        container = _CONTAINERS.get(type(value))
        if container is not None:
            return container(self, value, path)
        for kinds, encode in _KINDS:
            if isinstance(value, kinds):
                return self._once(value, path, encode)
        if issparse(value):
            return self._once(value, path, Encoder._sparse)
        if callable(value) and (name := function_name(value)) is not None:
            return {"$function": name}
        return self._once(value, path, Encoder._object)

    def _once(self, value, path, encode):
        self._seen[id(value)] = value, None
        node = encode(self, value, path)
        self._seen[id(value)] = value, node
        return node

    def _object(self, value, path):
        name = self.registry.name_of(type(value))
        if name is None:
            kind = f"{type(value).__module__}.{type(value).__qualname__}"
            raise TypeError(f"{path} is {_named(value)}of {kind!r}. {_ADVICE}")
        place = len(self.objects)
        self.objects.append(None)
        state = state_of(value, self.registry.is_custom(type(value)))
        content = {key: self.encode(v, f"{path}.{key}") for key, v in state.items()}
        self.objects[place] = {"class": name, "state": content}
        return {"$ref": place}

    def _array(self, values, path):
        if type(values) in PADDED.values():
            node = self._array(values.view(np.ndarray), path)
            return {"$padded": node, "kind": array_kind(values)}
        if type(values) not in (np.ndarray, np.memmap):
            raise TypeError(f"{path} is an array of {type(values)}. {_ADVICE}")
        if values.dtype.names:
            names = values.dtype.names
            fields = {n: self.encode(values[n], f"{path}.{n}") for n in names}
            return {"$record": fields}
        if values.dtype.kind in "OU":
            node = {"$objects": self._items(values.ravel().tolist(), path)}
            dtype = values.dtype.str[1:] if values.dtype.kind == "U" else "O"
            return {**node, "dtype": dtype, "shape": list(values.shape)}
        return self._numbers(self.arrays.array, values, path)

    def _tensor(self, tensor, path):
        return self._numbers(self.arrays.tensor, tensor, path)

    def _numbers(self, add: Callable, values, path):
        try:
            return add(values, path)
        except TypeError as error:
            raise TypeError(f"{path} is {error}, which no file can hold.") from error

    def _table(self, table, path):
        return table_node(table, path, self.encode)

    def _sparse(self, matrix, path):
        matrix = matrix.tocsr()
        parts = {n: getattr(matrix, n) for n in ("data", "indices", "indptr")}
        node = {n: self.encode(part, f"{path}.{n}") for n, part in parts.items()}
        return {"$sparse": {**node, "shape": list(matrix.shape)}}

    def _partial(self, value, path):
        return {
            "$partial": self.encode(value.func, path),
            "args": self.encode(value.args, path),
            "keywords": self.encode(value.keywords, path),
        }

    def _generator(self, generator, path):
        return {"$generator": self.encode(generator.get_state(), path)}

    def _items(self, items: Iterable, path):
        return [self.encode(item, f"{path}.{n}") for n, item in enumerate(items)]

    def _set(self, items, path):
        tag = "$set" if type(items) is set else "$frozenset"
        return {tag: self._items(sorted(items, key=_order), path)}

    def _dict(self, items, path):
        has_names = all(type(k) is str and not k.startswith("$") for k in items)
        if type(items) is dict and has_names:
            return {k: self.encode(v, f"{path}.{k}") for k, v in items.items()}
        pairs = [
            [self.encode(k, f"{path} (a key)"), self.encode(v, f"{path}.{_text(k)}")]
            for k, v in items.items()
        ]
        return {"$dict" if type(items) is dict else "$ordered_dict": pairs}


def _order(item):
    return type(item).__name__, str(item)


def _text(key):
    return ".".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _named(value):
    """Say what a function is called, as its type says nothing."""
    name = getattr(value, "__qualname__", None)
    return f"{name!r} " if name else ""


_CONTAINERS: dict[type, Callable[[Encoder, Any, str], Any]] = {
    list: Encoder._items,
    tuple: lambda self, value, path: {"$tuple": self._items(value, path)},
    set: Encoder._set,
    frozenset: Encoder._set,
    dict: Encoder._dict,
    OrderedDict: Encoder._dict,
}
_KINDS: list[tuple[Any, Callable[[Encoder, Any, str], Any]]] = [
    (np.ndarray, Encoder._array),
    (np.dtype, lambda self, value, path: {"$dtype": value.str}),
    (Tensor, Encoder._tensor),
    (torch.Generator, Encoder._generator),
    (partial, Encoder._partial),
    ((pd.Index, pd.DataFrame, pd.Series, ExtensionArray), Encoder._table),
]
