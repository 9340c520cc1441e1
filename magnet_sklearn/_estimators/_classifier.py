"""Classification of patients."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import is_multilabel
from sklearn.utils.validation import check_array, check_is_fitted

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._estimators._parameters import PUBLISHED, SHARED_CONSTRAINTS
from magnet_sklearn._estimators._shared_docs import with_shared_docs
from magnet_sklearn._estimators._targets import (
    check_labels_known,
    encode_classes,
    known_classes,
    labels_loss,
)
from magnet_sklearn.losses import ClassLoss


@with_shared_docs
class MagnetClassifier(ClassifierMixin, BaseMagnet):
    """Classifier for patients of whom most lack some modality.

    Cheap calibrated models per modality (the experts) give log-odds, out of fold for
    the training patients. An ensemble of networks (an encoder per modality, masked
    attention over the observed ones, GraphSAGE over the most similar training patients
    [1]_) adds what those miss, as far as it helps patients that a member held out. A
    prediction depends on the patient and the training patients only, never on who else
    is asked about.

    Parameters
    ----------
    skip_connection : bool, default=True
        If True, the graph adds to what the patient's own embedding says. If False,
        the prediction comes from the convolved embedding alone, as published.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.
    experts : "auto", classifier or None, default="auto"
        Model fitted once per modality; "auto" is ridge logistic regression, the same on
        radial basis functions, and a random forest. None leaves the prediction to the
        networks alone.
    {shared parameters}

    Attributes
    ----------
    {shared attributes}
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted; with several labels the numbers of their columns.
    offsets_ : list of ExpertOffset
        Fitted experts and how far each is trusted; one, or one a label.

    References
    ----------
    .. [1] S. Tabakhi, H. Lu, "Missing-modality-aware graph neural network for cancer
       classification", arXiv:2506.22901.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> rna = rng.normal(size=(60, 5)) + y[:, None]
    >>> protein = rng.normal(size=(60, 3)) - y[:, None]
    >>> protein[:30] = np.nan  # half of the patients have no protein data
    >>> X = MultiModalData({"rna": rna, "protein": protein})
    >>> clf = MagnetClassifier(max_epochs=5, ensemble_size=2, random_state=0)
    >>> clf.fit(X, y).predict_proba(X[:3]).shape
    (3, 2)
    """

    classes_: np.ndarray

    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "skip_connection": ["boolean"],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        *,
        skip_connection=True,
        class_weight=None,
        experts="auto",
        modalities=None,
        encoders=None,
        feature_graph=None,
        preprocessor=None,
        fusion="attention",
        graph="knn",
        n_neighbors=10,
        decoder="sage",
        hidden_dim=64,
        n_heads=4,
        n_layers=1,
        dropout=0.3,
        similarity_weight=0.0,
        contrastive_weight=0.0,
        learning_rate=1e-3,
        weight_decay=1e-3,
        max_epochs=200,
        batch_size=1024,
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=20,
        ensemble_size=5,
        warm_start=False,
        n_jobs=None,
        device="auto",
        precision="float32",
        compile=False,
        random_state=None,
        checkpoint=None,
        callbacks=None,
        verbose=0,
    ):
        self.skip_connection = skip_connection
        self.class_weight = class_weight
        self.experts = experts
        self.modalities = modalities
        self.encoders = encoders
        self.feature_graph = feature_graph
        self.preprocessor = preprocessor
        self.fusion = fusion
        self.graph = graph
        self.n_neighbors, self.decoder = n_neighbors, decoder
        self.hidden_dim = hidden_dim
        self.n_heads, self.n_layers = n_heads, n_layers
        self.dropout = dropout
        self.similarity_weight = similarity_weight
        self.contrastive_weight = contrastive_weight
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.ensemble_size = ensemble_size
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.device, self.random_state = device, random_state
        self.precision, self.compile = precision, compile
        self.checkpoint, self.callbacks = checkpoint, callbacks
        self.verbose = verbose

    @classmethod
    def published(cls, **parameters):
        """Classifier with the layers, loss and schedule of the MAGNET paper.

        The published network (arXiv:2506.22901, section 3) on the leak-free graph, with
        the widths of the published code.

        Parameters
        ----------
        **parameters : any
            Parameters to change in the preset.

        Returns
        -------
        classifier : MagnetClassifier
            Not fitted.

        Examples
        --------
        >>> from magnet_sklearn import MagnetClassifier
        >>> MagnetClassifier.published(random_state=0).n_layers
        2
        """
        return cls(**{**PUBLISHED, **parameters})

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None, X_val=None, y_val=None):
        """Fit preprocessing, experts, patient graph and networks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            MultiModalData, dict of blocks, DataFrame with two-level columns, or a flat
            array or DataFrame (see `modalities`). A row that is all NaN in a block
            means that the patient lacks the modality; other NaN are imputed.
        y : array-like of shape (n_patients,) or (n_patients, n_labels)
            Class labels, numbers or strings; or several columns of 0 and 1, one a
            label.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients. A patient of weight 0 counts as absent.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group (site, family) are held out together and are never
            neighbours of each other during training.
        X_val : multimodal data, default=None
            Patients for early stopping and gates, in place of held-out folds.
        y_val : array-like, default=None
            Their classes.

        Returns
        -------
        self : MagnetClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If X has no observed block, an infinite value or another number of patients
            than y, or y has fewer than two classes.
        """
        X = self._check_data(X, reset=not self._knows_data())
        X, y, weight, groups = self._check_rows(X, y, sample_weight, groups)
        self._has_labels = y.ndim == 2
        if self._has_labels:
            self.classes_, loss = labels_loss(y, self.class_weight)
            return self._fit_task(X, y, loss, weight, groups, X_val, y_val)
        fitted_classes = self.classes_ if self._continues() else None
        self.classes_, codes = encode_classes(y, type(self).__name__, fitted_classes)
        weight = weight * compute_sample_weight(self.class_weight, y)
        loss = ClassLoss(len(self.classes_))
        return self._fit_task(X, codes[:, None], loss, weight, groups, X_val, y_val)

    def predict(self, X):
        """Predict the most probable class of each patient.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        y : ndarray of shape (n_patients,) or (n_patients, n_labels)
            Class labels; with several labels 0 and 1.

        Raises
        ------
        ValueError
            If X has no patients, an infinite value, a modality or columns that `fit`
            did not see.
        """
        check_is_fitted(self)
        if self._has_labels:
            return (self._log_odds(X) > 0).astype(int)
        return self.classes_[np.argmax(self._outputs(X), axis=1)]

    def predict_proba(self, X):
        """Predict class probabilities.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        probability : ndarray of shape (n_patients, n_classes)
            Columns in the order of `classes_` (with several labels, of each label).
            Without any observed modality, the class shares of the training patients.

        Raises
        ------
        ValueError
            If X has no patients, an infinite value, a modality or columns that `fit`
            did not see.
        """
        check_is_fitted(self)
        if self._has_labels:
            return expit(self._log_odds(X))
        return softmax(self._outputs(X), axis=1)

    def predict_log_proba(self, X):
        """Predict the logarithm of class probabilities.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        log_probability : ndarray of shape (n_patients, n_classes)
            Columns in the order of `classes_`.
        """
        check_is_fitted(self)
        if self._has_labels:
            return log_expit(self._log_odds(X))
        return log_softmax(self._outputs(X), axis=1)

    def decision_function(self, X):
        """Compute the logits of each patient.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        scores : ndarray of shape (n_patients,) or (n_patients, n_classes)
            With two classes the log-odds of the second one, else the logits.
        """
        check_is_fitted(self)
        if self._has_labels:
            return self._log_odds(X)
        logits = self._outputs(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def _log_odds(self, X):
        """Log-odds of each label."""
        odds = self._outputs(X)
        return odds[:, 1::2] - odds[:, ::2]

    def _check_target(self, y):
        """Return class labels, or 0 and 1 in several columns."""
        check_labels_known(y)
        if np.asarray(y).ndim == 2 and is_multilabel(y):
            return check_array(y, dtype=np.float64)
        return super()._check_target(y)

    def _encode_target(self, y):
        """Class codes of held-out patients."""
        if self._has_labels:
            return y
        return known_classes(y, self.classes_)[:, None]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
