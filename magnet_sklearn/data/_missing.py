"""Which patient has which modality."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block, observed_rows


def observed_mask(blocks: Mapping[str, Block]) -> np.ndarray:
    """Tell who has which modality, as read-only bool (n_patients, n_modalities)."""
    return read_only(np.column_stack([observed_rows(b) for b in blocks.values()]))


def read_only(mask: np.ndarray) -> np.ndarray:
    """Lock a mask that is handed out again and again."""
    mask.flags.writeable = False
    return mask


def count_patterns(mask: np.ndarray, modalities: list[str]) -> pd.DataFrame:
    """Count how many patients share each pattern of observed modalities.

    Parameters
    ----------
    mask : bool ndarray of shape (n_patients, n_modalities)
        True where a block is observed.
    modalities : list of str
        Names of the columns of `mask`.

    Returns
    -------
    patterns : DataFrame of shape (n_patterns, n_modalities + 1)
        One bool column per modality and `n_patients`, most frequent pattern first.
    """
    patterns, counts = np.unique(mask, axis=0, return_counts=True)
    # Reversed before the stable sort: of two equally frequent patterns the one with
    # more observed blocks comes first.
    patterns, counts = patterns[::-1], counts[::-1]
    order = np.argsort(-counts, kind="stable")
    frame = pd.DataFrame(patterns[order], columns=modalities)
    frame["n_patients"] = counts[order]
    return frame
