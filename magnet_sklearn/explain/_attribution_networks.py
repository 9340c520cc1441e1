"""Integrated gradients of the networks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from magnet_sklearn._training import NetworkEnsemble, differentiable_outputs
from magnet_sklearn.data import MultiModalData

# Points on the way from the reference; the next number where too much is left over.
_N_STEPS = (32, 128, 512, 2048)
# Most of the sum of the sizes of the values that may be left over, and is shared.
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
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Split the gated outputs of the networks by the cells of each block.

    Gradients are integrated on the straight way from the reference, the edges of the
    patient graph and the states of the training patients held fixed. What sums over
    points miss of the difference is shared in proportion to the sizes of the values.

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

    Returns
    -------
    values : dict of str to ndarray of shape (n_patients, n_cells, n_names)
        What each cell of a block adds.
    start : ndarray of shape (n_patients, n_names)
        Outputs of the networks for the references.
    """
    model = ensemble, references, weights, device
    values, start, left = _integrated(*model, X, _N_STEPS[0])
    for n_steps in _N_STEPS[1:]:
        rows = np.flatnonzero((np.abs(left) > _TOLERANCE * _sizes(values)).any(axis=1))
        if not len(rows):
            break
        finer, _, left[rows] = _integrated(*model, X[rows], n_steps)
        for name, own in finer.items():
            values[name][rows] = own
    share = left / np.maximum(_sizes(values), _NEGLIGIBLE)
    shared = {name: own + np.abs(own) * share[:, None] for name, own in values.items()}
    return shared, start


def _sizes(values):
    """Sum of the sizes of the values, of shape (n_patients, n_names)."""
    return sum(np.abs(own).sum(axis=1) for own in values.values())


def _integrated(ensemble, references, weights, device, X, n_steps):
    """Values, outputs for the references, and what the values do not sum to."""
    forward, starts, ends = _way(ensemble, references, weights, device, X)
    with torch.no_grad():
        start, end = forward(*starts), forward(*ends)
    slopes = _mean_gradients(forward, starts, ends, n_steps, weights.shape[1])
    values = {
        name: (own * (b - a)[:, None]).flatten(2).movedim(1, 2).cpu().numpy()
        for name, own, a, b in zip(X, slopes, starts, ends, strict=True)
    }
    left = (end - start).cpu().numpy()
    for own in values.values():
        left -= own.sum(axis=1)
    return values, start.cpu().numpy(), left


def _mean_gradients(forward, starts, ends, n_steps, n_outputs):
    """Gauss-Legendre means of the gradients, (n_patients, n_outputs, ...) by block."""
    points, steps = (
        torch.tensor(own / 2, device=starts[0].device)
        for own in np.polynomial.legendre.leggauss(n_steps)
    )
    n_patients = len(starts[0])
    means = [block.new_zeros(n_patients, n_outputs, *block.shape[1:]) for block in ends]
    # whole sets of patients at a time, as they keep their edges
    for some in torch.arange(n_steps).split(max(1, _MOST_ROWS // n_patients)):
        cells = [
            torch.cat([a + (0.5 + point) * (b - a) for point in points[some]])
            for a, b in zip(starts, ends, strict=True)
        ]
        found = forward(*(block.requires_grad_() for block in cells)).sum(dim=0)
        for place, output in enumerate(found):
            more = place + 1 < n_outputs
            gradients = torch.autograd.grad(output, cells, retain_graph=more)
            for mean, gradient in zip(means, gradients, strict=True):
                by_step = gradient.unflatten(0, (len(some), n_patients))
                mean[:, place] += torch.tensordot(steps[some], by_step, dims=1)
    return means


def _way(ensemble, references, weights, device, X):
    """Return outputs as a function of the blocks, blocks of references, of patients."""
    batch, outputs = differentiable_outputs(ensemble, X, device)
    factor = torch.tensor(weights, device=device)
    absent = {name: block.isnan() for name, block in batch.blocks.items()}

    def forward(*blocks: Tensor) -> Tensor:
        cells = {}
        for block, (name, gone) in zip(blocks, absent.items(), strict=True):
            several = block.unflatten(0, (-1, len(gone)))
            cells[name] = torch.where(gone, torch.nan, several).flatten(0, 1)
        # a block that all of these patients lack has no gradient otherwise
        unused = [0.0 * block.flatten(1).sum(dim=1) for block in blocks]
        return outputs(cells) @ factor + torch.stack(unused, dim=1).sum(1, True)

    starts, ends = [], []
    for name, block in batch.blocks.items():
        start = torch.as_tensor(references[name], dtype=block.dtype, device=device)
        starts.append(start.expand(block.shape))
        ends.append(torch.where(absent[name], start, block))
    return forward, tuple(starts), tuple(ends)
