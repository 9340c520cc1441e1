"""Outputs of patients who lack blocks that they have, or have those of others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import gen_batches
from tqdm.auto import tqdm

from magnet_sklearn.data import (
    MultiModalData,
    PaddedArray,
    is_sparse,
    like,
    same_length,
    take_or_missing,
)
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.preprocessing import (
    DefaultPreprocessor,
    FeatureTables,
    ModalityTransformer,
    SideBySidePreprocessor,
)

_VALUES_AT_A_TIME = 1_000_000


class RecombinedOutputs:
    """Outputs for patients put together from the blocks of some patients.

    Preprocessing that works on each modality alone gives the same whether blocks are
    recombined before or after it, and runs once. A user's preprocessor may see several
    modalities at a time: then the blocks of X are recombined and go through it.

    Parameters
    ----------
    model : ModelOutputs
        Whose outputs.
    X : MultiModalData of shape (n_patients, n_modalities)
        Checked patients.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    batch_size : int
        Recombined patients at a time; bounds the memory.
    """

    def __init__(
        self, model: ModelOutputs, X: MultiModalData, verbose: int = 0
    ) -> None:
        self.model = model
        self.X = X
        self.verbose = verbose
        self._bar = tqdm(disable=True)
        values = sum(np.prod(block.shape[1:]) for block in X.values())
        self.batch_size = max(32, int(_VALUES_AT_A_TIME // values))

    def sources(self, rows: np.ndarray) -> np.ndarray:
        """Return where the blocks of patients come from: they are their own.

        Parameters
        ----------
        rows : int ndarray of shape (n_rows,)
            Patients of X.

        Returns
        -------
        sources : int ndarray of shape (n_rows, n_modalities)
            Row of X that has the block; -1 where it is missing.
        """
        return np.where(self.X.mask[rows], np.asarray(rows)[:, None], -1)

    @contextmanager
    def progress(self, total: int, what: str) -> Iterator[None]:
        """Show a bar over the next predictions, of which there will be `total`."""
        hidden = not self.verbose
        with tqdm(total=total, desc=what, unit="prediction", disable=hidden) as bar:
            self._bar = bar
            yield

    def __call__(self, sources: np.ndarray) -> np.ndarray:
        """Predict recombined patients.

        Parameters
        ----------
        sources : int ndarray of shape (n_rows, n_modalities)
            Row of X that each block is taken from, -1 = missing.

        Returns
        -------
        outputs : ndarray of shape (n_rows, n_outputs)
            On the scale of `contributions`.
        """
        return self.model.scaled(self.raw(sources))

    def raw(self, sources: np.ndarray) -> np.ndarray:
        """Return unscaled outputs of recombined patients."""
        batches = []
        for rows in gen_batches(len(sources), self.batch_size):
            batches.append(self._outputs(sources[rows]))
            self._bar.update(len(batches[-1]))
        return np.concatenate(batches)

    def patients(self, sources: np.ndarray) -> MultiModalData:
        """Return recombined patients as they were before preprocessing."""
        return _recombine(self.X, sources)

    @cached_property
    def _preprocessed(self) -> tuple[MultiModalData, MultiModalData] | None:
        """Patients for experts and for networks, if that can be done beforehand."""
        fitted = self.model.estimator._model
        steps = fitted.inputs.steps + fitted.network_inputs.steps
        return fitted.transform(self.X) if _is_per_modality(steps) else None

    def _outputs(self, sources):
        if self._preprocessed is None:
            return self.model.raw(self.patients(sources))
        place = {name: column for column, name in enumerate(self.X)}
        for_experts, for_networks = self._preprocessed
        experts_X = _recombine(
            for_experts, sources[:, [place[name] for name in for_experts]]
        )
        networks_X = experts_X
        if for_networks is not for_experts:
            columns = [place[name] for name in for_networks]
            networks_X = _recombine(for_networks, sources[:, columns])
        return self.model.of_preprocessed(experts_X, networks_X)


def stack_patients(X: MultiModalData, Y: MultiModalData) -> MultiModalData:
    """Put two groups of checked patients below each other, numbered anew."""
    blocks = {name: _stacked(X[name], Y[name]) for name in X}
    mask = np.concatenate([X.mask, Y.mask])
    return MultiModalData._from_checked(blocks, pd.RangeIndex(len(mask)), mask)


def _stacked(above, below):
    if isinstance(above, pd.DataFrame):
        return pd.concat([above, below], ignore_index=True)
    if is_sparse(above) or is_sparse(below):
        rows = [sparse.csr_array(block) for block in (above, below)]
        return sparse.vstack(rows, format="csr")
    if isinstance(above, PaddedArray):
        above, below = same_length([above, below])
    return like(above, np.concatenate([above, below]))


def _is_per_modality(steps):
    """Whether each block is preprocessed alone, whatever else the patient has."""
    inner = []
    for step in steps:
        parts = [step]
        if isinstance(step, SideBySidePreprocessor):
            parts = [part for _, steps in step.pipelines for part in steps]
        inner += parts
    kinds = DefaultPreprocessor, ModalityTransformer, FeatureTables
    return all(type(step) in kinds for step in inner)


def _recombine(X, sources):
    """Patients made of blocks of X."""
    taken = list(zip(X.items(), sources.T, strict=True))
    blocks = {name: take_or_missing(block, rows) for (name, block), rows in taken}
    mask = (sources >= 0) & np.take_along_axis(X.mask, sources, axis=0)
    return MultiModalData._from_checked(blocks, pd.RangeIndex(len(sources)), mask)
