"""Which patients have no label, by a value of y that stands for none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def is_unlabelled(y: Any, marker: Any) -> np.ndarray:
    """Tell which rows of y hold the marker, and nothing else.

    Parameters
    ----------
    y : array-like or DataFrame of n_patients rows
        Target.
    marker : any
        Value that stands for no label; NaN finds every missing value. None finds
        nobody.

    Returns
    -------
    unlabelled : bool ndarray of shape (n_patients,)
        True = no label.
    """
    if marker is None:
        return np.zeros(len(y), dtype=bool)
    values = y if isinstance(y, pd.DataFrame | pd.Series) else np.asarray(y)
    # as objects, for text and a number are never equal
    found = pd.isna(values) if pd.isna(marker) else values.astype(object) == marker
    table = np.asarray(found, dtype=bool).reshape(len(y), -1)
    return np.logical_and.reduce(table, axis=1)
