"""The experts' joint answer: the outputs that a network starts from."""

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn.experts._combination import ExpertCombination
from magnet_sklearn.experts._modality_experts import Evidence, ModalityExperts
from magnet_sklearn.experts._splits import stratified_folds

# More patients teach simple models nothing new, but cost what networks should have.
_MOST_PATIENTS = 30_000
_AT_A_TIME = 8192


class ExpertOffset:
    """Experts of all modalities and their combination, as outputs of a model.

    Of more than 30 000 labelled patients a stratified part is learned from, whole
    groups of it; the others get outputs from models that have not seen them.

    Parameters
    ----------
    estimator : "auto", estimator or None
        Model of each modality, as in :class:`ModalityExperts`; None leaves only the
        loss' baseline, such as the log class shares.
    loss : TaskLoss
        Of a single task.
    random_state : int
        Shuffles the folds.

    Attributes
    ----------
    experts_ : ModalityExperts or None
        Fitted experts.
    combination_ : ExpertCombination
        How far each expert is trusted.
    training_outputs_ : ndarray of shape (n_patients, n_outputs)
        Out-of-fold outputs of the training patients.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ExpertOffset
    >>> from magnet_sklearn.losses import ClassLoss
    >>> X, y = MultiModalData({"rna": np.zeros((4, 1))}), np.array([[0], [0], [0], [1]])
    >>> offset = ExpertOffset(None, loss=ClassLoss(2), random_state=0)
    >>> offset.fit(X, y, weight=np.ones(4)).outputs(X[0]).round(2).tolist()
    [[-0.29, -1.39]]
    """

    def __init__(self, estimator, *, loss, random_state):
        self.estimator = estimator
        self.loss = loss
        self.random_state = random_state

    def fit(self, X, target, *, weight, groups=None):
        """Fit the experts, then on their out-of-fold evidence the combination.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.
        target : ndarray of shape (n_patients, n_columns)
            Target; patients with NaN teach nothing, but get outputs.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        groups : ndarray of shape (n_patients,), default=None
            Patients of one group are held out together.

        Returns
        -------
        self : ExpertOffset
            The fitted offset.
        """
        rows = self._learned_from(target, groups)
        labelled = X if len(rows) == len(X) else X[rows]
        target, weight = target[rows], weight[rows]
        self.experts_ = None
        if self.estimator is not None:
            self.experts_ = ModalityExperts(
                self.estimator, kind=self.loss.kind, random_state=self.random_state
            ).fit(
                labelled,
                target,
                n_outputs=self.loss.n_outputs,
                fold_labels=self.loss.fold_labels(target),
                sample_weight=weight,
                groups=None if groups is None else groups[rows],
            )
        evidence = self._evidence(labelled, training=True)
        self.combination_ = ExpertCombination().fit(
            evidence, target, weight, loss=self.loss
        )
        self.training_outputs_ = np.zeros((len(X), self.loss.n_outputs))
        self.training_outputs_[rows] = self.combination_.combine(evidence)
        if len(rows) < len(X):
            others = np.setdiff1d(np.arange(len(X)), rows)
            for part in gen_batches(len(others), _AT_A_TIME):
                self.training_outputs_[others[part]] = self.outputs(X[others[part]])
        return self

    def outputs(self, X):
        """Compute the outputs for new patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.

        Returns
        -------
        outputs : ndarray of shape (n_patients, n_outputs)
            The loss' baseline where no modality with an expert is observed.
        """
        return self.combination_.combine(self._evidence(X, training=False))

    def _learned_from(self, target, groups):
        """Rows of labelled patients, or of a part of them where there are many."""
        rows = np.flatnonzero(self.loss.labelled(target))
        n_parts = -(-len(rows) // _MOST_PATIENTS)
        if n_parts < 2 or self.estimator is None:
            return rows
        parts = stratified_folds(
            self.loss.fold_labels(target[rows]),
            n_splits=n_parts,
            groups=None if groups is None else groups[rows],
            random_state=self.random_state,
        )
        return rows[parts[0][1]] if parts else rows

    def _evidence(self, X, *, training):
        """Return what the experts say, or nothing without any."""
        if self.experts_ is None:
            empty = np.zeros((1, len(X), 0, self.loss.n_outputs))
            return Evidence(empty, np.zeros((len(X), 0), dtype=bool), has_joint=False)
        if training:
            return self.experts_.training_evidence_
        return self.experts_.evidence(X)
