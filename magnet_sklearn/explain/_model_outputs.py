"""The outputs that explanations explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training.runtime import prediction_device, threads_for
from magnet_sklearn.data import MultiModalData


@dataclass(frozen=True)
class ModelOutputs:
    """Outputs of a fitted estimator on the scale of its `contributions`.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    """

    estimator: BaseMagnet

    def __post_init__(self) -> None:
        if not isinstance(self.estimator, BaseMagnet):
            raise TypeError(
                "Only the estimators of magnet_sklearn can be explained, got a "
                f"{type(self.estimator).__name__}. Of a Pipeline or a search pass the "
                "fitted estimator inside: pipeline[-1] or search.best_estimator_."
            )
        check_is_fitted(self.estimator)

    @property
    def names(self) -> list[Any]:
        """Name of each output."""
        return self.estimator._model.target.output_scale().names

    @property
    def units(self) -> list[str]:
        """Unit of each output."""
        return self.estimator._model.target.output_scale().units

    @property
    def baseline(self) -> np.ndarray:
        """Outputs for a patient of whom nothing is known, of shape (n_outputs,)."""
        return np.atleast_1d(self.estimator.baseline_)

    @property
    def device(self) -> torch.device:
        """Where to predict."""
        return prediction_device(self.estimator.device)

    def check(self, X: Any) -> MultiModalData:
        """Return X with the modalities and columns of `fit`."""
        return self.estimator._model.inputs.check(self.estimator, X)

    def __call__(self, X: MultiModalData) -> np.ndarray:
        """Return the outputs of checked patients, of shape (n_patients, n_outputs)."""
        return self.scaled(self.raw(X))

    def raw(self, X: MultiModalData) -> np.ndarray:
        """Return the outputs of checked patients as predictions are made of them."""
        estimator = self.estimator
        return estimator._model.predict(X, self.device, estimator.batch_size).outputs

    def of_preprocessed(
        self, X: MultiModalData, of_networks: MultiModalData
    ) -> np.ndarray:
        """Return the outputs of patients from `FittedModel.transform`, unscaled."""
        with threads_for(X):
            return self.estimator._model.outputs(X, of_networks, self.device)[0]

    def contributions(self, X: MultiModalData) -> np.ndarray:
        """Return the exact parts, of shape (n_patients, n_modalities + 3, n_outputs).

        Those of each modality, and of the joint experts, the networks and the graph.
        """
        estimator = self.estimator
        parts = estimator._model.contributions(X, self.device, estimator.batch_size)
        return parts @ estimator._model.target.output_scale().weights

    def scaled(self, raw: np.ndarray) -> np.ndarray:
        """Put raw outputs on the scale of `contributions`."""
        scale = self.estimator._model.target.output_scale()
        return raw @ scale.weights + scale.shift
