"""What every estimator does in the same way."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn import _training
from magnet_sklearn._estimators._features import attention_frame
from magnet_sklearn._estimators._growth import GrowthMixin
from magnet_sklearn._estimators._intake import IntakeMixin
from magnet_sklearn._estimators._pretraining import PretrainingMixin
from magnet_sklearn._estimators._recipe import deciding_parameters, make_recipe
from magnet_sklearn._estimators._tasks import link_tasks
from magnet_sklearn._training import Cohort, HoldoutHistory
from magnet_sklearn._training.runtime import (
    Checkpoint,
    agreed_seeds,
    check_alike,
    prediction_device,
    threads_for,
    training_device,
)
from magnet_sklearn.experts import ExpertOffset


class BaseMagnet(
    IntakeMixin, GrowthMixin, PretrainingMixin, TransformerMixin, BaseEstimator, ABC
):
    """Steps that all estimators share once their data are in: fit, ask, embed."""

    _learned: HoldoutHistory
    skip_connection = True  # False is the published wiring, of classifiers only
    _links_tasks = False  # whether the experts of several tasks tell about each other
    _without_data = "the class shares"  # what is predicted about such patients

    def transform(self, X):
        """Return fused embeddings, those of all ensemble members side by side.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        Z : ndarray of shape (n_patients, n_members_ * hidden_dim)
            Embeddings; 0 for a patient without any observed modality.
        """
        check_is_fitted(self)
        return self._ask(self._prepare(X)).embedding

    def attention_weights(self, X):
        """Tell how much the network attends to each modality of each patient.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        weights : DataFrame of shape (n_patients, n_modalities)
            Mean over members and heads. Rows sum to 1; a missing modality has
            weight 0, and so have all modalities of a patient without any.
        """
        check_is_fitted(self)
        X = self._prepare(X)
        weights = pd.DataFrame(0.0, index=X.index, columns=self.modalities_)
        weights[list(X)] = self._ask(X).attention
        return weights

    def feature_attention(self, X):
        """Tell how much the network attends to each feature of each patient.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        weights : DataFrame of shape (n_patients, n_nodes)
            Columns have two levels, modality and preprocessed feature. Mean over
            members and heads; the weights of a modality sum to 1, and a missing
            feature has weight 0.

        Raises
        ------
        ValueError
            If the estimator has no `feature_graph`.
        """
        check_is_fitted(self)
        X = self._prepare(X)
        return attention_frame(self, X.index, self._ask(X).feature_attention)

    def get_feature_names_out(self, input_features=None):
        """Name the columns that `transform` returns.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Ignored; here because scikit-learn passes it.

        Returns
        -------
        names : ndarray of str of shape (n_members_ * hidden_dim,)
            Lower-case class name and a number.
        """
        check_is_fitted(self)
        prefix = type(self).__name__.lower()
        n_columns = self.n_members_ * self.hidden_dim
        return np.array([f"{prefix}{column}" for column in range(n_columns)], object)

    @property
    def net_(self):
        """The skorch net of the first ensemble member; all are in `nets_`."""
        return self.nets_[0]

    @property
    def nets_(self):
        """One fitted skorch net per ensemble member, with its `history`."""
        return self._ensemble.nets_

    @property
    def n_members_(self):
        """Number of networks trained: 2 where no further one would have counted."""
        return len(self.nets_)

    @property
    def offset_(self):
        """The experts and their combination; those of all tasks are in `offsets_`."""
        return self.offsets_[0]

    @property
    def gates_(self):
        """Weight of each branch of the networks; 0 is closed."""
        return self._ensemble.gates_

    @property
    def graph_summary_(self):
        """Figures of the patient graph among the training patients, or None."""
        graph = self._ensemble.graph_
        return None if graph is None else graph.graph_summary_

    @abstractmethod
    def _encode_target(self, y):
        """Turn the target of other than the training patients into numbers."""

    def _fit_task(self, X, target, loss, weight, groups, X_val, y_val):
        """Fit preprocessing, experts, patient graph and networks."""
        check_alike(target, X.mask)
        weight = weight / weight.mean()
        # one for the experts, one for the folds and one for each member
        seeds = agreed_seeds(self.random_state, self.ensemble_size + 2)
        checkpoint = None
        if self.checkpoint is not None:
            checkpoint = Checkpoint(self.checkpoint)
            seeds = checkpoint.seeds(seeds)
        with threads_for(X):
            X = self._fit_preprocessor(
                X, target[:, 0] if target.shape[1] == 1 else target
            )
            self.offsets_ = [
                ExpertOffset(self.experts, loss=part.loss, random_state=seeds[0]).fit(
                    X, target[:, part.columns], weight=weight, groups=groups
                )
                for part in loss.parts()
            ]
            self.links_ = None
            if self._links_tasks and len(self.offsets_) > 1:
                own = self._training_offset()
                self.links_ = link_tasks(self.offsets_, own, target, loss, weight)
            offset = self._training_offset()
            self._rows_with_data = np.flatnonzero(X.mask.any(axis=1))
            cohort = make_cohort(X, offset, target, weight, groups)
            del X  # as large as all else
            validation = self._validation_cohort(X_val, y_val)
            self._fit_networks(cohort, loss, validation, seeds[1:], checkpoint)
        return self

    def _training_offset(self):
        """Return out-of-fold outputs of the experts for the training patients."""
        outputs = np.hstack([offset.training_outputs_ for offset in self.offsets_])
        return outputs if self.links_ is None else self.links_.apply(outputs)

    def _held_out_outputs(self):
        """Return rows of training patients, and outputs of models without them.

        All rows where no network held a patient out, with the experts' outputs alone.
        """
        outputs = self._training_offset()
        rows, held_out = self._rows_with_data, self._ensemble.held_out_
        known = ~np.isnan(held_out).any(axis=1)
        outputs[rows[known]] = held_out[known]
        is_honest = np.ones(len(outputs), dtype=bool)
        if known.any() and self.gates_.any():
            is_honest[rows[~known]] = False
        return np.flatnonzero(is_honest), outputs[is_honest]

    def _validation_cohort(self, X_val, y_val):
        """Preprocess the held-out patients the user gave."""
        if X_val is None and y_val is None:
            return None
        if X_val is None or y_val is None:
            raise ValueError("Pass X_val and y_val together; one of them is None.")
        X, y, weight, _ = self._check_rows(
            self._check_data(X_val, reset=False), y_val, None, None
        )
        X = self._preprocess(X)
        return make_cohort(X, self._offset(X), self._encode_target(y), weight)

    def _offset(self, X):
        """Put the outputs of the experts of all tasks side by side."""
        outputs = np.hstack([offset.outputs(X) for offset in self.offsets_])
        return outputs if self.links_ is None else self.links_.apply(outputs)

    def _outputs(self, X):
        """Compute outputs, a batch at a time; the baseline where there is no data."""
        X = self._check_data(X, reset=False)
        with threads_for(X[: self.batch_size]):
            parts = [
                self._outputs_and_mask(self._preprocess(X[rows]))
                for rows in gen_batches(len(X), self.batch_size)
            ]
        outputs, has_data = map(np.concatenate, zip(*parts, strict=True))
        if not has_data.all():
            warnings.warn(
                f"{np.sum(~has_data)} of {len(X)} patients have no observed modality; "
                f"their prediction is {self._without_data} of the training patients.",
                UserWarning,
                stacklevel=3,
            )
        return outputs

    def _outputs_and_mask(self, X):
        """Return the outputs of preprocessed patients, and who has any data."""
        has_data = X.mask.any(axis=1)
        outputs = self._offset(X)
        if has_data.any():
            outputs[has_data] += self._ensemble.outputs(
                X[has_data], prediction_device(self.device)
            )
        return outputs, has_data

    def _fit_networks(self, cohort, loss, validation, seeds, checkpoint):
        """Train the ensemble, or train it on under `warm_start`."""
        n_members = self.ensemble_size
        learned = self._learned if self._continues() else HoldoutHistory()
        if validation is not None:
            splits = [(np.arange(len(cohort)), validation)] * n_members
        elif self.early_stopping:
            splits = learned.splits(
                cohort,
                loss.fold_labels(cohort.target),
                n_members=n_members,
                validation_fraction=self.validation_fraction,
                seed=seeds[0],
            )
        else:
            splits = [(np.arange(len(cohort)), None)] * n_members
        device = training_device(self.device)
        validates = splits[0][1] is not None
        recipe = make_recipe(self, cohort.X, loss, device, validates=validates)
        if not self._continues():
            pretrained = getattr(self, "_pretrained", [])
            self._ensemble = _training.NetworkEnsemble(recipe, pretrained)
        self._ensemble.config = recipe
        if checkpoint is not None:
            checkpoint.claim(seeds, cohort, *deciding_parameters(self))
        self._ensemble.fit(
            cohort,
            splits,
            seeds[1:],
            _training.Execution(
                device=device,
                n_jobs=self.n_jobs,
                verbose=self.verbose,
                checkpoint=checkpoint,
            ),
        )
        self._learned = learned.after(cohort, splits)

    def _continues(self):
        """Whether this fit goes on from the last one."""
        goes_on = self.warm_start or self._growth is not None
        return goes_on and hasattr(self, "_ensemble")

    def _knows_data(self):
        """Whether preprocessing stays as an earlier fit or `pretrain` left it."""
        return self._continues() or hasattr(self, "_pretrained")

    def _ask(self, X):
        """Answer of the networks; zeros for patients without any modality."""
        with threads_for(X):
            answer = self._ensemble.predict(
                X, device=prediction_device(self.device), batch_size=self.batch_size
            )
        for part in vars(answer).values():
            # The biases of a network are not evidence about anybody.
            part[~X.mask.any(axis=1)] = 0.0
        return answer

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        # Embeddings are float64 whatever comes in: see NetworkEnsemble.predict.
        tags.transformer_tags.preserves_dtype = []
        return tags


def make_cohort(X, offset, target, weight, groups=None):
    """Patients the networks can learn from: those with an observed modality."""
    has_data = X.mask.any(axis=1)
    cohort = Cohort(X, offset, target, weight, groups)
    return cohort if has_data.all() else cohort[np.flatnonzero(has_data)]
