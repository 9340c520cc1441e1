"""Patients as tensors, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training.runtime._processes import rank, share, world_size
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.data._on_disk import in_parts
from magnet_sklearn.graph import PatientGraph

if TYPE_CHECKING:
    from magnet_sklearn._training._reference_states import ReferenceStates

# Neighbours that a patient of a mini-batch learns from, drawn anew in each epoch.
FAN_OUT = 5


@dataclass(frozen=True, eq=False)
class PatientTable:
    """Patients and their neighbours, from which batches are cut by plain indexing.

    Parameters
    ----------
    blocks : dict of str to Tensor of shape (n_patients, ...)
        Preprocessed blocks.
    mask : bool Tensor of shape (n_patients, n_modalities)
        True = observed.
    neighbors : int64 Tensor of shape (n_patients, n_neighbors) or None
        Rows of the references, -1 = none; None without a graph.
    similarity : Tensor of shape (n_patients, n_neighbors) or None
        Weights of these edges.
    """

    blocks: dict[str, Tensor]
    mask: Tensor
    neighbors: Tensor | None = None
    similarity: Tensor | None = None

    @classmethod
    def from_data(
        cls,
        X: MultiModalData,
        graph: PatientGraph | None = None,
        *,
        dtype: torch.dtype,
        device: torch.device | str = "cpu",
    ) -> PatientTable:
        """Turn preprocessed patients into tensors on a device; files stay on disk."""

        def tensor(values: np.ndarray) -> Tensor:
            return torch.tensor(values, dtype=dtype, device=device)

        kind = torch.empty(0, dtype=dtype).numpy().dtype

        def block_tensor(block: np.ndarray) -> Tensor:
            parts = in_parts(block, len(block), lambda rows: block[rows].astype(kind))
            return torch.from_numpy(parts).to(device)

        return cls(
            blocks={name: block_tensor(block) for name, block in X.items()},
            mask=torch.tensor(X.mask, device=device),
            neighbors=None
            if graph is None
            else torch.tensor(graph.neighbors, device=device),
            similarity=None if graph is None else tensor(graph.similarity),
        )

    def __len__(self) -> int:
        return len(self.mask)

    def everybody(self, references: ReferenceStates | None = None) -> PatientBatch:
        """Return all patients as one batch, with all edges.

        Parameters
        ----------
        references : ReferenceStates or None, default=None
            As in `PatientBatch`.

        Returns
        -------
        batch : PatientBatch
            All patients.
        """
        if self.neighbors is None or self.similarity is None:
            return PatientBatch(self.blocks, self.mask, None, None)
        edges = edges_of(self.neighbors, self.similarity)
        return PatientBatch(self.blocks, self.mask, *edges, references)

    def batch(
        self,
        rows: Tensor,
        references: ReferenceStates | None = None,
        fan_out: int | None = None,
        generator: torch.Generator | None = None,
    ) -> PatientBatch:
        """Cut out some patients and the edges that end at them.

        Parameters
        ----------
        rows : int64 Tensor of shape (n_rows,)
            Patients.
        references : ReferenceStates or None, default=None
            Of those that edges start from; None leaves out all edges.
        fan_out : int, default=None
            Neighbours drawn per patient; None takes all.
        generator : torch.Generator, default=None
            Draws them.

        Returns
        -------
        batch : PatientBatch
            Some patients.
        """
        blocks = {name: block[rows] for name, block in self.blocks.items()}
        if self.neighbors is None or self.similarity is None or references is None:
            return PatientBatch(blocks, self.mask[rows], None, None)
        neighbors, similarity = self.neighbors[rows], self.similarity[rows]
        if fan_out is not None and fan_out < neighbors.shape[1]:
            drawn = _draw(neighbors, fan_out, generator)
            neighbors, similarity = (
                table.gather(1, drawn) for table in (neighbors, similarity)
            )
        edges = edges_of(neighbors, similarity)
        return PatientBatch(blocks, self.mask[rows], *edges, references)


def edges_of(neighbors: Tensor, similarity: Tensor) -> tuple[Tensor, Tensor]:
    """Return the edges of a table of neighbours, and their weights."""
    targets, ranks = (neighbors >= 0).nonzero(as_tuple=True)
    sources = neighbors[targets, ranks]
    return torch.stack([sources, targets]), similarity[targets, ranks]


def _draw(neighbors: Tensor, fan_out: int, generator: torch.Generator | None) -> Tensor:
    """Columns of some neighbours of each patient, absent ones last."""
    order = torch.rand(neighbors.shape, generator=generator).to(neighbors.device)
    order = order.masked_fill(neighbors < 0, 2.0)
    return order.argsort(dim=1)[:, :fan_out]


class PatientRows(Dataset):
    """Patients with their targets, for a data loader that draws rows.

    Parameters
    ----------
    table : PatientTable
        Patients.
    target : tuple of Tensors of shape (n_patients, ...)
        What the loss takes beside the outputs.
    batch_size : int
        Patients at a time; if there are no more, all are one batch.
    device : torch.device, default=None
        Where batches are wanted, and the target is; None is where the table is.
    references : ReferenceStates, default=None
        Of the patients that the edges of mini-batches, and of queries, start from.
    fan_out : int, default=None
        Neighbours drawn per patient of a mini-batch; None takes all, and so does a
        batch of all patients.
    generator : torch.Generator, default=None
        Draws them.
    """

    def __init__(
        self,
        table: PatientTable,
        target: tuple[Tensor, ...],
        batch_size: int,
        *,
        device: torch.device | None = None,
        references: ReferenceStates | None = None,
        fan_out: int | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        self.table = table
        self.target = target
        self.device = table.mask.device if device is None else device
        self.is_whole = len(table) <= batch_size
        self.batch_size = ceil(len(table) / ceil(len(table) / batch_size))
        self.generator = generator
        self.references = references
        self.fan_out = None if self.is_whole else fan_out
        self._everybody: tuple | None = None

    def __len__(self) -> int:
        return len(self.table)

    def __getitems__(self, rows: list[int]) -> tuple[PatientBatch, tuple[Tensor, ...]]:
        """Batch of this process's share of some patients, and its targets."""
        return self._batch(share(rows, rank(), world_size()))

    def _batch(self, rows: list[int]) -> tuple[PatientBatch, tuple[Tensor, ...]]:
        if len(rows) < len(self):
            index = torch.tensor(rows, device=self.table.mask.device)
            batch = self.table.batch(
                index, self.references, self.fan_out, self.generator
            )
            index = index.to(self.device)
            return batch.to(self.device), tuple(part[index] for part in self.target)
        if self._everybody is None:
            batch = self.table.everybody(self.references)
            self._everybody = batch.to(self.device), self.target
        return self._everybody

    def batches(self):
        """Yield all patients in order, a batch at a time."""
        for start in range(0, len(self), self.batch_size):
            stop = min(start + self.batch_size, len(self))
            yield self._batch(list(range(start, stop)))[0]


