"""Classification of patients."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators._base import BaseMagnet, make_cohort, member_seeds
from magnet_sklearn._estimators._parameters import SHARED_CONSTRAINTS
from magnet_sklearn.experts import ExpertCombination, ModalityExperts


class MagnetClassifier(ClassifierMixin, BaseMagnet):
    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        *,
        modalities=None,
        encoders=None,
        preprocessor=None,
        experts="auto",
        fusion="attention",
        graph="knn",
        n_neighbors=10,
        decoder="sage",
        skip_connection=True,
        hidden_dim=64,
        n_heads=4,
        n_layers=1,
        dropout=0.3,
        similarity_weight=0.0,
        learning_rate=1e-3,
        weight_decay=1e-2,
        max_epochs=200,
        batch_size=1024,
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=20,
        ensemble_size=5,
        class_weight=None,
        warm_start=False,
        n_jobs=None,
        device="auto",
        random_state=None,
        callbacks=None,
        verbose=0,
    ):
        self.modalities = modalities
        self.encoders = encoders
        self.preprocessor = preprocessor
        self.experts = experts
        self.fusion = fusion
        self.graph = graph
        self.n_neighbors = n_neighbors
        self.decoder = decoder
        self.skip_connection = skip_connection
        self.hidden_dim = hidden_dim
        self.n_heads = n_heads
        self.n_layers = n_layers
        self.dropout = dropout
        self.similarity_weight = similarity_weight
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.ensemble_size = ensemble_size
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.device = device
        self.random_state = random_state
        self.callbacks = callbacks
        self.verbose = verbose

    @classmethod
    def published(cls, **parameters):
        """Preset with the layers, loss and schedule of the MAGNET paper."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None, X_val=None, y_val=None):
        X = self._check_data(X, reset=not self._continues())
        X, y, weight, groups = self._check_rows(X, y, sample_weight, groups)
        codes = self._encode_classes(y)
        weight = weight * compute_sample_weight(self.class_weight, y)
        weight = weight / weight.mean()
        seeds = member_seeds(self.random_state, self.ensemble_size)
        X = self._fit_preprocessor(X, codes)
        offset = self._fit_experts(X, codes, weight, groups, seeds[0])
        cohort = make_cohort(X, offset, codes, weight, groups)
        validation = self._validation_cohort(X_val, y_val)
        self._fit_networks(cohort, validation, seeds[1:])
        return self

    def predict(self, X):
        """Most probable class of each patient."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self._logits(X), axis=1)]

    def predict_proba(self, X):
        check_is_fitted(self)
        return softmax(self._logits(X), axis=1)

    def predict_log_proba(self, X):
        check_is_fitted(self)
        return log_softmax(self._logits(X), axis=1)

    def decision_function(self, X):
        check_is_fitted(self)
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def _encode_classes(self, y):
        """Set `classes_` and return the classes as integers."""
        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least two classes to tell apart; y "
                f"has 1 class: {classes[0]!r}."
            )
        if self._continues() and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start continues with the classes {self.classes_.tolist()}, but "
                f"y has {classes.tolist()}. Set warm_start=False to start anew."
            )
        self.classes_ = classes
        return codes

    def _fit_experts(self, X, y, weight, groups, seed):
        """Fit the experts and return their out-of-fold logits."""
        n_classes = len(self.classes_)
        self.experts_ = None
        evidence = np.zeros((len(y), len(list(X)), n_classes))
        if self.experts is not None:
            self.experts_ = ModalityExperts(self.experts, random_state=seed).fit(
                X, y, n_classes=n_classes, sample_weight=weight, groups=groups
            )
            evidence = self.experts_.log_odds_
        self.expert_combination_ = ExpertCombination()
        mask = self._expert_mask(X)
        self.expert_combination_.fit(evidence, mask, y, weight)
        return self.expert_combination_.combine(evidence, mask)

    def _expert_mask(self, X):
        """Which observed modalities have an expert."""
        known = () if self.experts_ is None else self.experts_.estimators_
        return X.mask & np.array([name in known for name in X], dtype=bool)

    def _offset(self, X):
        """Logits of the experts, or the log class shares without any."""
        mask = self._expert_mask(X)
        if self.experts_ is None:
            evidence = np.zeros((*mask.shape, len(self.classes_)))
        else:
            evidence = self.experts_.log_odds(X)
        return self.expert_combination_.combine(evidence, mask)

    def _validation_cohort(self, X_val, y_val):
        """Preprocess the held-out patients the user gave."""
        if X_val is None and y_val is None:
            return None
        if X_val is None or y_val is None:
            raise ValueError("Pass X_val and y_val together; one of them is None.")
        X, y, weight, _ = self._check_rows(
            self._check_data(X_val, reset=False), y_val, None, None
        )
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y_val has classes that y does not have: {unknown.tolist()[:5]}. "
                f"Classes in y: {self.classes_.tolist()}."
            )
        X = self._preprocess(X)
        codes = np.searchsorted(self.classes_, y)
        return make_cohort(X, self._offset(X), codes, weight)

    def _logits(self, X):
        """Logits of each patient; the log class shares where there is no data."""
        X = self._prepare(X)
        n_empty = int(np.sum(~X.mask.any(axis=1)))
        if n_empty:
            warnings.warn(
                f"{n_empty} of {len(X)} patients have no observed modality; their "
                "prediction is the class shares of the training patients.",
                UserWarning,
                stacklevel=3,
            )
        return self._offset(X) + self._ask(X).logits
