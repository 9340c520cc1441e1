"""Out-of-fold log-odds of simple models, modality by modality."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from magnet_sklearn.experts._forest import ForestExpert
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.experts._views import Views

# A probability of exactly 0 would outvote every other modality for ever.
_MIN_PROBABILITY = 1e-4
_MIN_PATIENTS_PER_CLASS = 2
_KERNEL_PENALTIES = (1e-2, 1e-1, 1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Evidence:
    """Log-odds of all experts for some patients.

    Parameters
    ----------
    log_odds : ndarray of shape (n_families, n_patients, n_views, n_classes)
        Log of probability over class share; 0 where the view is not observed.
    observed : ndarray of shape (n_patients, n_views)
        True = the patient has the view and the view has experts.
    has_joint : bool
        Whether the last view is the concatenation of all modalities.
    """

    log_odds: np.ndarray
    observed: np.ndarray
    has_joint: bool


class ModalityExperts(BaseEstimator):
    r"""Simple classifiers per modality, read as evidence for and against each class.

    The evidence of view :math:`m` for class :math:`c` is the log-odds
    :math:`\log p_m(c \mid x) - \log \pi_m(c)`, with :math:`\pi_m` the class
    shares among the patients the expert was fitted on. It is 0 where the
    modality is missing, so that evidence of several modalities adds up. Views are
    the 2-D modalities and, with more than one, their concatenation.

    Parameters
    ----------
    estimator : "auto" or classifier, default="auto"
        Fitted once a view. "auto" fits three families: ridge logistic regression,
        the same on radial basis functions, and a random forest; penalties are the
        best ones out of fold.
    n_splits : int, default=5
        Folds for the out-of-fold evidence of the training patients.
    random_state : int, default=None
        Shuffles the folds, draws landmarks and trees.

    Attributes
    ----------
    views_ : Views
        What the experts look at; ``views_.names_`` are their names.
    families_ : list of str
        Kinds of experts, in the order of the evidence.
    experts_ : dict of (str, int) to classifier
        Fitted expert of a family on a view. A view in which fewer than two classes
        have two patients each has none.
    training_evidence_ : Evidence
        Evidence for the training patients, each from experts that have not seen that
        patient.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ModalityExperts
    >>> values = np.linspace(-1, 1, 20)[:, None]
    >>> X = MultiModalData({"rna": values})
    >>> y = (values[:, 0] > 0).astype(int)
    >>> experts = ModalityExperts(random_state=0).fit(X, y, n_classes=2)
    >>> experts.evidence(X).log_odds.shape
    (3, 20, 1, 2)
    """

    def __init__(self, estimator="auto", *, n_splits=5, random_state=None):
        self.estimator = estimator
        self.n_splits = n_splits
        self.random_state = random_state

    def fit(self, X, y, *, n_classes, sample_weight=None, groups=None):
        """Fit the experts, each on the patients who have its view.

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
        prototypes = self._prototypes()
        self.n_classes_ = n_classes
        self.families_ = list(prototypes)
        self.views_ = Views(random_state=self.random_state).fit(X)
        self.experts_: dict[tuple[str, int], Any] = {}
        self._log_shares: dict[int, np.ndarray] = {}
        folds = stratified_folds(
            y, n_splits=self.n_splits, groups=groups, random_state=self.random_state
        )
        tables = self.views_.tables(X)
        log_odds = np.zeros((len(prototypes), len(y), len(tables), n_classes))
        for view, (table, seen) in enumerate(tables):
            if not folds or not _has_two_classes(y[seen]):
                continue
            self._log_shares[view] = _log_shares(y[seen], weight[seen], n_classes)
            parts = _restrict(folds, seen, y)
            for place, (family, prototype) in enumerate(prototypes.items()):
                features = self._features(family, view, table, seen)
                expert = clone(prototype)
                log_odds[place, :, view] = _out_of_fold(
                    expert, features, seen, y, weight, parts, n_classes, groups
                )
                self.experts_[family, view] = expert
        self.training_evidence_ = self._evidence(log_odds, tables)
        return self

    def evidence(self, X):
        """Ask the experts about new patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks of the modalities seen in `fit`.

        Returns
        -------
        evidence : Evidence
            0 where a view is not observed or has no expert.
        """
        check_is_fitted(self)
        tables = self.views_.tables(X)
        shape = (len(self.families_), len(X), len(tables), self.n_classes_)
        log_odds = np.zeros(shape)
        for (family, view), expert in self.experts_.items():
            table, seen = tables[view]
            if seen.any():
                features = self._features(family, view, table, seen)
                log_odds[self.families_.index(family), seen, view] = _log_odds(
                    expert, features[seen], self._log_shares[view]
                )
        return self._evidence(log_odds, tables)

    def _prototypes(self):
        """Return an unfitted expert of each family."""
        if isinstance(self.estimator, str):
            return {
                "linear": RidgeLogisticCV(),
                "kernel": RidgeLogisticCV(Cs=_KERNEL_PENALTIES),
                "forest": ForestExpert(random_state=self.random_state),
            }
        if not is_classifier(self.estimator) or not hasattr(
            self.estimator, "predict_proba"
        ):
            raise TypeError(
                "experts must be 'auto', None or a scikit-learn classifier with "
                f"predict_proba; got {self.estimator!r}. Wrap a classifier without "
                "probabilities in sklearn.calibration.CalibratedClassifierCV."
            )
        return {"own": self.estimator}

    def _features(self, family, view, table, seen):
        """Return what a family sees of a view; rows that are not seen stay empty."""
        if family != "kernel":
            return table
        features = self.views_.kernel_features(view, table[seen])
        scattered = np.zeros((len(table), features.shape[1]))
        scattered[seen] = features
        return scattered

    def _evidence(self, log_odds, tables):
        """Put log-odds beside the views that have experts."""
        known = {view for _, view in self.experts_}
        observed = [seen & (view in known) for view, (_, seen) in enumerate(tables)]
        return Evidence(
            log_odds,
            np.column_stack(observed)
            if observed
            else np.zeros((log_odds.shape[1], 0), bool),
            has_joint=None in self.views_.names_,
        )


