"""Preprocessing of modalities that came at different times."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from magnet_sklearn.data import MultiModalData


class SideBySidePreprocessor:
    """Fitted transformers of some modalities beside those of others.

    Parameters
    ----------
    parts : sequence of (modalities, transformers)
        Modalities before preprocessing, and what they pass through one after the
        other. The last transformer of each part is a `DefaultPreprocessor` or as one.

    Attributes
    ----------
    category_sizes_ : dict of str to list of int
        As in `DefaultPreprocessor`, of all parts.
    """

    def __init__(self, parts: Sequence[tuple[list[str], list[Any]]]) -> None:
        self.parts = list(parts)
        self.category_sizes_ = {
            name: sizes
            for _, steps in self.parts
            for name, sizes in steps[-1].category_sizes_.items()
        }

    def transform(self, X: MultiModalData) -> MultiModalData:
        """Apply each part to its modalities.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients with the modalities of all parts.

        Returns
        -------
        X_dense : MultiModalData of shape (n_patients, n_modalities_out)
            Dense blocks in the order of the parts.
        """
        blocks: dict[str, Any] = {}
        masks = []
        for modalities, steps in self.parts:
            part = select_modalities(X, modalities)
            for step in steps:
                part = step.transform(part)
            blocks |= dict(part.items())
            masks.append(part.mask)
        return MultiModalData._from_checked(blocks, X.index, np.hstack(masks))


def select_modalities(X: MultiModalData, modalities: Sequence[str]) -> MultiModalData:
    """Leave out the other modalities.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients.
    modalities : sequence of str
        Names in the order of the result.

    Returns
    -------
    part : MultiModalData of shape (n_patients, len(modalities))
        The same blocks, not copied.
    """
    return MultiModalData._from_checked({name: X[name] for name in modalities}, X.index)
