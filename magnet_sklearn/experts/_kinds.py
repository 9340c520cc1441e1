"""What experts say about each kind of target, and which experts there are."""

from typing import Any

import numpy as np
from sklearn.base import is_classifier, is_regressor

from magnet_sklearn.experts._forest import ForestExpert, NumberForestExpert
from magnet_sklearn.experts._ridge import RidgeCV
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV

# A probability of exactly 0 would outvote every other modality for ever.
_MIN_PROBABILITY = 1e-4
_MIN_PATIENTS_PER_CLASS = 2
_MIN_EVENTS = 3


class ClassKind:
    """Classes: the evidence is the log of probability over class share."""

    def families(self, random_state):
        """Return an unfitted expert of each family, the simplest first."""
        return {
            "linear": RidgeLogisticCV(),
            "kernel": RidgeLogisticCV(Cs=(1e-2, 1e-1, 1.0, 10.0, 100.0)),
            "forest": ForestExpert(random_state=random_state),
        }

    def check(self, estimator):
        """Refuse an expert that cannot learn classes."""
        if not is_classifier(estimator) or not hasattr(estimator, "predict_proba"):
            raise TypeError(
                "experts must be 'auto', None or a scikit-learn classifier with "
                f"predict_proba; got {estimator!r}. Wrap a classifier without "
                "probabilities in sklearn.calibration.CalibratedClassifierCV."
            )

    def values(self, target):
        """Return the target as experts take it: class codes."""
        return target.reshape(len(target)).astype(int)

    def can_learn(self, y):
        """Whether two classes have enough patients to tell them apart."""
        counts = np.unique(y, return_counts=True)[1]
        return np.sum(counts >= _MIN_PATIENTS_PER_CLASS) >= 2

    def reference(self, y, weight, n_outputs):
        """Log of the weighted class shares; -inf for a class without patients."""
        shares = np.bincount(y, weights=weight, minlength=n_outputs) / weight.sum()
        with np.errstate(divide="ignore"):
            return np.log(shares)

    def evidence(self, expert, table, reference):
        """Log-odds that an expert gives; 0 for classes it never saw."""
        return _log_ratio(expert.predict_proba(table), expert.classes_, reference)

    def out_of_bag(self, expert, reference):
        """Return which training patients have out-of-bag votes, and their evidence."""
        has_vote, votes = expert.out_of_bag_proba()
        return has_vote, _log_ratio(votes, expert.classes_, reference)


class NumberKind:
    """Numbers: the evidence is the predicted difference to the mean."""

    def families(self, random_state):
        """Return an unfitted expert of each family, the simplest first."""
        return {
            "linear": RidgeCV(),
            "kernel": RidgeCV(penalties=(1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5)),
            "forest": NumberForestExpert(random_state=random_state),
        }

    def check(self, estimator):
        """Refuse an expert that cannot learn numbers."""
        if not is_regressor(estimator):
            raise TypeError(
                "experts must be 'auto', None or a scikit-learn regressor; got "
                f"{estimator!r}. Pass for example sklearn.linear_model.RidgeCV()."
            )

    def values(self, target):
        """Return the target as experts take it: one number each."""
        return target.reshape(len(target))

    def can_learn(self, y):
        """Whether there is any difference to explain."""
        return len(y) > 2 and np.ptp(y) > 0

    def reference(self, y, weight, n_outputs):
        """Weighted mean."""
        return np.average(y, weights=weight)

    def evidence(self, expert, table, reference):
        """Predicted difference to the mean."""
        return expert.predict(table)[:, None] - reference

    def out_of_bag(self, expert, reference):
        """Return which training patients have out-of-bag votes, and their evidence."""
        prediction = expert.out_of_bag_prediction()
        return np.ones(len(prediction), bool), prediction[:, None] - reference


class SurvivalKind:
    """Survival: the evidence is a centred log-hazard."""

    def families(self, random_state):
        """Return an unfitted expert of each family, the simplest first."""
        return {
            "linear": RidgeCox(),
            "kernel": RidgeCox(penalties=(1.0, 0.1, 1e-2, 1e-3)),
        }

    def check(self, estimator):
        """Refuse experts of the user's own."""
        raise TypeError(
            "experts must be 'auto' or None for survival; got "
            f"{estimator!r}. Own experts are possible for classes and numbers."
        )

    def values(self, target):
        """Return the target as experts take it: entry, time, event, stratum."""
        return target

    def can_learn(self, y):
        """Whether enough events tell risks apart."""
        return y[:, 2].sum() >= _MIN_EVENTS

    def reference(self, y, weight, n_outputs):
        """Nothing: experts centre themselves."""
        return 0.0

    def evidence(self, expert, table, reference):
        """Log-hazard against the mean patient's."""
        return expert.predict(table)[:, None]


KINDS: dict[str, Any] = {
    "classes": ClassKind(),
    "numbers": NumberKind(),
    "survival": SurvivalKind(),
}


def _log_ratio(probability, classes, log_shares):
    """Log of probability over class share."""
    log_odds = np.zeros((len(probability), len(log_shares)))
    probability = np.clip(probability, _MIN_PROBABILITY, 1.0)
    probability /= probability.sum(axis=1, keepdims=True)
    log_odds[:, classes] = np.log(probability) - log_shares[classes]
    return log_odds
