"""Patients behind others."""

import numpy as np

from magnet_sklearn.data._container import MultiModalData


def stacked(first: MultiModalData, second: MultiModalData) -> MultiModalData:
    """Put patients behind others.

    Parameters
    ----------
    first, second : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed, with the same modalities and columns.

    Returns
    -------
    data : MultiModalData of shape (n_patients, n_modalities)
        All of them.
    """
    blocks = {
        name: np.concatenate([block, second[name]]) for name, block in first.items()
    }
    return MultiModalData._from_checked(blocks, first.index.append(second.index))
