"""Evidence: what an expert's prediction says beyond the average patient."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier, is_regressor

# A probability of exactly 0 would outvote every other modality for ever.
MIN_PROBABILITY = 1e-4
_MIN_PATIENTS_PER_CLASS = 2
_MIN_EVENTS = 3


@dataclass(frozen=True)
class Evidence:
    """Evidence of all experts for some patients.

    Parameters
    ----------
    values : ndarray of shape (n_families, n_patients, n_views, n_outputs)
        Evidence for each output; 0 where the view is not observed.
    observed : ndarray of shape (n_patients, n_views)
        True = the patient has the view and the view has experts.
    has_joint : bool
        Whether the last view is the concatenation of all modalities.
    available : ndarray of shape (n_families, n_views), default=None
        True = the family has an expert on the view; None is True for all.
    """

    values: np.ndarray
    observed: np.ndarray
    has_joint: bool
    available: np.ndarray | None = None


class EvidenceKind(ABC):
    """How experts learn a target, and how their predictions are read as evidence.

    Evidence is the difference between a prediction and a reference, that for a patient
    of whom nothing is known, on a scale where the evidence of several modalities adds
    up. A new kind of target needs a subclass, which overrides at least the three
    abstract methods.

    Attributes
    ----------
    kind : str
        "classes", "numbers" or "survival": for what a family of experts needs an
        estimator.

    Examples
    --------
    Counts, whose evidence is on the scale of the logarithm:

    >>> import numpy as np
    >>> from magnet_sklearn.experts import EvidenceKind
    >>> class CountEvidence(EvidenceKind):
    ...     kind = "numbers"
    ...
    ...     def can_learn(self, y):
    ...         return y.max() > 0
    ...
    ...     def reference(self, y, weight, n_outputs):
    ...         return np.log(np.average(y, weights=weight))
    ...
    ...     def evidence(self, expert, table, reference):
    ...         return np.log(expert.predict(table))[:, None] - reference
    >>> float(CountEvidence().reference(np.array([1.0, 1.0]), np.ones(2), 1))
    0.0
    """

    kind: ClassVar[str]

    def values(self, target):
        """Return the target as experts learn it.

        Parameters
        ----------
        target : ndarray of shape (n_patients,) or (n_patients, n_columns)
            Columns of the target.

        Returns
        -------
        y : ndarray of shape (n_patients,) or (n_patients, n_columns)
            One number per patient, unless the kind needs several columns.
        """
        return target.reshape(len(target))

    def check(self, estimator):
        """Refuse a user's own expert that cannot learn this kind of target.

        Parameters
        ----------
        estimator : estimator
            What the user wants to be fitted per view.

        Raises
        ------
        TypeError
            If the estimator cannot be an expert.
        """
        if not hasattr(estimator, "predict"):
            raise TypeError(
                "experts must be 'auto', families or an estimator with `predict`; got "
                f"{estimator!r}. Pass for example sklearn.linear_model.RidgeCV()."
            )

    @abstractmethod
    def can_learn(self, y) -> bool:
        """Tell whether there is enough to learn from.

        Parameters
        ----------
        y : ndarray of shape (n_patients,) or (n_patients, n_columns)
            What `values` returns, of the patients who have a view.

        Returns
        -------
        can_learn : bool
            False leaves the view without experts.
        """

    @abstractmethod
    def reference(self, y, weight, n_outputs):
        """Return the prediction for a patient of whom nothing is known.

        Parameters
        ----------
        y : ndarray of shape (n_patients,) or (n_patients, n_columns)
            What `values` returns, of the patients an expert learns from.
        weight : ndarray of shape (n_patients,)
            Their weights.
        n_outputs : int
            Outputs of the model.

        Returns
        -------
        reference : float or ndarray of shape (n_outputs,)
            On the scale of the evidence.
        """

    @abstractmethod
    def evidence(self, expert, table, reference):
        """Predict the evidence for patients.

        Parameters
        ----------
        expert : estimator
            Fitted.
        table : ndarray of shape (n_patients, n_features)
            Features of the patients.
        reference : float or ndarray of shape (n_outputs,)
            That of the patients the expert has learned from.

        Returns
        -------
        evidence : ndarray of shape (n_patients, n_outputs)
            0 where the prediction is the reference.
        """

    def out_of_bag(self, expert, reference):
        """Return the evidence for the patients an expert has learned from.

        Parameters
        ----------
        expert : estimator
            Fitted, of a family that has out-of-bag predictions.
        reference : float or ndarray of shape (n_outputs,)
            That of the patients the expert has learned from.

        Returns
        -------
        has_vote : bool ndarray of shape (n_patients,)
            False for a patient without an out-of-bag prediction.
        evidence : ndarray of shape (n_voted, n_outputs)
            Evidence for the others.
        """
        raise NotImplementedError(f"{type(self).__name__} has no out-of-bag evidence.")


class ClassEvidence(EvidenceKind):
    r"""Log-odds of classes, :math:`\log p(c \mid x) - \log \pi(c)`.

    The reference is the logarithm of the class shares :math:`\pi`. A class that an
    expert has never seen gets evidence 0.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.experts import ClassEvidence
    >>> np.exp(ClassEvidence().reference(np.array([0, 0, 1]), np.ones(3), 2)).round(2)
    array([0.67, 0.33])
    """

    kind = "classes"

    def values(self, target):
        return super().values(target).astype(int)

    def check(self, estimator):
        if not is_classifier(estimator) or not hasattr(estimator, "predict_proba"):
            raise TypeError(
                "experts must be 'auto', families or a scikit-learn classifier with "
                f"predict_proba; got {estimator!r}. Wrap a classifier without "
                "probabilities in sklearn.calibration.CalibratedClassifierCV."
            )

    def can_learn(self, y):
        counts = np.unique(y, return_counts=True)[1]
        return np.sum(counts >= _MIN_PATIENTS_PER_CLASS) >= 2

    def reference(self, y, weight, n_outputs):
        shares = np.bincount(y, weights=weight, minlength=n_outputs) / weight.sum()
        with np.errstate(divide="ignore"):
            return np.log(shares)

    def evidence(self, expert, table, reference):
        return _log_ratio(expert.predict_proba(table), expert.classes_, reference)

    def out_of_bag(self, expert, reference):
        has_vote, votes = expert.out_of_bag()
        return has_vote, _log_ratio(votes, expert.classes_, reference)


class NumberEvidence(EvidenceKind):
    """Predicted difference of a number to the mean, the reference.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.experts import NumberEvidence
    >>> float(NumberEvidence().reference(np.array([1.0, 4.0]), np.array([2, 1]), 1))
    2.0
    """

    kind = "numbers"

    def check(self, estimator):
        if not is_regressor(estimator):
            raise TypeError(
                "experts must be 'auto', families or a scikit-learn regressor; got "
                f"{estimator!r}. Pass for example sklearn.linear_model.RidgeCV()."
            )

    def can_learn(self, y):
        return len(y) > 2 and np.ptp(y) > 0

    def reference(self, y, weight, n_outputs):
        return np.average(y, weights=weight)

    def evidence(self, expert, table, reference):
        return expert.predict(table)[:, None] - reference

    def out_of_bag(self, expert, reference):
        has_vote, prediction = expert.out_of_bag()
        return has_vote, prediction[:, None] - reference


class SurvivalEvidence(NumberEvidence):
    """Centred log-hazard; the reference is 0, as experts centre themselves.

    Experts learn from entry time, time, event and stratum. A user's own are refused.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.experts import SurvivalEvidence
    >>> y = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0]])
    >>> bool(SurvivalEvidence().can_learn(y))  # from a single event
    False
    """

    kind = "survival"

    def values(self, target):
        return target

    def check(self, estimator):
        raise TypeError(
            "experts must be 'auto', families or None for survival; got "
            f"{estimator!r}. Own experts are possible for classes and numbers."
        )

    def can_learn(self, y):
        return y[:, 2].sum() >= _MIN_EVENTS

    def reference(self, y, weight, n_outputs):
        return 0.0


def _log_ratio(probability: NDArray, classes: NDArray, log_shares: NDArray) -> NDArray:
    """Log of probability over class share."""
    log_odds = np.zeros((len(probability), len(log_shares)))
    probability = np.clip(probability, MIN_PROBABILITY, 1.0)
    probability /= probability.sum(axis=1, keepdims=True)
    log_odds[:, classes] = np.log(probability) - log_shares[classes]
    return log_odds
