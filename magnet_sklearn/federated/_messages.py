"""Messages between sites: trees of arrays and plain values as bytes."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import numpy as np

_TREE = "tree"
_ARRAY = "__array__"


def pack(tree: Any) -> bytes:
    """Turn dicts, lists, plain values and numeric arrays into bytes.

    They are an npz file without pickles, so that reading one never runs code.
    """
    arrays: dict[int, np.ndarray] = {}
    text = json.dumps(_without_arrays(tree, arrays))
    named: dict[str, Any] = {str(n): array for n, array in enumerate(arrays.values())}
    file = BytesIO()
    np.savez(file, **{_TREE: np.frombuffer(text.encode(), np.uint8), **named})
    return file.getvalue()


def unpack(message: bytes) -> Any:
    """Turn bytes into what they were made of.

    Raises
    ------
    ValueError
        If they are no message.
    """
    try:
        with np.load(BytesIO(message), allow_pickle=False) as file:
            tree = json.loads(file[_TREE].tobytes())
            return _with_arrays(tree, file)
    except Exception as error:  # of whatever kind: the bytes come from elsewhere
        raise ValueError("The message cannot be read.") from error


def _without_arrays(tree, arrays):
    """Put arrays aside, a number in place of each; the same object only once."""
    if isinstance(tree, np.ndarray):
        if tree.dtype == object:
            return _without_arrays(tree.tolist(), arrays)
        arrays.setdefault(id(tree), tree)
        return {_ARRAY: list(arrays).index(id(tree))}
    if isinstance(tree, dict):
        return {str(key): _without_arrays(value, arrays) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_without_arrays(value, arrays) for value in tree]
    if isinstance(tree, np.generic):
        return tree.item()
    return tree


def _with_arrays(tree, file):
    if isinstance(tree, dict):
        if _ARRAY in tree:
            return file[str(tree[_ARRAY])]
        return {key: _with_arrays(value, file) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_arrays(value, file) for value in tree]
    return tree


def unusual(reply: Any, like: Any, name: str = "reply") -> str | None:
    """Say what is wrong with a reply: missing parts, shapes, values that are no number.

    Parameters
    ----------
    reply : any
        From a site.
    like : any
        Dicts and lists as in the reply, with shapes in place of arrays and numbers;
        None for what is not looked at.
    name : str, default="reply"
        What the part is called.

    Returns
    -------
    problem : str or None
        None for a reply as it should be.
    """
    if like is None:
        return None
    if isinstance(like, dict):
        if not isinstance(reply, dict):
            return f"{name} has no parts"
        missing = [key for key in like if key not in reply]
        if missing:
            return f"{name} has no {missing[0]!r}"
        parts = ((reply[key], like[key], f"{name}[{key!r}]") for key in like)
        return next(filter(None, (unusual(*part) for part in parts)), None)
    if isinstance(like, list):
        if not isinstance(reply, list) or len(reply) != len(like):
            return f"{name} is no list of {len(like)}"
        pairs = enumerate(zip(reply, like, strict=True))
        found = (unusual(own, other, f"{name}[{k}]") for k, (own, other) in pairs)
        return next(filter(None, found), None)
    return _unusual_array(reply, like, name)


def _unusual_array(reply, shape, name):
    if not isinstance(reply, np.ndarray | int | float):
        return f"{name} is no array"
    values = np.asarray(reply)
    if values.dtype.kind not in "biuf":
        return f"{name} is not numeric"
    if values.shape != tuple(shape):
        return f"{name} has shape {values.shape}, not {tuple(shape)}"
    return None if np.isfinite(values).all() else f"{name} has NaN or infinite values"
