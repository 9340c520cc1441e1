"""Out-of-fold evidence of simple models, modality by modality."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from magnet_sklearn.experts._kinds import KINDS
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.experts._views import Views


@dataclass(frozen=True)
class Evidence:
    """What all experts say about some patients.

    Parameters
    ----------
    values : ndarray of shape (n_families, n_patients, n_views, n_outputs)
        Evidence for each output; 0 where the view is not observed.
    observed : ndarray of shape (n_patients, n_views)
        True = the patient has the view and the view has experts.
    has_joint : bool
        Whether the last view is the concatenation of all modalities.
    """

    values: np.ndarray
    observed: np.ndarray
    has_joint: bool


class ModalityExperts(BaseEstimator):
    r"""Simple models per modality, read as evidence.

    For classes, the evidence of view :math:`m` for class :math:`c` is the log-odds
    :math:`\log p_m(c \mid x) - \log \pi_m(c)`, with :math:`\pi_m` the class shares
    among the patients the expert was fitted on; for numbers it is the predicted
    difference to the mean, for survival the centred log-hazard. It is 0 where the
    modality is missing, so that evidence of several modalities adds up. Views are
    the 2-D modalities and, with more than one, their concatenation.

    Parameters
    ----------
    estimator : "auto" or scikit-learn estimator, default="auto"
        Fitted once a view. "auto" fits families: ridge (logistic, linear or Cox)
        regression, the same on radial basis functions, and a random forest (not for
        survival); penalties are chosen out of fold.
    kind : {"classes", "numbers", "survival"}, default="classes"
        Kind of target.
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
    experts_ : dict of (str, int) to estimator
        Fitted expert of a family on a view. A view with too few patients has none:
        two classes with two each, or three events.
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
    >>> experts = ModalityExperts(random_state=0).fit(X, y, n_outputs=2)
    >>> experts.evidence(X).values.shape
    (3, 20, 1, 2)
    """

    def __init__(
        self, estimator="auto", *, kind="classes", n_splits=5, random_state=None
    ):
        self.estimator = estimator
        self.kind = kind
        self.n_splits = n_splits
        self.random_state = random_state

    def fit(
        self, X, y, *, n_outputs=1, fold_labels=None, sample_weight=None, groups=None
    ):
        """Fit the experts, each on the patients who have its view.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks: no NaN but whole missing rows.
        y : ndarray of shape (n_patients,) or (n_patients, n_columns)
            Class codes from 0 to `n_outputs` - 1, numbers, or entry time, time, event
            and stratum.
        n_outputs : int, default=1
            Number of classes; 1 for other targets.
        fold_labels : int ndarray of shape (n_patients,), default=None
            Folds are stratified by these. None takes y, which has to be classes.
        sample_weight : ndarray of shape (n_patients,), default=None
            Weights of the patients; None is one each.
        groups : ndarray of shape (n_patients,), default=None
            Patients of one group are always held out together.

        Returns
        -------
        self : ModalityExperts
            The fitted experts.
        """
        kind = KINDS[self.kind]
        y = kind.values(y)
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        prototypes = self._prototypes()
        self.n_outputs_ = n_outputs
        self.families_ = list(prototypes)
        self.views_ = Views(random_state=self.random_state).fit(X)
        self.experts_: dict[tuple[str, int], Any] = {}
        self._references: dict[int, Any] = {}
        folds = stratified_folds(
            y if fold_labels is None else fold_labels,
            n_splits=self.n_splits,
            groups=groups,
            random_state=self.random_state,
        )
        tables = self.views_.tables(X)
        values = np.zeros((len(prototypes), len(y), len(tables), n_outputs))
        for view, (table, seen) in enumerate(tables):
            if not folds or not kind.can_learn(y[seen]):
                continue
            self._references[view] = kind.reference(y[seen], weight[seen], n_outputs)
            parts = _restrict(folds, seen, y, kind)
            for place, (family, prototype) in enumerate(prototypes.items()):
                features = self._features(family, view, table, seen)
                expert = clone(prototype)
                values[place, :, view] = self._out_of_fold(
                    expert, features, seen, y, weight, parts, groups is not None
                )
                self.experts_[family, view] = expert
        self.training_evidence_ = self._evidence(values, tables)
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
        kind = KINDS[self.kind]
        tables = self.views_.tables(X)
        shape = (len(self.families_), len(X), len(tables), self.n_outputs_)
        values = np.zeros(shape)
        for (family, view), expert in self.experts_.items():
            table, seen = tables[view]
            if seen.any():
                features = self._features(family, view, table, seen)
                values[self.families_.index(family), seen, view] = kind.evidence(
                    expert, features[seen], self._references[view]
                )
        return self._evidence(values, tables)

    def _prototypes(self):
        """Return an unfitted expert of each family."""
        kind = KINDS[self.kind]
        if isinstance(self.estimator, str):
            return kind.families(self.random_state)
        kind.check(self.estimator)
        return {"own": self.estimator}

    def _features(self, family, view, table, seen):
        """Return what a family sees of a view; rows that are not seen stay empty."""
        if family != "kernel":
            return table
        features = self.views_.kernel_features(view, table[seen])
        scattered = np.zeros((len(table), features.shape[1]))
        scattered[seen] = features
        return scattered

    def _out_of_fold(self, expert, table, seen, y, weight, parts, has_groups):
        """Fit `expert` on all who have the view; return out-of-fold evidence of all."""
        kind = KINDS[self.kind]
        values = np.zeros((len(y), self.n_outputs_))
        rows, place = np.flatnonzero(seen), np.cumsum(seen) - 1
        own = table[rows], y[rows], weight[rows]
        folds = [(place[train], place[held_out]) for train, held_out in parts]
        if hasattr(expert, "cross_fit"):
            of_folds = expert.cross_fit(*own, folds)
        else:
            _fit(expert, *own)
            of_folds = [None] * len(parts)
        if hasattr(expert, "forest_") and not has_groups:
            reference = kind.reference(y[seen], weight[seen], self.n_outputs_)
            has_vote, votes = kind.out_of_bag(expert, reference)
            values[rows[has_vote]] = votes
            return values
        for (train, held_out), of_fold in zip(parts, of_folds, strict=True):
            of_fold = of_fold or _fit(
                clone(expert), table[train], y[train], weight[train]
            )
            reference = kind.reference(y[train], weight[train], self.n_outputs_)
            values[held_out] = kind.evidence(of_fold, table[held_out], reference)
        return values

    def _evidence(self, values, tables):
        """Put values beside the views that have experts."""
        known = {view for _, view in self.experts_}
        observed = [seen & (view in known) for view, (_, seen) in enumerate(tables)]
        return Evidence(
            values,
            np.column_stack(observed)
            if observed
            else np.zeros((values.shape[1], 0), bool),
            has_joint=None in self.views_.names_,
        )


def _restrict(folds, seen, y, kind):
    """Keep the patients who have a view, and the folds that can teach it."""
    parts = [(train[seen[train]], held[seen[held]]) for train, held in folds]
    return [(a, b) for a, b in parts if len(b) and kind.can_learn(y[a])]


def _fit(expert, table, y, weight):
    """Fit an expert, with weights where it takes them."""
    if has_fit_parameter(expert, "sample_weight"):
        return expert.fit(table, y, sample_weight=weight)
    return expert.fit(table, y)
