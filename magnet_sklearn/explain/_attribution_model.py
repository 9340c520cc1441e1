"""What preprocessed columns add to the outputs: experts and networks together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn._estimators import BaseMagnet, InputPipeline
from magnet_sklearn._training.runtime import prediction_device
from magnet_sklearn.data import MultiModalData, PaddedArray
from magnet_sklearn.experts import expert_attribution
from magnet_sklearn.explain._attribution_networks import network_attribution

# Patients at a time.
_BATCH_SIZE = 64

# Values of the columns of each modality, of shape (n_patients, n_columns, n_outputs).
_Values = dict[str, np.ndarray]


class ModelAttribution:
    """Split outputs of a fitted model by preprocessed columns.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    background : MultiModalData or None
        Checked patients whose mean is the reference; None is what preprocessing gives
        to missing cells.
    """

    def __init__(self, estimator: BaseMagnet, background: MultiModalData | None):
        self.model = estimator._model
        self.device = prediction_device(estimator.device)
        self.scale = self.model.target.output_scale()
        self.has_background = background is not None
        self.references = _references(self.model.inputs, background)
        self.network_inputs, self.projection = (
            self.model.network_inputs.without_projection()
        )
        self.of_networks = self.references
        if self.model.network_inputs is not self.model.inputs:
            self.of_networks = _references(self.network_inputs, background)

    @property
    def has_networks(self) -> bool:
        """Whether networks have any influence."""
        return bool(self.model.ensemble.gates_.any())

    def batches(self, X: MultiModalData) -> Iterator[np.ndarray]:
        """Yield rows of patients to explain together."""
        groups = [np.arange(len(X))]
        if self.has_background:
            # the experts on all modalities need another reference for each pattern
            patterns = np.unique(X.mask, axis=0, return_inverse=True)[1].ravel()
            groups = [np.flatnonzero(patterns == own) for own in np.unique(patterns)]
        for rows in groups:
            for batch in gen_batches(len(rows), _BATCH_SIZE):
                yield rows[batch]

    def __call__(self, X: MultiModalData) -> tuple[_Values, _Values, np.ndarray]:
        """Explain some checked patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Rows of one of the `batches`.

        Returns
        -------
        of_experts, of_networks : dict of str to ndarray
            What each column of the preprocessed blocks adds.
        base_values : ndarray of shape (n_patients, n_outputs)
            Outputs for the references, with the same blocks missing.
        """
        Z = self.model.inputs.transform_dense(X)
        of_experts, base = self._experts(Z)
        of_networks: _Values = {}
        if self.has_networks:
            same = self.model.network_inputs is self.model.inputs
            Z = Z if same else self.network_inputs.transform_dense(X)
            rows = np.flatnonzero(Z.mask.any(axis=1))
            if len(rows):
                found, start = self._networks(Z[rows])
                base[rows] += start
                for name, values in found.items():
                    spread = np.zeros((len(X), *values.shape[1:]))
                    spread[rows] = values
                    of_networks[name] = spread
        return of_experts, of_networks, base

    def _networks(self, Z):
        """Values of the networks in preprocessed columns, and outputs for references.

        Networks see components of wide blocks; columns get their share of these.
        """
        seen, references = Z, dict(self.of_networks)
        blocks = {} if self.projection is None else self.projection.blocks
        known = dict(zip(Z, Z.mask.T, strict=True))
        if self.projection is not None:
            seen = self.projection.transform(Z)
        for name, components in blocks.items():
            row = np.broadcast_to(references[name], (1, Z[name].shape[1]))
            references[name] = components.apply(row, np.ones(1, bool))[0]
        found, start = network_attribution(
            self.model.networks,
            seen,
            references,
            self.scale.weights,
            self.device,
        )
        for name, components in blocks.items():
            observed = known[name][:, None]
            way = np.where(observed, seen[name] - references[name], 0.0)
            of_columns = np.where(observed, Z[name] - self.of_networks[name], 0.0)
            found[name] = components.to_columns(found[name], way, of_columns)
        return found, start

    def _experts(self, Z):
        """Values of the experts of all tasks, and their outputs for the references."""
        # in a batch of one pattern, or where every reference is 0
        known = {
            name: reference
            for name, reference in self.references.items()
            if np.ndim(reference) and Z.mask[:, list(Z).index(name)].any()
        }
        experts = self.model.experts
        values: Any = 0.0
        links = np.eye(len(self.scale.weights))
        if experts.links_ is not None:
            links = experts.links_.weights_
        tasks = self.model.target.loss.tasks()
        for offset, task in zip(experts.offsets_, tasks, strict=True):
            weights = links[task.outputs] @ self.scale.weights
            values = values + expert_attribution(offset, Z, known, weights)
        starts = {}
        for (name, block), observed in zip(Z.items(), Z.mask.T, strict=True):
            starts[name] = np.full(block.shape, np.nan)
            starts[name][observed] = self.references[name]
        start = MultiModalData._from_checked(starts, Z.index, Z.mask)
        base = experts.outputs(start) @ self.scale.weights + self.scale.shift
        found = _by_modality(values, Z, experts.offsets_[0].experts_)
        return found, base


def _by_modality(values, Z, experts):
    """Cut the columns of all modalities into those of each."""
    names = [] if experts is None else experts.modalities_
    if not names:
        return {}
    ends = np.cumsum([Z[name].shape[1] for name in names], dtype=int)
    return dict(zip(names, np.split(values, ends[:-1], axis=1), strict=True))


def _references(
    inputs: InputPipeline, background: MultiModalData | None
) -> dict[str, Any]:
    """One row, or a number, of each preprocessed block."""
    filled = inputs.steps[-1].fill_values_
    if background is None:
        return filled
    Z = inputs.transform_dense(background)
    return {
        name: np.nansum(block, axis=0) / np.maximum((~np.isnan(block)).sum(axis=0), 1)
        # places of sets and of series with times mean something else in each patient
        if observed.any() and not isinstance(block, PaddedArray)
        else filled[name]
        for (name, block), observed in zip(Z.items(), Z.mask.T, strict=True)
    }
