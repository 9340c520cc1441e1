"""Out-of-fold log-odds of one model per modality."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts._splits import stratified_folds

# A probability of exactly 0 would outvote every other modality for ever.
_MIN_PROBABILITY = 1e-4
_MIN_PATIENTS_PER_CLASS = 2


class ModalityExperts(BaseEstimator):
    r"""One classifier per modality, read as evidence for and against each class.

    The evidence of modality :math:`m` for class :math:`c` is the log-odds
    :math:`\log p_m(c \mid x) - \log \pi_m(c)`, with :math:`\pi_m` the class
    shares among the patients the expert was fitted on. It is 0 where the
    modality is missing, so that evidence of several modalities adds up.

    Parameters
    ----------
    estimator : "auto" or classifier, default="auto"
        Fitted once a modality. "auto" is a ridge-penalised logistic regression
        whose penalty is the best one out of fold.
    n_splits : int, default=5
        Folds for the out-of-fold evidence of the training patients.
    random_state : int or RandomState instance, default=None
        Shuffles the folds.

    Attributes
    ----------
    estimators_ : dict of str to classifier
        Fitted experts. A modality in which fewer than two classes have two
        patients each has no expert, and neither has an N-D block.
    log_odds_ : ndarray of shape (n_patients, n_modalities, n_classes)
        Evidence for the training patients, each from experts that have not
        seen that patient.
    modalities_ : list of str
        Modalities in the order of `log_odds_`.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ModalityExperts
    >>> values = np.linspace(-1, 1, 20)[:, None]
    >>> X = MultiModalData({"rna": values})
    >>> y = (values[:, 0] > 0).astype(int)
    >>> experts = ModalityExperts(random_state=0).fit(X, y, n_classes=2)
    >>> experts.log_odds(X).shape
    (20, 1, 2)
    """

    def __init__(self, estimator="auto", *, n_splits=5, random_state=None):
        self.estimator = estimator
        self.n_splits = n_splits
        self.random_state = random_state

    def fit(self, X, y, *, n_classes, sample_weight=None, groups=None):
        """Fit the experts, each on the patients who have its modality.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks: no NaN but whole missing rows.
        y : ndarray of shape (n_patients,)
            Classes as integers from 0 to `n_classes` - 1.
        n_classes : int
            Number of classes.
        sample_weight : ndarray of shape (n_patients,), default=None
            Weights of the patients; None is one each.
        groups : ndarray of shape (n_patients,), default=None
            Patients of one group are always held out together.

        Returns
        -------
        self : ModalityExperts
            The fitted experts.
        """
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        self.n_classes_ = n_classes
        self.modalities_ = list(X)
        self.estimators_: dict[str, Any] = {}
        self._log_prior: dict[str, np.ndarray] = {}
        self.log_odds_ = np.zeros((len(y), len(self.modalities_), n_classes))
        folds = stratified_folds(
            y, n_splits=self.n_splits, groups=groups, random_state=self.random_state
        )
        for column, name in enumerate(self.modalities_):
            observed = X.mask[:, column]
            if folds and X[name].ndim == 2 and _has_two_classes(y[observed]):
                self._fit_one(name, column, X[name], observed, y, weight, folds)
        return self

    def _fit_one(self, name, column, block, observed, y, weight, folds):
        """Fit one expert and fill its column of the out-of-fold evidence."""
        expert = self._make_expert()
        parts = [
            (train[observed[train]], held_out[observed[held_out]])
            for train, held_out in folds
        ]
        parts = [
            (train, held_out)
            for train, held_out in parts
            if len(held_out) and _has_two_classes(y[train])
        ]
        if isinstance(expert, RidgeLogisticCV):
            expert.choose_penalty(block, y, weight, parts)
        for train, held_out in parts:
            fold_expert = _fit(clone(expert), block[train], y[train], weight[train])
            self.log_odds_[held_out, column] = _log_odds(
                fold_expert,
                block[held_out],
                _log_shares(y[train], weight[train], self.n_classes_),
            )
        self.estimators_[name] = _fit(
            expert, block[observed], y[observed], weight[observed]
        )
        self._log_prior[name] = _log_shares(
            y[observed], weight[observed], self.n_classes_
        )

    def log_odds(self, X):
        """Evidence of each modality for new patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks of the modalities seen in `fit`.

        Returns
        -------
        log_odds : ndarray of shape (n_patients, n_modalities, n_classes)
            0 where the modality is missing or has no expert.
        """
        check_is_fitted(self)
        log_odds = np.zeros((len(X), len(self.modalities_), self.n_classes_))
        for column, name in enumerate(self.modalities_):
            observed = X.mask[:, column]
            if name in self.estimators_ and observed.any():
                log_odds[observed, column] = _log_odds(
                    self.estimators_[name], X[name][observed], self._log_prior[name]
                )
        return log_odds

    def _make_expert(self):
        """Return an unfitted expert that gives probabilities."""
        if isinstance(self.estimator, str):
            return RidgeLogisticCV()
        if not is_classifier(self.estimator) or not hasattr(
            self.estimator, "predict_proba"
        ):
            raise TypeError(
                "experts must be 'auto', None or a scikit-learn classifier with "
                f"predict_proba; got {self.estimator!r}. Wrap a classifier without "
                "probabilities in sklearn.calibration.CalibratedClassifierCV."
            )
        return clone(self.estimator)


def _has_two_classes(y):
    """Whether two classes have enough patients to tell them apart."""
    counts = np.unique(y, return_counts=True)[1]
    return np.sum(counts >= _MIN_PATIENTS_PER_CLASS) >= 2


def _fit(expert, block, y, weight):
    """Fit an expert, with weights where it takes them."""
    if has_fit_parameter(expert, "sample_weight"):
        return expert.fit(block, y, sample_weight=weight)
    return expert.fit(block, y)


def _log_shares(y, weight, n_classes):
    """Log of the weighted class shares; -inf for a class without patients."""
    shares = np.bincount(y, weights=weight, minlength=n_classes) / weight.sum()
    with np.errstate(divide="ignore"):
        return np.log(shares)


def _log_odds(expert, block, log_prior):
    """Log of probability over class share; 0 for classes the expert never saw."""
    log_odds = np.zeros((len(block), len(log_prior)))
    seen = expert.classes_
    probability = np.clip(expert.predict_proba(block), _MIN_PROBABILITY, 1.0)
    probability /= probability.sum(axis=1, keepdims=True)
    log_odds[:, seen] = np.log(probability) - log_prior[seen]
    return log_odds
