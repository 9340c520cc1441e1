"""Preprocessing of modalities that were added at different times."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from magnet_sklearn.data import MultiModalData


class SideBySidePreprocessor:
    """Combine preprocessors that were fitted on different modalities.

    Parameters
    ----------
    pipelines : sequence of (modalities, transformers)
        Modalities of the input, and the transformers that they pass through in turn.
        The last one of each is a `DefaultPreprocessor` or has its attributes.

    Attributes
    ----------
    category_sizes_ : dict of str to list of int
        As in `DefaultPreprocessor`, of all modalities.
    """

    def __init__(self, pipelines: Sequence[tuple[list[str], list[Any]]]) -> None:
        self.pipelines = list(pipelines)
        self.category_sizes_ = {
            name: sizes
            for _, steps in self.pipelines
            for name, sizes in steps[-1].category_sizes_.items()
        }

    @property
    def fill_values_(self) -> dict[str, float]:
        """As in `DefaultPreprocessor`, of all modalities."""
        filled = [steps[-1].fill_values_ for _, steps in self.pipelines]
        return {name: fill for own in filled for name, fill in own.items()}

    def transform(self, X: MultiModalData) -> MultiModalData:
        """Apply each pipeline to its modalities.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients with the modalities of all pipelines.

        Returns
        -------
        X_dense : MultiModalData of shape (n_patients, n_modalities_out)
            Dense blocks in the order of the pipelines.
        """
        blocks: dict[str, Any] = {}
        masks = []
        for modalities, steps in self.pipelines:
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
