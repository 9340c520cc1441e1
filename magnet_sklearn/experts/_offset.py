"""The experts' joint answer: the logits that a network starts from."""

import numpy as np

from magnet_sklearn.experts._combination import ExpertCombination
from magnet_sklearn.experts._modality_experts import ModalityExperts


class ExpertOffset:
    """Experts of all modalities and their combination, as logits.

    Parameters
    ----------
    estimator : "auto", classifier or None
        Model of each modality, as in :class:`ModalityExperts`; None leaves only the
        log class shares.
    random_state : int
        Shuffles the folds.

    Attributes
    ----------
    experts_ : ModalityExperts or None
        Fitted experts.
    combination_ : ExpertCombination
        How far each expert is trusted.
    training_logits_ : ndarray of shape (n_patients, n_classes)
        Out-of-fold logits of the training patients.
    """

    def __init__(self, estimator, *, random_state):
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X, y, *, n_classes, weight, groups=None):
        """Fit the experts, then on their out-of-fold evidence the combination.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.
        y : ndarray of shape (n_patients,)
            Classes as integers.
        n_classes : int
            Number of classes.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        groups : ndarray of shape (n_patients,), default=None
            Patients of one group are held out together.

        Returns
        -------
        self : ExpertOffset
            The fitted offset.
        """
        self.n_classes_ = n_classes
        self.experts_ = None
        evidence = np.zeros((*X.shape, n_classes))
        if self.estimator is not None:
            self.experts_ = ModalityExperts(
                self.estimator, random_state=self.random_state
            ).fit(X, y, n_classes=n_classes, sample_weight=weight, groups=groups)
            evidence = self.experts_.log_odds_
        mask = self._mask(X)
        self.combination_ = ExpertCombination().fit(evidence, mask, y, weight)
        self.training_logits_ = self.combination_.combine(evidence, mask)
        return self

    def logits(self, X):
        """Logits of new patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.

        Returns
        -------
        logits : ndarray of shape (n_patients, n_classes)
            The log class shares where no modality with an expert is observed.
        """
        evidence = np.zeros((*X.shape, self.n_classes_))
        if self.experts_ is not None:
            evidence = self.experts_.log_odds(X)
        return self.combination_.combine(evidence, self._mask(X))

    def _mask(self, X):
        """Which observed modalities have an expert."""
        known = () if self.experts_ is None else self.experts_.estimators_
        return X.mask & np.array([name in known for name in X], dtype=bool)
