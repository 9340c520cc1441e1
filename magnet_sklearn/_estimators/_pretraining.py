"""Patients without labels."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_scalar

from magnet_sklearn import _training
from magnet_sklearn._estimators._recipe import make_pretraining_recipe
from magnet_sklearn._training.runtime import (
    agreed_seeds,
    check_alike,
    training_device,
)
from magnet_sklearn.losses import NumberLoss


class PretrainingMixin:
    """`pretrain`, for estimators with networks."""

    # of the estimator that this is mixed into
    _check_data: Any
    _fit_preprocessor: Any
    _validate_params: Any
    device: Any
    ensemble_size: Any
    n_jobs: Any
    random_state: Any
    verbose: Any

    def pretrain(self, X, max_epochs=100):
        """Learn preprocessing, encoders and fusion from patients without labels.

        Contrastive learning [1]_: two views of a patient, changed by noise and by
        features and modalities left out, are to be more alike than those of others,
        and so are two modalities of one patient. `fit` then starts each network from
        there and keeps the preprocessing; `clone` forgets it, so in cross-validation
        pretrain inside each fold, or on patients that are never tested.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts, with all modalities that `fit` will get.
        max_epochs : int, default=100
            Epochs per member; batches hold at most 256 patients.

        Returns
        -------
        self : estimator
            Pretrained, not fitted; what an earlier `fit` learned is gone.

        Raises
        ------
        TypeError
            If `max_epochs` is no integer.
        ValueError
            If `max_epochs` is below 1, or X has fewer than two patients with data, an
            infinite value or no observed block.

        References
        ----------
        .. [1] T. Chen et al.: A simple framework for contrastive learning of visual
           representations. ICML 2020.
        """
        self._validate_params()
        check_scalar(max_epochs, "max_epochs", Integral, min_val=1)
        self.__dict__.pop("_ensemble", None)
        self.__dict__.pop("_pretrained", None)
        X = self._fit_preprocessor(self._check_data(X, reset=True), None)
        X = X[np.flatnonzero(X.mask.any(axis=1))]
        if len(X) < 2:
            raise ValueError(
                f"X has {len(X)} patient with an observed modality; contrastive "
                "learning compares patients. Pass more of them."
            )
        check_alike(X.mask)
        device = training_device(self.device)
        recipe = make_pretraining_recipe(self, X, NumberLoss(), max_epochs)
        self._pretrained = _training.pretrain_networks(
            recipe,
            X,
            agreed_seeds(self.random_state, self.ensemble_size),
            _training.Execution(
                device=device, n_jobs=self.n_jobs, verbose=self.verbose
            ),
        )
        return self

    def __sklearn_is_fitted__(self):
        """Whether `fit` has been called: `pretrain` alone is not enough."""
        return hasattr(self, "_ensemble")
