"""Training that goes on, and estimators of which none can go on."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from inspect import signature
from numbers import Integral

import numpy as np
from sklearn.utils import check_scalar
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators._config import pretraining_config
from magnet_sklearn._estimators._introspection import Introspection
from magnet_sklearn._estimators._model import StartState, warn_of_empty
from magnet_sklearn._training import Execution, pretrain_networks
from magnet_sklearn._training.runtime import (
    agreed_seeds,
    check_alike,
    training_device,
)
from magnet_sklearn.data import quoted
from magnet_sklearn.losses import NumberLoss


class ContinuedTraining(Introspection):
    """`pretrain`, `add_modality` and `compact`, for any kind of target."""

    def pretrain(self, X, max_epochs=100):
        """Learn preprocessing, encoders and fusion from patients without labels.

        Contrastive learning [1]_: two views of a patient, changed by noise and by
        features and modalities left out, are to be more alike than those of others,
        and so are two modalities of one patient. `fit` then starts each network from
        there, with the preprocessing learned here; experts learn theirs in `fit`, so
        that pre-training changes nothing where the gates close. `clone` forgets it, so
        in cross-validation pretrain inside each fold, or on patients that are never
        tested.

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
        inputs, X = self._new_inputs().learn(self, X)
        new = inputs.new_modalities
        inputs, X = inputs.fit_transform(X, None)
        inputs, X = inputs.with_projection(X, new)
        warn_of_empty(X.mask, "training patients", "nothing is learned from them")
        X = X[np.flatnonzero(X.mask.any(axis=1))]
        if len(X) < 2:
            raise ValueError(
                f"X has {len(X)} patient with an observed modality; contrastive "
                "learning compares patients. Pass more of them."
            )
        check_alike(X.mask)
        config = pretraining_config(self, inputs, X, NumberLoss(), max_epochs)
        seeds = agreed_seeds(self.random_state, self.ensemble_size)
        execution = Execution(
            device=training_device(self.device),
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )
        networks = pretrain_networks(config, X, seeds, execution)
        self.__dict__.pop("_model", None)
        self._pretrained = StartState(inputs.forgotten(), inputs, pretrained=networks)
        self._publish_features(inputs)
        return self

    def add_modality(
        self, X, y, sample_weight=None, groups=None, freeze=False, **fit_params
    ):
        """Continue with modalities that were not there in `fit`.

        Preprocessing of the known modalities stays as it is; their encoders, fusion
        and heads train on from where they are, beside a new encoder per new modality.
        Experts, their combination, patient graph and gates are fitted to these
        patients anew, so that all evidence about them stays out of fold; with the
        patients of `fit` in the same order and an integer `random_state` the experts
        of known modalities come out as they were. A network keeps holding out whom
        it held out before. Parameters that name modalities (`encoders`,
        `preprocessor`, and `modalities` for flat X) can be changed with `set_params`
        first; `preprocessor` is then fitted on the new modalities only. If this
        fails, the estimator is as it was before.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            The patients of `fit` or others, with one or more new modalities. A known
            modality left out counts as missing.
        y : array-like or DataFrame with n_patients rows
            Target, as in `fit`.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients.
        groups : array-like of shape (n_patients,), default=None
            Groups of the patients, as in `fit`.
        freeze : bool, default=False
            If True, the encoders of known modalities do not change.
        **fit_params : any
            Further arguments of `fit`, such as `X_val` and `y_val`. They are needed
            where the networks were stopped by such patients before.

        Returns
        -------
        self : estimator
            The estimator, with new modalities at the end of `modalities_`.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If X has no new modality, a new one is missing for all patients, columns of
            a known one differ, or the estimator has a `feature_graph`.
        """
        check_is_fitted(self)
        self._validate_params()
        known = set(signature(self.fit).parameters) - {"init_from"}
        unknown = sorted(set(fit_params) - known)
        if unknown:
            raise TypeError(
                f"add_modality of {type(self).__name__} does not take "
                f"{quoted(unknown)}."
            )
        if self.feature_graph_ is not None:
            raise ValueError(
                f"This {type(self).__name__} has a feature_graph, whose nodes are the "
                "features of fit; it cannot take a modality later. Fit anew, or use "
                "feature_graph=None."
            )
        start, new = self._model.start_state(), self._new_inputs()
        own = start.network_inputs
        start = replace(
            start,
            inputs=new.extending(start.inputs, self, X),
            network_inputs=None if own is None else new.extending(own, self, X),
            frozen=frozenset(start.inputs.blocks) if freeze else frozenset(),
        )
        validation = fit_params.pop("X_val", None), fit_params.pop("y_val", None)
        beside = {"sample_weight": sample_weight, "groups": groups, **fit_params}
        self._fit(start, X, y, beside, *validation)
        self.__dict__.pop("_pretrained", None)  # has no place for the new modality
        return self

    def compact(self):
        """Copy the estimator without what predictions do not need.

        The copy predicts the same numbers bit by bit, in every way; `contributions`,
        `summary_`, `gates_` and `graph_summary_` are the same, too. It gives up what a
        further training goes on from, and what `pretrain` learned: `fit` with
        ``warm_start=True`` and `add_modality` raise an error.

        Where all gates are closed, no prediction depends on the networks, and they
        are given up altogether, with the references of the patient graph: `transform`,
        `attention_weights`, `feature_attention`, `nets_` and
        :func:`magnet_sklearn.io.export_onnx` raise an error. Where a gate is open, the
        networks stay, and with them these methods.

        Returns
        -------
        estimator : estimator
            A fitted estimator; this one stays as it is, and both share what is in
            both.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        Examples
        --------
        >>> import pickle
        >>> import numpy as np
        >>> from magnet_sklearn import MultiModalGNNRegressor
        >>> X = {"rna": np.linspace(-1, 1, 40)[:, None]}
        >>> model = MultiModalGNNRegressor(random_state=0, ensemble_size=2)
        >>> model = model.fit(X, X["rna"][:, 0])
        >>> small = model.compact()
        >>> len(pickle.dumps(small)) < len(pickle.dumps(model))
        True
        >>> bool((small.predict(X) == model.predict(X)).all())
        True
        """
        check_is_fitted(self)
        compacted = copy(self)
        compacted._model = self._model.compacted()
        compacted.__dict__.pop("_pretrained", None)
        return compacted
