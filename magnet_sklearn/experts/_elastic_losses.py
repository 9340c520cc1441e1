"""Losses of linear models with an elastic net penalty."""

import numpy as np
from scipy.special import log_softmax

from magnet_sklearn.experts._ridge_cox import RiskSets


class SquaredLoss:
    """Half the squared error."""

    def __init__(self, y, weight):
        self.y, self.weight, self.total = y, weight, weight.sum()
        self.intercept = [np.average(y, weights=weight)]

    def value(self, outputs):
        """Sum over the training patients."""
        return 0.5 * self.weight @ (outputs[:, 0] - self.y) ** 2

    def derivatives(self, outputs, place):
        """Gradient and diagonal of the Hessian by one output of each patient."""
        return self.weight * (outputs[:, 0] - self.y), self.weight

    def held_out(self, outputs, y, weight, training_outputs):
        """Loss of each of some other patients."""
        return 0.5 * weight * (outputs[:, 0] - y) ** 2


class ClassesLoss:
    """Negative log-likelihood; two classes have one output, of the second class."""

    def __init__(self, y, weight):
        self.classes, self.y = np.unique(y, return_inverse=True)
        self.weight, self.total = weight, weight.sum()
        log_shares = np.log(np.bincount(self.y, weight) / self.total)
        if len(log_shares) == 2:
            log_shares = log_shares[1:] - log_shares[:1]
        self.intercept = log_shares

    def value(self, outputs):
        """Sum over the training patients."""
        log_probability = self._log_probability(outputs)
        return -self.weight @ log_probability[np.arange(len(self.y)), self.y]

    def derivatives(self, outputs, place):
        """Gradient and diagonal of the Hessian by one output of each patient."""
        of_class = place + (outputs.shape[1] == 1)
        probability = np.exp(self._log_probability(outputs)[:, of_class])
        gradient = self.weight * (probability - (self.y == of_class))
        return gradient, self.weight * probability * (1 - probability)

    def held_out(self, outputs, y, weight, training_outputs):
        """Loss of each of some other patients whose class is known."""
        known = np.isin(y, self.classes)
        log_probability = self._log_probability(outputs[known])
        place = np.searchsorted(self.classes, y[known])
        return -weight[known] * log_probability[np.arange(len(place)), place]

    def _log_probability(self, outputs):
        if outputs.shape[1] == 1:
            outputs = np.hstack([np.zeros_like(outputs), outputs])
        return log_softmax(outputs, axis=1)


class CoxLoss:
    """Negative log partial likelihood."""

    def __init__(self, y, weight):
        self.y, self.weight, self.total = y, weight, weight.sum()
        self._risk_sets = RiskSets(y, weight)
        self.intercept = [0.0]

    def value(self, outputs):
        """Sum over the training patients."""
        return self._risk_sets.loss(outputs[:, 0])

    def derivatives(self, outputs, place):
        """Gradient, and an upper bound of the diagonal of the Hessian."""
        return self._risk_sets.derivatives(outputs[:, 0])

    def held_out(self, outputs, y, weight, training_outputs):
        """Log partial likelihood that other patients add, as one number."""
        everybody = RiskSets(
            np.concatenate([self.y, y]), np.concatenate([self.weight, weight])
        )
        log_hazard = np.concatenate([training_outputs, outputs])[:, 0]
        return np.array([everybody.loss(log_hazard) - self.value(training_outputs)])
