"""The fitted model: from checked patients to outputs and embeddings."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
import torch
from sklearn.exceptions import NotFittedError
from sklearn.utils import gen_batches

from magnet_sklearn._estimators._inputs import InputPipeline
from magnet_sklearn._targets import Target, TargetExperts
from magnet_sklearn._training import (
    ClosedEnsemble,
    EnsembleOutput,
    HoldoutHistory,
    NetworkEnsemble,
    compact_ensemble,
)
from magnet_sklearn._training.runtime import threads_for
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.nn import MagnetNetwork


@dataclass(frozen=True)
class Predicted:
    """Outputs of the model for some patients.

    Parameters
    ----------
    outputs : ndarray of shape (n_patients, n_outputs)
        The baseline for a patient without any modality.
    mask : bool ndarray of shape (n_patients, n_modalities)
        True = observed, of the modalities that remain after preprocessing.
    index : Index
        Ids of the patients.
    """

    outputs: np.ndarray
    mask: np.ndarray
    index: pd.Index


@dataclass(frozen=True)
class StartState:
    """What a training goes on from; empty for a first one.

    Parameters
    ----------
    inputs : InputPipeline
        Preprocessing; as far as it is fitted, it stays.
    network_inputs : InputPipeline or None
        That of the networks, where they were pretrained on other patients than the
        experts learn from.
    target : Target or None
        Coding of y that stays.
    ensemble : NetworkEnsemble or None
        Networks to train on.
    holdout : HoldoutHistory or None
        Whom their members have learned from.
    pretrained : sequence of MagnetNetwork
        Networks whose encoders and fusion new members start from.
    frozen : frozenset of str
        Modalities whose encoders do not learn.
    source : FittedModel or None
        Model of another cohort, whose encoders and fusion are taken over if they help.
    """

    inputs: InputPipeline
    network_inputs: InputPipeline | None = None
    target: Target | None = None
    ensemble: NetworkEnsemble | None = None
    holdout: HoldoutHistory | None = None
    pretrained: Sequence[MagnetNetwork] = ()
    frozen: frozenset[str] = frozenset()
    source: FittedModel | None = None


@dataclass(frozen=True)
class FittedModel:
    """All that `fit` learned.

    Parameters
    ----------
    inputs : InputPipeline
        From X to preprocessed patients.
    network_inputs : InputPipeline
        The same for the networks; another one where they were pretrained.
    target : Target
        From outputs to predictions.
    experts : TargetExperts
        Simple models, whose outputs the networks add to.
    ensemble : NetworkEnsemble
        Networks on the patient graph.
    holdout : HoldoutHistory
        Whom the members have learned from.
    seconds : tuple of (str, float)
        Wall time of each stage of `fit`.
    is_compact : bool
        Whether what only a further training needs was given up.
    transferred : tuple of (part, modality, taken, reason)
        What was taken over from a model of another cohort; empty without one.
    """

    inputs: InputPipeline
    network_inputs: InputPipeline
    target: Target
    experts: TargetExperts
    ensemble: NetworkEnsemble | ClosedEnsemble
    holdout: HoldoutHistory
    seconds: tuple[tuple[str, float], ...] = ()
    is_compact: bool = False
    transferred: tuple[tuple[str, str, bool, str], ...] = ()

    def compacted(self) -> FittedModel:
        """Return what predictions need."""
        is_closed = not self.ensemble.gates_.any()
        return replace(
            self,
            network_inputs=self.inputs if is_closed else self.network_inputs,
            ensemble=compact_ensemble(self.ensemble),
            holdout=HoldoutHistory(),
            is_compact=True,
        )

    @property
    def networks(self) -> NetworkEnsemble:
        """The ensemble; of a compact model with closed gates its use is an error."""
        return cast("NetworkEnsemble", self.ensemble)

    def start_state(self) -> StartState:
        """Return what a further training goes on from."""
        if self.is_compact:
            raise NotFittedError(
                "compact() has given up what a further training goes on from, so that "
                "warm_start and add_modality have nothing to start with. Use the "
                "estimator that compact() was called on, or fit with warm_start=False."
            )
        own = self.network_inputs if self.network_inputs is not self.inputs else None
        return StartState(self.inputs, own, self.target, self.networks, self.holdout)

    def transform(self, X: MultiModalData) -> tuple[MultiModalData, MultiModalData]:
        """Preprocess checked patients for the experts and for the networks.

        Where all gates are closed, nothing is done for the networks.
        """
        done = self.inputs.steps_in_common(self.network_inputs)
        shared = self.inputs.transform(X, until=done)
        transformed = self.inputs.transform(shared, done)
        if self.network_inputs is self.inputs or not self.ensemble.gates_.any():
            return transformed, transformed
        return transformed, self.network_inputs.transform(shared, done)

    def predict(
        self, X: MultiModalData, device: torch.device, batch_size: int
    ) -> Predicted:
        """Compute the outputs of checked patients, a batch at a time."""
        with threads_for(X[:batch_size]):
            batches = [
                self.outputs(*self.transform(X[rows]), device)
                for rows in gen_batches(len(X), batch_size)
            ]
        outputs, mask = map(np.concatenate, zip(*batches, strict=True))
        return Predicted(outputs, mask, X.index)

    def outputs(
        self, X: MultiModalData, of_networks: MultiModalData, device: torch.device
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return outputs of preprocessed patients, and their mask."""
        outputs = self.experts.outputs(X)
        rows, branches = self._branches(of_networks, device)
        outputs[rows] += branches.sum(axis=1)
        return outputs, X.mask

    def _branches(self, of_networks, device):
        """Return rows of patients with data, and what open networks say of them."""
        ensemble = self.ensemble
        rows = np.flatnonzero(of_networks.mask.any(axis=1))
        if not (len(rows) and ensemble.gates_.any()):
            shape = len(ensemble.branch_names), self.target.loss.n_outputs
            return rows[:0], np.zeros((0, *shape))
        return rows, ensemble.branches(of_networks[rows], device)

    def contributions(
        self, X: MultiModalData, device: torch.device, batch_size: int
    ) -> np.ndarray:
        """Return what each part adds to the baseline, as outputs of the model.

        Of shape (n_patients, n_modalities + 3, n_outputs): experts of each modality,
        joint experts, networks without and with the patient graph.
        """
        with threads_for(X):
            batches = [
                self._contributions(*self.transform(X[rows]), device)
                for rows in gen_batches(len(X), batch_size)
            ]
        return np.concatenate(batches)

    def _contributions(self, X, of_networks, device):
        """Return the parts of one batch of preprocessed patients."""
        names = list(self.inputs.blocks)
        n_outputs = self.target.loss.n_outputs
        parts = np.zeros((len(X), len(names) + 3, n_outputs))
        places = [*map(names.index, X), len(names)]
        parts[:, places] = self.experts.contributions(X)
        rows, branches = self._branches(of_networks, device)
        place = {"network": len(names) + 1, "graph": len(names) + 2}
        columns = np.array([place[name] for name in self.ensemble.branch_names])
        parts[rows[:, None], columns] = branches
        return parts

    def embed(
        self, X: MultiModalData, device: torch.device, batch_size: int
    ) -> EnsembleOutput:
        """Return outputs of the networks; zeros for patients without any modality."""
        with threads_for(X):
            output = self.ensemble.predict(X, device=device, batch_size=batch_size)
        for values in vars(output).values():
            # The biases of a network are not evidence about anybody.
            values[~X.mask.any(axis=1)] = 0.0
        return output


def warn_of_empty(mask: np.ndarray, whose: str, consequence: str) -> None:
    """Warn of patients without any observed modality."""
    n_empty = int(np.sum(~mask.any(axis=1)))
    if n_empty:
        warnings.warn(
            f"{n_empty} of {len(mask)} {whose} have no observed modality; "
            f"{consequence}.",
            UserWarning,
            stacklevel=4,
        )
