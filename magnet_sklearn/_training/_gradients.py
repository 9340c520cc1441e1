"""Outputs of the networks as a function of the blocks of patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn._training._ensemble import NetworkEnsemble
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn.data import MultiModalData


def differentiable_outputs(
    ensemble: NetworkEnsemble, X: MultiModalData, device: torch.device
) -> tuple[PatientBatch, Callable[[Mapping[str, Tensor]], Tensor]]:
    """Return gated outputs of patients as a function of their blocks.

    Parameters
    ----------
    ensemble : NetworkEnsemble
        Fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients, who keep their neighbours whatever their values.
    device : torch.device
        Where to compute, in double precision.

    Returns
    -------
    batch : PatientBatch
        The patients.
    outputs : callable
        From blocks to a tensor of shape (n_patients, n_outputs); gradients reach the
        blocks. Blocks may have all patients several times, one time after the other.
    """
    builder = ensemble.inference_graph
    graph = None if builder is None else builder.connect(X)
    table = PatientTable.from_data(X, graph, dtype=torch.float64, device=device)
    batch = table.everybody()
    inference = ensemble._inference_on(device)
    gates = torch.tensor(ensemble.output_gates, device=device)

    def outputs(blocks: Mapping[str, Tensor]) -> Tensor:
        n_times = len(next(iter(blocks.values()))) // len(batch)
        repeated = _repeated(batch, n_times)
        logits, *_ = inference.differentiable(replace(repeated, blocks=dict(blocks)))
        return (logits.mean(dim=0) * gates).sum(dim=1)

    return batch, outputs


def _repeated(batch: PatientBatch, n_times: int) -> PatientBatch:
    """Return the same patients several times, without their blocks."""
    edges, weight = batch.edge_index, batch.edge_weight
    if edges is not None and weight is not None:
        first = torch.arange(n_times, device=edges.device) * len(batch)
        targets = (first[:, None] + edges[1]).flatten()
        edges = torch.stack([edges[0].repeat(n_times), targets])
        weight = weight.repeat(n_times)
    return PatientBatch({}, batch.mask.repeat(n_times, 1), edges, weight)
