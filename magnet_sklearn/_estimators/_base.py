"""What every estimator does in the same way."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators._declaration import changed_network_parameters
from magnet_sklearn._estimators._fitting import fit_model
from magnet_sklearn._estimators._frozen_encoders import frozen_encoders
from magnet_sklearn._estimators._inputs import InputPipeline
from magnet_sklearn._estimators._model import (
    FittedModel,
    Predicted,
    StartState,
    warn_of_empty,
)
from magnet_sklearn._estimators._parameters import SharedParameters
from magnet_sklearn._estimators._summary import summary_line
from magnet_sklearn._estimators._transfer import source_model, transfer_lines
from magnet_sklearn._targets import Target
from magnet_sklearn._training.runtime import prediction_device
from magnet_sklearn._utils import checked_state, with_format
from magnet_sklearn.data import check_same_patients


class BaseMagnet(SharedParameters, TransformerMixin, BaseEstimator):
    """Fit, predict and embed, for any kind of target."""

    _model: FittedModel  # set by `fit`
    _pretrained: StartState  # set by `pretrain`

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        groups=None,
        X_val=None,
        y_val=None,
        init_from=None,
    ):
        """Fit preprocessing, experts, patient graph and networks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            MultiModalData, dict of blocks, DataFrame with two-level columns, or a flat
            array or DataFrame (see `modalities`). A row that is all NaN in a block
            means that the patient lacks the modality; other NaN are imputed.
        y : array-like or DataFrame with n_patients rows
            What is predicted, in the form that the class describes.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients. A patient of weight 0 counts as absent.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group (site, family) are held out together and are never
            neighbours of each other during training.
        X_val : multimodal data, default=None
            Patients for early stopping and gates, in place of held-out folds.
        y_val : array-like or DataFrame, default=None
            Their target.
        init_from : fitted estimator, default=None
            Model of another cohort, of any of the four estimators, whose encoders and
            fusion networks start from; columns are matched by name. Target, modalities
            and columns may be others. Preprocessing and experts are fitted to these
            patients. Networks from scratch are trained, too, and held-out patients
            decide; `transferred_` says what was taken over.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        TypeError
            If X or y is of a type that cannot be read.
        ValueError
            If X has no observed block, an infinite value or another number of patients
            than y, or y cannot be learned from, or `init_from` has networks of another
            width or none.
        """
        beside = {"sample_weight": sample_weight, "groups": groups}
        return self._fit(self._start_state(init_from), X, y, beside, X_val, y_val)

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
        self._warn_closed_gates("embeddings")
        return self._embed(self._prepare(X)).embedding

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
    def modalities_(self):
        """Modalities seen in `fit`."""
        return list(self._model.inputs.blocks)

    @property
    def feature_graph_(self):
        """The fitted feature graph, or None."""
        return self._model.network_inputs.feature_graph_

    @property
    def net_(self):
        """The skorch net of the first ensemble member; all are in `nets_`."""
        return self.nets_[0]

    @property
    def nets_(self):
        """One fitted skorch net per ensemble member, with its `history`."""
        return self._model.ensemble.nets_

    @property
    def n_members_(self):
        """Number of networks trained: 2 where no further one would have counted."""
        return self._model.ensemble.n_members

    @property
    def offsets_(self):
        """The experts and their combination, one item per task."""
        return self._model.experts.offsets_

    @property
    def offset_(self):
        """The experts and their combination; those of all tasks are in `offsets_`."""
        return self.offsets_[0]

    @property
    def gates_(self):
        """Weight of each branch of the networks; 0 is closed."""
        return self._model.ensemble.gates_

    @property
    def baseline_(self):
        """What is predicted about a patient of whom nothing is known."""
        scale = self._model.target.output_scale()
        baseline = self._model.experts.baseline() @ scale.weights + scale.shift
        return float(baseline[0]) if len(baseline) == 1 else baseline

    @property
    def graph_summary_(self):
        """Figures of the patient graph among the training patients, or None."""
        return self._model.ensemble.graph_summary_

    @abstractmethod
    def _make_target(self, y: Any) -> Target:
        """Return the unfitted target that the parameters describe."""

    def _start_state(self, init_from=None) -> StartState:
        """Return what `fit` goes on from."""
        if init_from is not None:
            return StartState(self._new_inputs(), source=source_model(self, init_from))
        if self.warm_start and hasattr(self, "_model"):
            return self._model.start_state()
        if hasattr(self, "_pretrained"):
            return self._pretrained
        return StartState(self._new_inputs())

    def _new_inputs(self) -> InputPipeline:
        """Return the unfitted input pipeline that the parameters describe."""
        frozen = frozen_encoders(self.encoders)
        return InputPipeline(
            self.modalities,
            self.preprocessor,
            self.feature_graph,
            tuple(name for name in self.encoders or () if name not in frozen),
            frozen,
        )

    def _publish_features(self, inputs):
        """Set the attributes by which scikit-learn knows the columns of X."""
        self.n_features_in_ = inputs.n_features_in
        if inputs.feature_names_in is not None:
            self.feature_names_in_ = inputs.feature_names_in
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _fit(self, start, X, y, beside, X_val=None, y_val=None):
        """Fit everything; the estimator changes at the very end only."""
        target = self._make_target(y)
        self._model = fit_model(self, start, target, X, y, beside, X_val, y_val)
        self._publish_features(self._model.inputs)
        self._report_fit()
        return self

    def _report_fit(self):
        """Say who speaks, and which parameters have no effect."""
        if self.verbose:
            for line in (summary_line(self._model), *transfer_lines(self._model)):
                print(f"[{type(self).__name__}] {line}")
        changed = changed_network_parameters(self)
        # Fewer epochs than the patience are a trial run, which says nothing of gates.
        trial = self.max_epochs <= self.n_iter_no_change
        if changed and not trial and not self.gates_.any():
            warnings.warn(
                "All gates closed: the networks did not help held-out patients, and "
                f"without influence on predictions here are {', '.join(changed)}. See "
                "`summary_`; parameters of the experts are the ones to tune, or pass "
                "gate=1.0 to let the networks speak.",
                UserWarning,
                stacklevel=5,
            )

    def _warn_closed_gates(self, what):
        """Warn that what the networks say has no influence."""
        if not self.gates_.any():
            warnings.warn(
                f"All gates of this {type(self).__name__} are closed: no prediction "
                f"depends on these {what} of its networks. `contributions(X)` says "
                "what predictions are made of.",
                UserWarning,
                stacklevel=3,
            )

    def _prepare(self, X):
        """Check and preprocess new patients for the networks."""
        inputs = self._model.network_inputs
        return inputs.transform(inputs.check(self, X))

    def _check_patients(self, X, **beside):
        """Refuse y and weights whose ids are not those of X."""
        check_is_fitted(self)
        check_same_patients(self._model.inputs.check(self, X), beside)

    def _predicted(self, X) -> Predicted:
        """Compute outputs, a batch at a time."""
        check_is_fitted(self)
        X = self._model.inputs.check(self, X)
        device = prediction_device(self.device)
        predicted = self._model.predict(X, device, self.batch_size)
        what = self._model.target.without_data
        warn_of_empty(
            predicted.mask,
            "patients",
            f"their prediction is {what} of the training patients",
        )
        return predicted

    def _embed(self, X):
        """Return what the networks give for preprocessed patients."""
        return self._model.embed(X, prediction_device(self.device), self.batch_size)

    def __getstate__(self):
        return with_format(super().__getstate__())

    def __setstate__(self, state):
        super().__setstate__(checked_state(state))

    def __sklearn_is_fitted__(self):
        """Whether `fit` has been called: `pretrain` alone is not enough."""
        return hasattr(self, "_model")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        # Embeddings are float64 whatever comes in: see NetworkEnsemble.predict.
        tags.transformer_tags.preserves_dtype = []
        return tags
