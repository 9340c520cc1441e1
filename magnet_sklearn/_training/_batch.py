"""Patients and their graph as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch


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
