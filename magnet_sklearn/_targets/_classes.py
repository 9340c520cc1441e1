"""A class per patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import log_softmax, softmax
from sklearn.metrics import accuracy_score
from sklearn.utils import assert_all_finite
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from magnet_sklearn._targets._base import OutputScale, Target
from magnet_sklearn.experts import ClassEvidence, EvidenceKind
from magnet_sklearn.losses import ClassLoss


class ClassTarget(Target):
    """One of several classes; its code is its place in `classes_`.

    Parameters
    ----------
    name : str, default="y"
        What errors call it.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.
    """

    without_data = "the class shares"

    def __init__(self, name: str = "y", *, class_weight: Any = None) -> None:
        super().__init__(name)
        self.class_weight = class_weight

    def check(self, y):
        """Refuse patients without a class, and numbers that are no classes."""
        _check_labels_known(np.asarray(y))
        y = column_or_1d(y, warn=True)
        unlabelled = np.flatnonzero(pd.isna(y))
        if len(unlabelled):
            raise ValueError(
                f"Input y contains NaN: {len(unlabelled)} of {len(y)} patients have no "
                f"class, first in row(s) {unlabelled[:5].tolist()}. Leave these "
                "patients out of X and y."
            )
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        return y

    def fit(self, y, weight, earlier=None):
        """Learn the classes."""
        y = np.ravel(y)
        known = y[~pd.isna(y)]
        self.classes_ = np.unique(known)
        if len(self.classes_) < 2:
            only = "".join(map(repr, self.classes_.tolist()))
            raise ValueError(
                f"{self.name} needs at least two classes to tell apart; it has "
                f"{len(self.classes_)} class: {only}."
            )
        if earlier is not None:
            self._keep_coding(earlier.classes_)
        self.loss = ClassLoss(len(self.classes_))
        return self

    def _keep_coding(self, classes):
        if not np.array_equal(self.classes_, classes):
            raise ValueError(
                f"Training continues with the classes {classes.tolist()}, but "
                f"{self.name} has {self.classes_.tolist()}. Pass patients of these "
                "classes, or fit anew (with warm_start=False)."
            )

    def encode(self, y):
        """Return class codes, NaN without a label."""
        y = np.ravel(y)
        codes = pd.Index(self.classes_).get_indexer(pd.Index(y))
        unknown = ~pd.isna(y) & (codes < 0)
        if unknown.any():
            raise ValueError(
                f"{self.name} has classes that those of `fit` do not include: "
                f"{pd.unique(y[unknown]).tolist()[:5]}. Classes of `fit`: "
                f"{self.classes_.tolist()}."
            )
        return np.where(codes < 0, np.nan, codes)[:, None]

    def sample_weight(self, y, weight):
        """Multiply by the weights of the classes."""
        return weight * compute_sample_weight(self.class_weight, y)

    def evidence(self) -> list[EvidenceKind]:
        """Return log-odds."""
        return [ClassEvidence()]

    def output_scale(self):
        """With two classes the log-odds of the second, else the logits."""
        n_classes = len(self.classes_)
        if n_classes == 2:
            names, weights = [self.classes_[1]], np.array([[-1.0], [1.0]])
            return OutputScale(names, weights, np.zeros(1), ["log-odds"])
        return replace(super().output_scale(), names=[*self.classes_])

    def predict(self, outputs):
        """Return the most probable class."""
        return self.classes_[np.argmax(outputs, axis=1)]

    def decision(self, outputs):
        """Return logits; with two classes the log-odds of the second."""
        return outputs[:, 1] - outputs[:, 0] if outputs.shape[1] == 2 else outputs

    def probability(self, outputs):
        """Return the probability of each class."""
        return softmax(outputs, axis=1)

    def log_probability(self, outputs):
        """Return its logarithm."""
        return log_softmax(outputs, axis=1)

    def predict_proba(self, outputs):
        """Return the probability of each class by name."""
        return dict(zip(self.classes_, self.probability(outputs).T, strict=True))

    def score(self, y, outputs):
        """Accuracy."""
        y = np.ravel(y)
        return accuracy_score(y.astype(self.classes_.dtype), self.predict(outputs))


def _check_labels_known(y: np.ndarray) -> None:
    """Refuse several labels of which some are missing."""
    if y.ndim != 2 or y.shape[1] < 2:
        return
    missing = np.flatnonzero(np.any(pd.isna(y), axis=1))
    if len(missing):
        raise ValueError(
            f"Input y contains NaN: {len(missing)} of {len(y)} patients have a missing "
            f"label, first in row(s) {missing[:5].tolist()}. MagnetMultiTask learns "
            "from labels of which some are missing: pass the frame y to it, one column "
            "per label; or leave these patients out."
        )
