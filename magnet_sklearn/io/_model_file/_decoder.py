"""From JSON and arrays to objects."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array

from magnet_sklearn.data import PADDED
from magnet_sklearn.io._model_file._arrays import ArrayReader
from magnet_sklearn.io._model_file._errors import ModelFileError
from magnet_sklearn.io._model_file._parts import object_of
from magnet_sklearn.io._model_file._plain import from_plain
from magnet_sklearn.io._model_file._registry import Registry, function_of
from magnet_sklearn.io._model_file._tables import table_of

_BEING_READ = object()
_MOST_TEXT = 2**28  # bytes of an array


class Decoder:
    """Builds the objects of a file, of known classes only.

    Parameters
    ----------
    objects : list of dict
        Class and state of each object.
    arrays : ArrayReader
        Their arrays.
    registry : Registry
        Classes that may occur.
    """

    def __init__(self, objects: Any, arrays: ArrayReader, registry: Registry) -> None:
        if not isinstance(objects, list):
            raise ModelFileError("The objects of the file are no list.")
        self.objects = objects
        self.arrays = arrays
        self.registry = registry
        self._read: dict[int, Any] = {}
        self._shared: dict[tuple[str, str], Any] = {}

    def decode(self, node: Any) -> Any:
        """Return the value that JSON stands for."""
        if isinstance(node, list):
            return [self.decode(item) for item in node]
        if not isinstance(node, dict):
            return node
        tag = next((key for key in node if key.startswith("$")), None)
        if tag is None:
            return {key: self.decode(value) for key, value in node.items()}
        reader = _READERS.get(tag)
        if reader is not None:
            return reader(self, node)
        value = from_plain(tag, node[tag])
        if value is NotImplemented:
            value = table_of(tag, node, self.decode)
        if value is NotImplemented:
            raise ModelFileError(f"The file has a part {tag!r} that is not known.")
        return value

    def _object(self, node):
        place = node["$ref"]
        if not isinstance(place, int) or not 0 <= place < len(self.objects):
            raise ModelFileError(f"The file refers to an object {place!r}.")
        found = self._read.get(place)
        if found is _BEING_READ:
            raise ModelFileError("An object of the file is part of itself.")
        if found is None:
            self._read[place] = _BEING_READ
            found = self._read[place] = self._new_object(self.objects[place])
        return found

    def _new_object(self, entry):
        if not isinstance(entry, dict) or set(entry) != {"class", "state"}:
            raise ModelFileError("An object of the file has no class and state.")
        cls = self.registry.type_of(entry["class"])
        state = entry["state"]
        if not isinstance(state, dict):
            raise ModelFileError(f"The state of a {entry['class']} is no object.")
        decoded = {key: self.decode(value) for key, value in state.items()}
        return object_of(cls, decoded, self.registry.is_custom(cls))

    def _array(self, node):
        return self._once(("$array", node["$array"]), lambda: self.arrays.array(node))

    def _padded(self, node):
        values, kind = self.decode(node["$padded"]), node.get("kind")
        if kind not in PADDED or type(values) is not np.ndarray:
            raise ModelFileError(f"The file has no array of {kind!r}.")
        return values.view(PADDED[kind])

    def _tensor(self, node):
        name = node["$tensor"]
        return self._once(("$tensor", name), lambda: self.arrays.tensor(node))

    def _once(self, key, read: Callable[[], Any]):
        if not isinstance(key[1], str):
            raise ModelFileError(f"The file names an array {key[1]!r}.")
        if key not in self._shared:
            self._shared[key] = read()
        return self._shared[key]

    def _objects(self, node):
        items, dtype = self._items(node["$objects"]), np.dtype(node["dtype"])
        if dtype.kind not in "OU" or dtype.itemsize * len(items) > _MOST_TEXT:
            raise ModelFileError(f"The file has texts of type {dtype}.")
        values = np.empty(len(items), dtype=dtype)
        for place, item in enumerate(items):
            values[place] = item
        return values.reshape(node["shape"])

    def _record(self, node):
        fields = self.decode(node["$record"])
        dtype = [(name, values.dtype) for name, values in fields.items()]
        record = np.empty(np.shape(next(iter(fields.values()))), dtype=dtype)
        for name, values in fields.items():
            record[name] = values
        return record

    def _sparse(self, node):
        parts = self.decode(node["$sparse"])
        matrix = csr_array(
            (parts["data"], parts["indices"], parts["indptr"]), shape=parts["shape"]
        )
        matrix.check_format(full_check=True)
        return matrix

    def _partial(self, node):
        if set(node["$partial"]) != {"$function"}:
            raise ModelFileError("The file names a function by something else.")
        function = self.decode(node["$partial"])
        return partial(
            function, *self.decode(node["args"]), **self.decode(node["keywords"])
        )

    def _generator(self, node):
        return torch.Generator().set_state(self.decode(node["$generator"]))

    def _items(self, items):
        # nothing else that can be run through, which may be longer than memory
        if not isinstance(items, list):
            raise ModelFileError("A container of the file is no list.")
        return self.decode(items)

    def _pairs(self, pairs):
        return [(self.decode(key), self.decode(value)) for key, value in pairs]


_READERS: dict[str, Callable[[Decoder, dict[str, Any]], Any]] = {
    "$ref": Decoder._object,
    "$array": Decoder._array,
    "$padded": Decoder._padded,
    "$tensor": Decoder._tensor,
    "$objects": Decoder._objects,
    "$record": Decoder._record,
    "$sparse": Decoder._sparse,
    "$generator": Decoder._generator,
    "$partial": Decoder._partial,
    "$tuple": lambda self, node: tuple(self._items(node["$tuple"])),
    "$set": lambda self, node: set(self._items(node["$set"])),
    "$frozenset": lambda self, node: frozenset(self._items(node["$frozenset"])),
    "$dict": lambda self, node: dict(self._pairs(node["$dict"])),
    "$ordered_dict": lambda self, n: OrderedDict(self._pairs(n["$ordered_dict"])),
    "$function": lambda self, node: function_of(node["$function"]),
    "$dtype": lambda self, node: np.dtype(node["$dtype"]),
}
