"""Integrated gradients of the networks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from magnet_sklearn._training import NetworkEnsemble, differentiable_outputs
from magnet_sklearn._utils import import_optional
from magnet_sklearn.data import MultiModalData

# Points on the way from the reference; the next number where too much is left over.
_N_STEPS = (32, 128, 512, 2048)
# Largest error of the sum, as a share of the difference of the outputs.
_TOLERANCE = 0.01
_NEGLIGIBLE = 1e-9
# Patients times points that pass through the networks at once.
_MOST_ROWS = 1024


def network_attribution(
    ensemble: NetworkEnsemble,
    X: MultiModalData,
    references: Mapping[str, np.ndarray],
    weights: np.ndarray,
    device: torch.device,
    beside: np.ndarray,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Split the gated outputs of the networks by the cells of each block.

    Gradients are integrated on the straight way from the reference, the edges of the
    patient graph and the states of the training patients held fixed.

    Parameters
    ----------
    ensemble : NetworkEnsemble
        Fitted, with an open gate.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients with some modality.
    references : dict of str to ndarray
        One row of each block, or a number.
    weights : ndarray of shape (n_outputs, n_names)
        From outputs of the networks to those wanted.
    device : torch.device
        Where to compute.
    beside : ndarray of shape (n_patients, n_names)
        What the experts add: the error is compared with the whole difference.

    Returns
    -------
    values : dict of str to ndarray of shape (n_patients, n_cells, n_names)
        What each cell of a block adds.
    start : ndarray of shape (n_patients, n_names)
        Outputs of the networks for the references.
    """
    model = ensemble, references, weights, device
    values, start, end = _integrated(*model, X, _N_STEPS[0])
    for n_steps in _N_STEPS[1:]:
        left = end - start - sum(own.sum(axis=1) for own in values.values())
        limit = _TOLERANCE * np.abs(beside + end - start)
        rows = np.flatnonzero((np.abs(left) > limit + _NEGLIGIBLE).any(axis=1))
        if not len(rows):
            break
        finer, *_ = _integrated(*model, X[rows], n_steps)
        for name, own in finer.items():
            values[name][rows] = own
    return values, start


def _integrated(ensemble, references, weights, device, X, n_steps):
    """Values, and outputs for the references and the patients."""
    captum = import_optional("captum.attr", extra="explain")
    batch, outputs = differentiable_outputs(ensemble, X, device)
    factor = torch.tensor(weights, device=device)
    absent = {name: block.isnan() for name, block in batch.blocks.items()}

    def forward(*blocks: Tensor) -> Tensor:
        cells = {}
        for block, (name, gone) in zip(blocks, absent.items(), strict=True):
            several = block.unflatten(0, (-1, len(gone)))
            cells[name] = torch.where(gone, torch.nan, several).flatten(0, 1)
        # a block that all of these patients lack has no gradient otherwise
        unused = sum(0.0 * block.flatten(1).sum(dim=1) for block in blocks)
        return outputs(cells) @ factor + unused[:, None]

    starts = tuple(
        torch.as_tensor(references[name], dtype=block.dtype, device=device).expand(
            block.shape
        )
        for name, block in batch.blocks.items()
    )
    ends = tuple(
        torch.where(gone, begin, block)
        for begin, (name, block), gone in zip(
            starts, batch.blocks.items(), absent.values(), strict=True
        )
    )
    with torch.no_grad():
        start, end = forward(*starts), forward(*ends)
    method = captum.IntegratedGradients(forward)
    of_outputs = [
        # whole sets of patients at a time, as they keep their edges
        method.attribute(
            ends,
            starts,
            target=place,
            n_steps=n_steps,
            internal_batch_size=len(X) * max(1, _MOST_ROWS // len(X)),
        )
        for place in range(weights.shape[1])
    ]
    values = {
        name: torch.stack([own[place].flatten(1) for own in of_outputs], dim=2)
        .cpu()
        .numpy()
        for place, name in enumerate(batch.blocks)
    }
    return values, start.cpu().numpy(), end.cpu().numpy()