def _restrict(folds, seen, y):
    """Keep the patients who have a view, and the folds that can teach it."""
    parts = [(train[seen[train]], held[seen[held]]) for train, held in folds]
    return [(a, b) for a, b in parts if len(b) and _has_two_classes(y[a])]


def _out_of_fold(expert, table, seen, y, weight, parts, n_classes, groups):
    """Fit `expert` on all who have the view; return out-of-fold log-odds of all."""
    log_odds = np.zeros((len(y), n_classes))
    if isinstance(expert, RidgeLogisticCV):
        expert.choose_penalty(table, y, weight, parts)
    _fit(expert, table[seen], y[seen], weight[seen])
    if isinstance(expert, ForestExpert) and groups is None:
        shares = _log_shares(y[seen], weight[seen], n_classes)
        rows = np.flatnonzero(seen)
        has_vote, votes = expert.out_of_bag_proba()
        log_odds[rows[has_vote]] = _log_ratio(votes, expert.classes_, shares)
        return log_odds
    for train, held_out in parts:
        fold_expert = _fit(clone(expert), table[train], y[train], weight[train])
        shares = _log_shares(y[train], weight[train], n_classes)
        log_odds[held_out] = _log_odds(fold_expert, table[held_out], shares)
    return log_odds


def _has_two_classes(y):
    """Whether two classes have enough patients to tell them apart."""
    counts = np.unique(y, return_counts=True)[1]
    return np.sum(counts >= _MIN_PATIENTS_PER_CLASS) >= 2


def _fit(expert, table, y, weight):
    """Fit an expert, with weights where it takes them."""
    if has_fit_parameter(expert, "sample_weight"):
        return expert.fit(table, y, sample_weight=weight)
    return expert.fit(table, y)


def _log_shares(y, weight, n_classes):
    """Log of the weighted class shares; -inf for a class without patients."""
    shares = np.bincount(y, weights=weight, minlength=n_classes) / weight.sum()
    with np.errstate(divide="ignore"):
        return np.log(shares)


def _log_odds(expert, table, log_shares):
    """Log-odds that an expert gives; 0 for classes it never saw."""
    return _log_ratio(expert.predict_proba(table), expert.classes_, log_shares)


def _log_ratio(probability, classes, log_shares):
    """Log of probability over class share."""
    log_odds = np.zeros((len(probability), len(log_shares)))
    probability = np.clip(probability, _MIN_PROBABILITY, 1.0)
    probability /= probability.sum(axis=1, keepdims=True)
    log_odds[:, classes] = np.log(probability) - log_shares[classes]
    return log_odds
