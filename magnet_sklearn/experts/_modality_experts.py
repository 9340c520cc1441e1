"""Experts: simple models of each modality, out of fold for the training patients."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from tqdm.auto import tqdm

from magnet_sklearn.experts._evidence import Evidence
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.experts._views import Views
from magnet_sklearn.experts.families import Features, in_order, select_families

# "auto" spreads no more labels, of which it takes the square in memory: with so many,
# unlabelled patients have little to add.
_MOST_SPREAD = 2000


class ModalityExperts(BaseEstimator):
    r"""Experts of each modality, whose predictions are read as evidence.

    An expert is a simple model of one view; views are the 2-D modalities and, with more
    than one, their concatenation. Its evidence is its prediction less that for a
    patient of whom nothing is known: log-odds beyond the class shares, the difference
    to the mean, or the centred log-hazard. It is 0 where the modality is missing, so
    that the evidence of several modalities adds up.

    Parameters
    ----------
    estimator : "auto", str, family, estimator, list or dict, default="auto"
        What is fitted per view: families of experts by name ("linear", "sparse",
        "kernel", "forest", "boosting", "spreading"), configured ones such as
        ``SparseFamily(l1_ratio=0.5)``, scikit-learn estimators (not for survival), or
        a list of these. "auto" is "linear" (ridge logistic, linear or Cox regression),
        "kernel" (the same on radial basis functions) and "forest"; penalties are
        chosen out of fold. A dict has one of these for each modality, None for no
        expert, and for the concatenation the key "joint"; what it does not name gets
        "auto".
    evidence : EvidenceKind
        How the target is learned and predictions are read, such as `ClassEvidence()`.
    n_splits : int, default=5
        Folds for the out-of-fold evidence of the training patients.
    random_state : int, default=None
        Shuffles the folds, draws landmarks and trees.
    verbose : int, default=0
        1 shows a progress bar over the experts.

    Attributes
    ----------
    modalities_ : list of str
        Modalities that are views: the 2-D ones.
    families_ : list of str
        Names of the families, in the order of the evidence; own estimators are called
        "own", and a second family of the same name "own-2".
    experts_ : dict of (str, int) to estimator
        Fitted expert of a family on a view. A view with too few patients has none:
        two classes with two each, or three events.
    available_ : bool ndarray of shape (n_families, n_views)
        Which family has an expert on which view.
    training_evidence_ : Evidence
        Evidence for the training patients, each from experts that have not seen that
        patient.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ClassEvidence, ModalityExperts
    >>> values = np.linspace(-1, 1, 20)[:, None]
    >>> X = MultiModalData({"rna": values})
    >>> y = (values[:, 0] > 0).astype(int)
    >>> experts = ModalityExperts(evidence=ClassEvidence(), random_state=0)
    >>> experts.fit(X, y, n_outputs=2).predict_evidence(X).values.shape
    (3, 20, 1, 2)
    """

    def __init__(
        self,
        estimator="auto",
        *,
        evidence,
        n_splits=5,
        random_state=None,
        verbose=0,
    ):
        self.estimator = estimator
        self.evidence = evidence
        self.n_splits = n_splits
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X,
        y,
        *,
        n_outputs=1,
        fold_labels=None,
        sample_weight=None,
        groups=None,
        unlabelled=None,
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
        unlabelled : MultiModalData of shape (n_unlabelled, n_modalities), default=None
            Further patients, for families that use such: with up to 2000 labelled ones
            "auto" has "spreading", label spreading, for classes then.

        Returns
        -------
        self : ModalityExperts
            The fitted experts.
        """
        y = self.evidence.values(y)
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        self.n_outputs_ = n_outputs
        chosen = self._choose_families(X, has_unlabelled=unlabelled is not None)
        self.experts_: dict[tuple[str, int], BaseEstimator] = {}
        self._features: dict[tuple[str, int], Features] = {}
        self._references: dict[int, float | np.ndarray] = {}
        folds = stratified_folds(
            y if fold_labels is None else fold_labels,
            n_splits=self.n_splits,
            groups=groups,
            random_state=self.random_state,
        )
        views = Views(X, self.modalities_, unlabelled=unlabelled)
        values = np.zeros((len(self.families_), len(y), len(views), n_outputs))
        bar = {"desc": "experts", "unit": "expert", "disable": not self.verbose}
        for place, view, name, family in tqdm(list(_jobs(views, chosen)), **bar):
            seen = view.seen
            if not (folds and self.evidence.can_learn(y[seen])):
                continue
            self._references[place] = self._reference(y[seen], weight[seen])
            own_folds = self._restrict(folds, seen, y[seen])
            values[self.families_.index(name), seen, place] = self._fit_expert(
                (name, place), family, view, y[seen], weight[seen], own_folds, groups
            )
        self._landmarks = views.landmarks
        self.training_evidence_ = self._evidence(values, views)
        return self

    def predict_evidence(self, X):
        """Predict the evidence for new patients.

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
        views = Views(X, self.modalities_, self._landmarks)
        values = np.zeros((len(self.families_), len(X), len(views), self.n_outputs_))
        for place, view in enumerate(views):
            for number, name in enumerate(self.families_):
                if len(view) and (name, place) in self.experts_:
                    values[number, view.seen, place] = self.evidence.evidence(
                        self.experts_[name, place],
                        self._features[name, place].transform(view),
                        self._references[place],
                    )
        return self._evidence(values, views)

    @property
    def available_(self):
        """True = the family has an expert on the view."""
        views = range(len(self.modalities_) + (len(self.modalities_) > 1))
        known = [
            [(name, view) in self.experts_ for view in views] for name in self.families_
        ]
        return np.array(known, dtype=bool).reshape(len(self.families_), len(views))

    def _choose_families(self, X, *, has_unlabelled):
        """Choose the modalities that are views, and the families of each view."""
        self.modalities_ = [name for name, block in X.items() if block.ndim == 2]
        skipped = [name for name in X if name not in self.modalities_]
        chosen = select_families(
            self.estimator,
            self.evidence,
            self.modalities_,
            skipped,
            has_unlabelled=has_unlabelled and len(X) <= _MOST_SPREAD,
        )
        self.families_ = in_order({name for own in chosen for name in own})
        return chosen

    def _restrict(self, folds, seen, y):
        """Folds as rows of the patients who have a view; those that can teach it."""
        row = np.cumsum(seen) - 1
        folds = [[row[rows[seen[rows]]] for rows in fold] for fold in folds]
        return [
            (train, held_out)
            for train, held_out in folds
            if len(held_out) and self.evidence.can_learn(y[train])
        ]

    def _reference(self, y, weight):
        """Prediction for a patient of whom nothing is known."""
        return self.evidence.reference(y, weight, self.n_outputs_)

    def _fit_expert(self, key, family, view, y, weight, folds, groups):
        """Fit a family on a view; return evidence that is out of fold or out of bag."""
        features = family.features(view, self.random_state)
        expert = family.expert(self.evidence.kind, self.random_state)
        self.experts_[key], self._features[key] = expert, features
        table, values = features.of_training(view), np.zeros((len(y), self.n_outputs_))
        is_out_of_bag = family.has_out_of_bag(self.evidence.kind) and groups is None
        folds = [] if is_out_of_bag else folds
        fold_experts = family.cross_fit(expert, table, y, weight, folds)
        if is_out_of_bag:
            reference = self._references[key[1]]
            has_vote, votes = self.evidence.out_of_bag(expert, reference)
            values[has_vote] = votes
        for fold_expert, (train, held_out) in zip(fold_experts, folds, strict=True):
            reference = self._reference(y[train], weight[train])
            values[held_out] = self.evidence.evidence(
                fold_expert, table[held_out], reference
            )
        features.finish(expert, view)
        return values

    def _evidence(self, values, views):
        """Put values beside the views that have experts."""
        available = self.available_
        observed = np.zeros((values.shape[1], len(views)), dtype=bool)
        for place, view in enumerate(views):
            observed[:, place] = view.seen & available[:, place].any()
        return Evidence(
            values,
            observed,
            has_joint=len(self.modalities_) > 1,
            available=available,
        )


def _jobs(views, chosen):
    """Yield place, view, name and family of each expert: none without any view."""
    for place, view in enumerate(views):
        for name, family in chosen[place].items():
            yield place, view, name, family
