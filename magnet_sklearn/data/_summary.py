"""The text that a container prints as."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import is_sparse
from magnet_sklearn.data._frames import is_categorical
from magnet_sklearn.data._padded import PaddedArray


def summary(blocks: Mapping[str, Any], mask: np.ndarray) -> str:
    """Describe blocks: one line in total, then one aligned line per modality."""
    n_patients, n_modalities = mask.shape
    n_patterns = len(np.unique(mask, axis=0))
    lines = [
        f"MultiModalData: {_count(n_patients, 'patient')}, "
        f"{_count(n_modalities, 'modality', 'modalities')}, "
        f"{_percent(mask)} of blocks observed, "
        f"{_count(n_patterns, 'missingness pattern')}"
    ]
    cells = [
        [name, _size(block), f"{_percent(mask[:, m])} observed", _kind(block)]
        for m, (name, block) in enumerate(blocks.items())
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for name, size, share, kind in cells:
        lines.append(
            f"  {name:<{widths[0]}}  {size:>{widths[1]}}  {share:>{widths[2]}}  {kind}"
        )
    return "\n".join(lines)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _percent(observed: np.ndarray) -> str:
    return f"{observed.mean():.0%}" if observed.size else "0%"


def _size(block: Any) -> str:
    if block.ndim == 2:
        return _count(block.shape[1], "feature")
    return " x ".join(map(str, block.shape[1:]))


def _kind(block: Any) -> str:
    if isinstance(block, pd.DataFrame):
        n_categorical = int(is_categorical(block).sum())
        return f"frame, {n_categorical} categorical" if n_categorical else "frame"
    if isinstance(block, PaddedArray):
        return f"{block.noun} {block.dtype}"
    return f"{'sparse' if is_sparse(block) else 'array'} {block.dtype}"
