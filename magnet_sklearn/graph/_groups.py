"""Groups of patients who are never neighbours."""

from typing import Any

import numpy as np
import pandas as pd


def group_codes(groups: Any, n_patients: int) -> np.ndarray:
    """Encode groups as integers; without groups, each patient is one."""
    if groups is None:
        return np.arange(n_patients)
    codes, _ = pd.factorize(np.asarray(groups))
    if (codes < 0).any():
        rows = np.flatnonzero(codes < 0)
        raise ValueError(
            f"groups has missing values in {len(rows)} rows, such as "
            f"{rows[:5].tolist()}. Give each of these patients a group of its own."
        )
    return codes.astype(np.int64)
