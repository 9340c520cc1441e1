"""Classification of patients."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.multiclass import is_multilabel

from magnet_sklearn._estimators._continued import ContinuedTraining
from magnet_sklearn._estimators._declaration import parameter, with_parameters
from magnet_sklearn._estimators._rows import known_labels
from magnet_sklearn._targets import ClassTarget, LabelsTarget

# Defaults of the published code (its configs tune widths and rates per cohort).
_PUBLISHED = {
    "experts": None,
    "skip_connection": False,
    "hidden_dim": 128,
    "n_heads": 4,
    "n_layers": 2,
    "dropout": 0.0,
    "similarity_weight": 0.1,
    "learning_rate": 1e-3,
    "weight_decay": 1e-3,
    "max_epochs": 200,
    "early_stopping": False,
    "ensemble_size": 1,
}


@with_parameters
class MagnetClassifier(ClassifierMixin, ContinuedTraining):
    """Classifier for multimodal data with missing modalities.

    Simple calibrated models per modality (the experts) give log-odds, out of fold for
    the training patients. An ensemble of networks (an encoder per modality, masked
    attention over the observed ones, GraphSAGE over the most similar training patients
    [1]_) adds what those miss; gates, learned on patients that a member held out, weigh
    it and close where it does not help. A prediction depends on the patient and the
    training patients only, never on the other patients of the batch.

    In `fit`, y holds class labels, numbers or strings, of shape (n_patients,); or
    several labels of 0 and 1 per patient, of shape (n_patients, n_labels).

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted; with several labels the numbers of their columns.

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

    skip_connection: bool = parameter(
        True,
        ["boolean"],
        "bool",
        """If True, the graph adds to what the patient's own embedding gives. If False,
        the prediction comes from the convolved embedding alone, as published.""",
    )
    class_weight: dict[Any, float] | str | None = parameter(
        None,
        [dict, StrOptions({"balanced"}), None],
        'dict, "balanced" or None',
        "Weights of the classes, as in scikit-learn.",
    )

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
        return cls(**{**_PUBLISHED, **parameters})

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
        outputs = self._predicted(X).outputs
        return self._target.predict(outputs)

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
        outputs = self._predicted(X).outputs
        return self._target.probability(outputs)

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
        outputs = self._predicted(X).outputs
        return self._target.log_probability(outputs)

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
        outputs = self._predicted(X).outputs
        return self._target.decision(outputs)

    def score(self, X, y, sample_weight=None):
        """Accuracy; with several labels the share of patients with all right.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        y : array-like of shape (n_patients,) or (n_patients, n_labels)
            Class labels, or labels of 0 and 1.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients.

        Returns
        -------
        score : float
            Higher is better.
        """
        return super().score(*self._to_score(X, y, sample_weight))

    @property
    def classes_(self):
        """Classes, sorted; with several labels the numbers of their columns."""
        return self._target.classes_

    @property
    def _target(self) -> ClassTarget | LabelsTarget:
        return cast("ClassTarget | LabelsTarget", self._model.target)

    def _make_target(self, y):
        """Several columns of 0 and 1 are labels."""
        has_labels = np.asarray(y).ndim == 2 and is_multilabel(
            known_labels(y, self.unlabeled)
        )
        kind = LabelsTarget if has_labels else ClassTarget
        return kind(class_weight=self.class_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
