"""Patients and their graph as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraph


@dataclass(frozen=True)
class PatientBatch:
    """All that a network needs to know about some patients.

    Parameters
    ----------
    blocks : dict of str to Tensor of shape (n_patients, ...)
        Preprocessed blocks, NaN where a row or a cell is missing.
    mask : Tensor of shape (n_patients, n_modalities)
        True = the modality is observed.
    edge_index : Tensor of shape (2, n_edges) or None
        Directed edges reference -> patient; None without a graph.
    edge_weight : Tensor of shape (n_edges,) or None
        Similarity of the patients an edge joins.
    references : PatientBatch or None
        Patients the edges start from; None where they are the patients themselves.
    """

    blocks: dict[str, torch.Tensor]
    mask: torch.Tensor
    edge_index: torch.Tensor | None
    edge_weight: torch.Tensor | None
    references: PatientBatch | None = None

    def __len__(self) -> int:
        return len(self.mask)


def make_batch(
    X: MultiModalData,
    graph: PatientGraph | None,
    *,
    dtype: torch.dtype,
    device: torch.device | str = "cpu",
    references: PatientBatch | None = None,
) -> PatientBatch:
    """Turn preprocessed patients into tensors.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed blocks.
    graph : PatientGraph or None
        Edges that end at these patients.
    dtype : torch.dtype
        Floating point type of the tensors.
    device : torch.device or str, default="cpu"
        Where the tensors live.
    references : PatientBatch or None, default=None
        Patients the edges start from; None where they are the patients themselves.

    Returns
    -------
    batch : PatientBatch
        The tensors.
    """

    def tensor(values: np.ndarray) -> torch.Tensor:
        return torch.tensor(values, dtype=dtype, device=device)

    return PatientBatch(
        blocks={name: tensor(block) for name, block in X.items()},
        mask=torch.tensor(X.mask, device=device),
        edge_index=None
        if graph is None
        else torch.tensor(graph.edge_index, device=device),
        edge_weight=None if graph is None else tensor(graph.edge_weight),
        references=references,
    )
