"""Combined outputs of the experts, from which the networks start."""

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn.experts._combination import ExpertCombination
from magnet_sklearn.experts._evidence import Evidence
from magnet_sklearn.experts._modality_experts import ModalityExperts
from magnet_sklearn.experts._splits import stratified_folds

# Simple models gain nothing from more patients, but cost time that networks need.
_MOST_PATIENTS = 30_000
_BATCH_SIZE = 8192
# Of the combination, whose few parameters are learned anew in each.
_N_FOLDS = 5


class ExpertOffset:
    """Experts of all modalities and their combination, as outputs of a model.

    An expert is a simple model of one modality, see :class:`ModalityExperts`. Of more
    than 30 000 labelled patients a stratified subset of whole groups is learned from;
    the others get outputs from models that have not seen them.

    Parameters
    ----------
    estimator : "auto", str, family, estimator, list, dict or None
        Experts of each modality, as in :class:`ModalityExperts`; None leaves only the
        baseline of the loss, such as the log class shares.
    loss : TaskLoss
        Of a single task.
    evidence : EvidenceKind
        How experts learn the target of `loss`, such as `ClassEvidence()`.
    random_state : int
        Shuffles the folds.
    verbose : int, default=0
        1 shows a progress bar over the experts.

    Attributes
    ----------
    experts_ : ModalityExperts or None
        Fitted experts.
    combination_ : ExpertCombination
        How much each expert counts.
    training_outputs_ : ndarray of shape (n_patients, n_outputs)
        Out-of-fold outputs of the training patients.
    held_out_outputs_ : ndarray of shape (n_patients, n_outputs)
        The same, for numbers from combinations that have not seen the patient either:
        their residuals are those of new patients.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import ClassEvidence, ExpertOffset
    >>> from magnet_sklearn.losses import ClassLoss
    >>> X, y = MultiModalData({"rna": np.zeros((4, 1))}), np.array([[0], [0], [0], [1]])
    >>> kind = {"loss": ClassLoss(2), "evidence": ClassEvidence()}
    >>> offset = ExpertOffset(None, **kind, random_state=0)
    >>> offset.fit(X, y, weight=np.ones(4)).outputs(X[0]).round(2).tolist()
    [[-0.29, -1.39]]
    """

    def __init__(self, estimator, *, loss, evidence, random_state, verbose=0):
        self.estimator = estimator
        self.loss = loss
        self.evidence = evidence
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, target, *, weight, groups=None, unlabelled=None):
        """Fit the experts, then on their out-of-fold evidence the combination.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.
        target : ndarray of shape (n_patients, n_columns)
            Target; unlabelled patients (NaN) are not learned from, but get outputs.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        groups : ndarray of shape (n_patients,), default=None
            Patients of one group are held out together.
        unlabelled : MultiModalData of shape (n_unlabelled, n_modalities), default=None
            Further patients, of whom families that use such learn the blocks.

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
                self.estimator,
                evidence=self.evidence,
                random_state=self.random_state,
                verbose=self.verbose,
            ).fit(
                labelled,
                target,
                n_outputs=self.loss.n_outputs,
                fold_labels=self.loss.fold_labels(target),
                sample_weight=weight,
                groups=None if groups is None else groups[rows],
                unlabelled=unlabelled,
            )
        evidence = self._evidence(labelled, training=True)
        self.combination_ = ExpertCombination().fit(
            evidence,
            target,
            weight,
            loss=self.loss,
            folds=self._folds_of_combination(target, groups, rows),
        )
        self.training_outputs_ = np.zeros((len(X), self.loss.n_outputs))
        self.training_outputs_[rows] = self.combination_.combine(evidence)
        if len(rows) < len(X):
            others = np.setdiff1d(np.arange(len(X)), rows)
            for batch in gen_batches(len(others), _BATCH_SIZE):
                self.training_outputs_[others[batch]] = self.outputs(X[others[batch]])
        self.held_out_outputs_ = self.training_outputs_.copy()
        self.held_out_outputs_[rows] = self.combination_.held_out_outputs_
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
            The baseline of the loss where no modality with an expert is observed.
        """
        return self.combination_.combine(self._evidence(X, training=False))

    def contributions(self, X):
        """Split the outputs for new patients into exact additive parts.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.

        Returns
        -------
        contributions : ndarray of shape (n_patients, n_modalities + 1, n_outputs)
            What the experts of each modality of X add to the baseline of the loss, and
            in the last place those on all modalities side by side. They sum to what
            `outputs` returns less the baseline. Exactly 0 for a missing modality, for
            one without experts, and everywhere if there are no experts.
        """
        parts = np.zeros((len(X), len(list(X)) + 1, self.loss.n_outputs))
        if self.experts_ is not None:
            places = [list(X).index(name) for name in self.experts_.modalities_]
            evidence = self._evidence(X, training=False)
            parts[:, [*places, -1]] = self.combination_.contributions(evidence)
        return parts

    def _learned_from(self, target, groups):
        """Rows of labelled patients, or of a subset of them where there are many."""
        rows = np.flatnonzero(self.loss.labelled(target))
        n_splits = -(-len(rows) // _MOST_PATIENTS)
        if n_splits < 2 or self.estimator is None:
            return rows
        folds = stratified_folds(
            self.loss.fold_labels(target[rows]),
            n_splits=n_splits,
            groups=None if groups is None else groups[rows],
            random_state=self.random_state,
        )
        return rows[folds[0][1]] if folds else rows

    def _folds_of_combination(self, target, groups, rows):
        """Folds of the patients learned from; none where no residuals are needed."""
        if self.experts_ is None or self.evidence.kind != "numbers":
            return []
        return stratified_folds(
            self.loss.fold_labels(target),
            n_splits=_N_FOLDS,
            groups=None if groups is None else groups[rows],
            random_state=self.random_state,
        )

    def _evidence(self, X, *, training):
        """Return the evidence of the experts; without experts it has no views."""
        if self.experts_ is None:
            empty = np.zeros((1, len(X), 0, self.loss.n_outputs))
            return Evidence(empty, np.zeros((len(X), 0), dtype=bool), has_joint=False)
        if training:
            return self.experts_.training_evidence_
        return self.experts_.predict_evidence(X)
