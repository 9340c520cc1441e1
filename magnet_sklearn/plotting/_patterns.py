"""Which modalities are observed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from magnet_sklearn.data import check_multimodal


class Patterns(NamedTuple):
    """Patterns of observed modalities, the most frequent one first.

    Parameters
    ----------
    observed : DataFrame of bool of shape (n_patterns, n_modalities)
        Columns are modalities.
    counts : int ndarray of shape (n_patterns,)
        Patients with each pattern.
    codes : int ndarray of shape (n_patients,)
        Pattern of each patient.
    """

    observed: pd.DataFrame
    counts: np.ndarray
    codes: np.ndarray

    @property
    def names(self) -> list[str]:
        """Name of each pattern."""
        modalities = [str(name) for name in self.observed]
        return [pattern_name(row, modalities) for row in self.observed.to_numpy()]


def missing_patterns(X: Any, modalities: Any = None) -> Patterns:
    """Count the patterns of multimodal data."""
    X = check_multimodal(X, modalities=modalities)
    rows, codes, counts = np.unique(
        X.mask, axis=0, return_inverse=True, return_counts=True
    )
    # of equally frequent patterns the one with more modalities comes first
    order = np.lexsort((-rows.sum(axis=1), -counts))
    observed = pd.DataFrame(rows[order], columns=pd.Index(list(X)))
    return Patterns(observed, counts[order], np.argsort(order)[codes.ravel()])


def pattern_name(observed: np.ndarray, modalities: Sequence[str]) -> str:
    """Say in words which modalities are observed."""
    if observed.all():
        return "all modalities" if len(modalities) > 1 else modalities[0]
    there = [
        name for name, is_there in zip(modalities, observed, strict=True) if is_there
    ]
    lacking = [name for name in modalities if name not in there]
    if not there:
        return "no modality"
    if len(lacking) < len(there):
        return f"all but {', '.join(lacking)}"
    return " + ".join(there)
