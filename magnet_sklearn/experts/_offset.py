"""The experts' joint answer: the logits that a network starts from."""

import numpy as np

from magnet_sklearn.experts._combination import ExpertCombination
from magnet_sklearn.experts._modality_experts import Evidence, ModalityExperts


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

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ExpertOffset
    >>> X, y = MultiModalData({"rna": np.zeros((4, 1))}), np.array([0, 0, 0, 1])
    >>> offset = ExpertOffset(None, random_state=0)
    >>> offset.fit(X, y, n_classes=2, weight=np.ones(4)).logits(X[0]).round(2).tolist()
    [[-0.29, -1.39]]
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
        if self.estimator is not None:
            self.experts_ = ModalityExperts(
                self.estimator, random_state=self.random_state
            ).fit(X, y, n_classes=n_classes, sample_weight=weight, groups=groups)
        evidence = self._evidence(X, training=True)
        self.combination_ = ExpertCombination().fit(evidence, y, weight)
        self.training_logits_ = self.combination_.combine(evidence)
        return self

    def logits(self, X):
        """Compute the logits of new patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.

        Returns
        -------
        logits : ndarray of shape (n_patients, n_classes)
            The log class shares where no modality with an expert is observed.
        """
        return self.combination_.combine(self._evidence(X, training=False))

    def _evidence(self, X, *, training):
        """Return what the experts say, or nothing without any."""
        if self.experts_ is None:
            empty = np.zeros((1, len(X), 0, self.n_classes_))
            return Evidence(empty, np.zeros((len(X), 0), dtype=bool), has_joint=False)
        if training:
            return self.experts_.training_evidence_
        return self.experts_.evidence(X)
