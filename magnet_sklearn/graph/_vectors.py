"""Patients as zero-filled vectors, and similarities of all pairs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from magnet_sklearn.data import is_categorical, is_sparse

Rows = slice | torch.Tensor


@dataclass(frozen=True)
class PatientVectors:
    """Vectors of n patients, zero where a modality is missing.

    `values` has shape (n, n_features); `squared_norms` and `mask`, both float64, have
    shape (n, n_modalities), and `widths`, the number of features, (n_modalities,).
    """

    values: torch.Tensor
    squared_norms: torch.Tensor
    mask: torch.Tensor
    widths: torch.Tensor

    @classmethod
    def from_blocks(
        cls, values: np.ndarray, mask: np.ndarray, widths: Iterable[int], device: str
    ) -> "PatientVectors":
        """Move numpy arrays to the device, in float64."""
        widths = list(widths)
        # astype copies: an array from a memory-mapped pickle would be read-only.
        vectors = torch.from_numpy(values.astype(np.float64)).to(device)
        parts = vectors.split(widths, dim=1)
        norms = [part.square().sum(dim=1) for part in parts]
        empty = vectors.new_zeros((len(vectors), 0))
        return cls(
            vectors,
            torch.stack(norms, dim=1) if norms else empty,
            torch.from_numpy(mask.astype(np.float64)).to(device),
            vectors.new_tensor(widths),
        )

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: "Rows") -> "PatientVectors":
        return PatientVectors(
            self.values[rows], self.squared_norms[rows], self.mask[rows], self.widths
        )


def shared_features(
    queries: PatientVectors, references: PatientVectors
) -> torch.Tensor:
    """Count the features of the modalities that both patients have, for all pairs."""
    return (queries.mask * queries.widths) @ references.mask.T


def masked_cosine(queries: PatientVectors, references: PatientVectors) -> torch.Tensor:
    """Cosine over the shared modalities, for all pairs; 0 where a norm is zero."""
    # The squared norm over the shared modalities is a product with the other patient's
    # mask, so that no loop over pairs is needed.
    scale = queries.squared_norms @ references.mask.T
    scale *= queries.mask @ references.squared_norms.T
    cosine = (queries.values @ references.values.T).div_(scale.sqrt_())
    return cosine.nan_to_num_(nan=0.0)


def inverse_distance(
    queries: PatientVectors, references: PatientVectors, unit: float
) -> torch.Tensor:
    """1 / (1 + root mean square difference over shared features), for all pairs.

    `unit` is the length that 1 stands for in the vectors.
    """
    squared = queries.squared_norms @ references.mask.T
    squared += queries.mask @ references.squared_norms.T
    squared -= 2 * (queries.values @ references.values.T)
    squared /= shared_features(queries, references)
    similarity = squared.sqrt_().mul_(unit).add_(1.0).reciprocal_()
    return similarity.nan_to_num_(nan=0.0)


def numeric_table(
    block: Any, modality: str, purpose: str = "Patient similarity"
) -> np.ndarray:
    """Copy a two-dimensional block to a dense float64 array, NaN kept.

    Raises
    ------
    ValueError
        If the block has categorical columns.
    """
    if is_sparse(block):
        return block.toarray().astype(np.float64, copy=False)
    if not isinstance(block, pd.DataFrame):
        return np.array(block, dtype=np.float64)
    text = block.columns[is_categorical(block)].tolist()
    if text:
        raise ValueError(
            f"{purpose} needs numbers, but modality {modality!r} has "
            f"categorical columns: {text[:5]}. Transform the data with "
            "DefaultPreprocessor first, or leave these columns out."
        )
    return block.to_numpy(dtype=np.float64, copy=True)
