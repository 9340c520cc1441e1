"""Patients and their graph as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from magnet_sklearn._training._reference_states import ReferenceStates


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
    references : ReferenceStates or None
        States of the patients the edges start from; None where they are the patients
        themselves.
    """

    blocks: dict[str, torch.Tensor]
    mask: torch.Tensor
    edge_index: torch.Tensor | None
    edge_weight: torch.Tensor | None
    references: ReferenceStates | None = None

    def __len__(self) -> int:
        return len(self.mask)

    def to(self, device: torch.device) -> PatientBatch:
        """Copy to a device; to a GPU from pinned memory, while it goes on computing."""

        def moved(tensor):
            if tensor is None:
                return None
            if device.type == "cuda" and tensor.device.type == "cpu":
                tensor = tensor.pin_memory()
            return tensor.to(device, non_blocking=True)

        return PatientBatch(
            {name: moved(block) for name, block in self.blocks.items()},
            moved(self.mask),
            moved(self.edge_index),
            moved(self.edge_weight),
            self.references,
        )
