"""Several labels per patient, each there or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, log_expit
from sklearn.metrics import accuracy_score
from sklearn.utils.validation import check_array

from magnet_sklearn._targets._base import OutputScale, Target
from magnet_sklearn.experts import ClassEvidence, EvidenceKind
from magnet_sklearn.losses import ClassLoss, MultiTaskLoss


class LabelsTarget(Target):
    """Columns of 1 (there), 0 (not there) and NaN (not known).

    Parameters
    ----------
    name : str, default="y"
        What errors call it.
    class_weight : None
        Refused: labels are no classes.
    """

    without_data = "the class shares"

    def __init__(self, name="y", *, class_weight=None):
        super().__init__(name)
        self.class_weight = class_weight

    def check(self, y):
        """Return 0 and 1."""
        return check_array(y, dtype=np.float64)

    def from_columns(self, y):
        """Return all columns."""
        return y

    def fit(self, y, weight, earlier=None):
        """Learn how many labels there are, and their names."""
        n_labels = y.shape[1]
        if self.class_weight is not None:
            raise ValueError(
                f"class_weight is {self.class_weight!r}, but y has {n_labels} labels a "
                "patient, not a class. Set class_weight=None."
            )
        values = np.asarray(y, dtype=float)
        found = np.unique(values[~np.isnan(values)])
        if not np.isin(found, (0.0, 1.0)).all():
            raise ValueError(
                f"{self.name} is one of labels, whose values must be 0, 1 or NaN; got "
                f"{found[:5].tolist()}."
            )
        is_frame = isinstance(y, pd.DataFrame)
        self.columns = list(y.columns) if is_frame else list(range(n_labels))
        self.loss = MultiTaskLoss([ClassLoss(2) for _ in range(n_labels)], "equal")
        return self

    def encode(self, y):
        """Return 0, 1 or NaN."""
        return np.asarray(y, dtype=float)

    def evidence(self) -> list[EvidenceKind]:
        """Return log-odds, for each label."""
        return [ClassEvidence() for _ in self.columns]

    def output_scale(self):
        """Log-odds of each label."""
        n_labels = len(self.columns)
        weights = np.kron(np.eye(n_labels), [[-1.0], [1.0]])
        units = ["log-odds"] * n_labels
        return OutputScale(self.columns, weights, np.zeros(n_labels), units)

    def task_names(self):
        """Labels."""
        return [str(column) for column in self.columns]

    def decision(self, outputs):
        """Return the log-odds of each label."""
        return outputs[:, 1::2] - outputs[:, ::2]

    def predict(self, outputs):
        """Return 0 or 1 for each label."""
        return (self.decision(outputs) > 0).astype(int)

    def probability(self, outputs):
        """Return the probability of each label."""
        return expit(self.decision(outputs))

    def log_probability(self, outputs):
        """Return its logarithm."""
        return log_expit(self.decision(outputs))

    def predict_proba(self, outputs):
        """Return the probability of each label by name."""
        return dict(zip(self.columns, self.probability(outputs).T, strict=True))

    @property
    def classes_(self):
        """Labels."""
        return np.array(self.columns)

    def score(self, y, outputs):
        """Accuracy over all labels that are known."""
        values = np.asarray(y, dtype=float)
        known = ~np.isnan(values)
        return accuracy_score(values[known], self.predict(outputs)[known])
