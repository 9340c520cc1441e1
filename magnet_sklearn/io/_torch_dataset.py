"""Patients as a dataset of PyTorch, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData, check_multimodal, is_sparse, quoted

if TYPE_CHECKING:
    from torch.utils.data import Dataset


def to_dataset(X: Any, y: Any = None) -> Dataset:
    """Make a PyTorch dataset, for networks of one's own.

    Parameters
    ----------
    X : multimodal data of shape (n_patients, n_modalities)
        Numeric blocks.
    y : array-like of shape (n_patients, ...), default=None
        Targets, numbers.

    Returns
    -------
    dataset : torch.utils.data.Dataset of n_patients dicts
        `blocks`: a float32 tensor by modality, NaN where a value is missing; `mask`:
        bool tensor of shape (n_modalities,); `y`, if given.

    Raises
    ------
    ValueError
        If a block has categorical columns, or y another length.

    Examples
    --------
    >>> from torch.utils.data import DataLoader
    >>> from magnet_sklearn.io import to_dataset
    >>> dataset = to_dataset({"rna": [[1.0, 0.5], [2.0, 1.5]]}, y=[0, 1])
    >>> batch = next(iter(DataLoader(dataset, batch_size=2)))
    >>> batch["blocks"]["rna"].shape, batch["y"].tolist()
    (torch.Size([2, 2]), [0, 1])
    """
    # slow to import
    from torch import from_numpy
    from torch.utils.data import StackDataset

    X = check_multimodal(X)
    # a tensor is a dataset of its rows
    blocks: Any = {name: from_numpy(_numbers(name, b)) for name, b in X.items()}
    parts: Any = {"blocks": StackDataset(**blocks), "mask": from_numpy(X.mask.copy())}
    if y is not None:
        parts["y"] = from_numpy(np.array(y))
    return StackDataset(**parts)


def from_dataset(dataset: Any) -> tuple[MultiModalData, np.ndarray | None]:
    """Collect the items of a PyTorch dataset.

    Parameters
    ----------
    dataset : map-style torch.utils.data.Dataset of n_patients items
        An item is a dict of modality to array or tensor, a pair of such a dict and a
        target, or what `to_dataset` gives. None, or no key: the modality is missing.

    Returns
    -------
    X : MultiModalData of shape (n_patients, n_modalities)
        All items.
    y : ndarray of shape (n_patients, ...) or None
        Their targets; None unless all have one.

    Raises
    ------
    TypeError
        If an item is of another kind.
    ValueError
        If there is no item, or items have a modality in different shapes.

    Examples
    --------
    >>> from magnet_sklearn.io import from_dataset
    >>> X, y = from_dataset([({"rna": [1.0, 2.0]}, 0), ({"age": [61.0]}, 1)])
    >>> X.mask.tolist(), y.tolist()
    ([[True, False], [False, True]], [0, 1])
    """
    items = [_item(dataset[row]) for row in range(len(dataset))]
    names = list(dict.fromkeys(name for blocks, _ in items for name in blocks))
    stacked = {}
    for name in names:
        rows = [blocks.get(name) for blocks, _ in items]
        shapes = {np.shape(row) for row in rows if row is not None}
        if len(shapes) != 1:
            raise ValueError(
                f"Items of the dataset have modality {name!r} in the shapes "
                f"{sorted(shapes)}. Give it one shape in all; None where it is missing."
            )
        missing = np.full(shapes.pop(), np.nan, dtype=np.float32)
        stacked[name] = np.stack(
            [missing if row is None else np.asarray(row) for row in rows]
        )
    targets = [target for _, target in items]
    has_targets = all(target is not None for target in targets)
    return MultiModalData(stacked), np.asarray(targets) if has_targets else None


def _numbers(name, block):
    """Values of a block in single precision, NaN where missing."""
    if isinstance(block, pd.DataFrame):
        texts = [
            c for c, t in block.dtypes.items() if not pd.api.types.is_numeric_dtype(t)
        ]
        if texts:
            raise ValueError(
                f"Columns {quoted(texts[:5])} of modality {name!r} are categories, and "
                "tensors hold numbers. Encode them first: "
                "ModalityTransformer().fit_transform(X)."
            )
        return block.to_numpy(np.float32, na_value=np.nan, copy=True)
    dense = block.toarray() if is_sparse(block) else block
    return np.array(dense, dtype=np.float32)


def _item(item):
    """Blocks of an item, and its target or None."""
    blocks, target = item if isinstance(item, tuple | list) else (item, None)
    if isinstance(blocks, Mapping) and isinstance(blocks.get("blocks"), Mapping):
        blocks, target = blocks["blocks"], blocks.get("y", target)
    if not isinstance(blocks, Mapping):
        raise TypeError(
            "Items of the dataset have to be dicts of modality to array, or pairs of "
            f"such a dict and a target; got {type(blocks).__name__}."
        )
    return blocks, target