def cohort_rows(
    cohort: Cohort,
    graph: PatientGraph | None,
    device: torch.device,
    batch_size: int,
    **cut,
) -> PatientRows:
    """Put a cohort on a device, in single precision, as far as it fits.

    Parameters
    ----------
    cohort : Cohort
        Patients with a target.
    graph : PatientGraph or None
        Edges that end at these patients.
    device : torch.device
        Where to train. Blocks too large for a GPU stay in the main memory, and each
        batch is copied.
    batch_size : int
        Patients at a time.
    references : PatientTable or None, default=None
        Patients the edges start from; None where they are the patients themselves.
    **cut : any
        Further arguments of :class:`PatientRows`.

    Returns
    -------
    rows : PatientRows
        The patients.
    """
    table = PatientTable.from_data(
        cohort.X,
        graph,
        dtype=torch.float32,
        device=home_of(cohort.X, device),
    )
    target = tuple(
        torch.tensor(part, dtype=torch.float32, device=device)
        for part in (cohort.offset, cohort.target, cohort.weight)
    )
    return PatientRows(table, target, batch_size, device=device, **cut)


def home_of(X: MultiModalData, device: torch.device) -> torch.device:
    """Tell where to keep blocks between batches.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed blocks.
    device : torch.device
        Where batches are computed.

    Returns
    -------
    home : torch.device
        The same, but the CPU where single precision needs more than half of the free
        memory of a GPU.
    """
    if device.type != "cuda":
        return device
    n_bytes = 4 * sum(np.prod(block.shape) for block in X.values())
    free, _ = torch.cuda.mem_get_info(device)
    return device if n_bytes <= free / 2 else torch.device("cpu")
