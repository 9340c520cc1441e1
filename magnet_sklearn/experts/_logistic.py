"""Ridge-penalised logistic losses of several folds, minimised at once."""

import numpy as np
from scipy.special import expit, log_expit

_MAX_STEPS = 1000
_MEMORY = 7  # steps from which the curvature is learned
_NEW_METRIC = 30  # steps after which it is measured anew
_LEAST_VARIANCE = 1e-3
_SUFFICIENT = 1e-4  # share of the expected decrease of the loss
_SHORTEST = 1e-8


class LogisticLosses:
    r"""Logistic losses of the same patients with the weights of several folds.

    :math:`-\sum_i w_{fi} \log p_f(y_i) + \frac \lambda 2 \lVert \beta_f \rVert^2` for
    each fold :math:`f`, with the softmax of several classes or a single logit of two;
    the intercept, the first coefficient, has no penalty. All arrays of coefficients
    have the shape (n_folds, n_logits, 1 + n_axes).

    Parameters
    ----------
    rotation : Rotation
        The patients.
    y : int ndarray of shape (n_patients,)
        Classes from 0 to `n_classes` - 1; each fold has them all.
    weight : ndarray of shape (n_folds, n_patients)
        Weights of the patients in each fold; 0 is held out.
    n_classes : int
        Number of classes.
    """

    def __init__(self, rotation, y, weight, n_classes):
        self.design = np.vstack([np.ones(len(y)), rotation.scores.T])
        self.weight = weight[:, None]
        first = 1 if n_classes == 2 else 0
        self.target = np.arange(first, n_classes)[:, None] == y
        self.shape = (len(weight), n_classes - first, len(self.design))
        self._squares = np.r_[weight.max(axis=0).sum(), rotation.scatter]

    def logits(self, beta):
        """Logits, of shape (n_folds, n_logits, n_patients)."""
        return (beta.reshape(-1, self.shape[2]) @ self.design).reshape(
            *self.shape[:2], -1
        )

    def losses(self, logits):
        """Loss of each fold without penalty, and the probabilities."""
        if logits.shape[1] == 1:
            losses = -log_expit(np.where(self.target, logits, -logits))
            return (self.weight * losses).sum(axis=(1, 2)), expit(logits)
        top = logits.max(axis=1, keepdims=True)
        odds = np.exp(logits - top)
        total = odds.sum(axis=1, keepdims=True)
        own = (logits * self.target).sum(axis=1, keepdims=True)
        losses = np.log(total) + top - own
        return (self.weight * losses).sum(axis=(1, 2)), odds / total

    def gradient(self, probability):
        """Gradient by the coefficients without penalty."""
        residual = self.weight * (probability - self.target)
        return (residual.reshape(-1, residual.shape[2]) @ self.design.T).reshape(
            self.shape
        )

    def metric(self, probability, ridge):
        """Inverse curvature along the axes, for the mean variance of the classes."""
        variance = (self.weight * probability * (1 - probability)).sum(axis=2)
        variance = np.maximum(variance / self.weight.sum(axis=2), _LEAST_VARIANCE)
        return 1.0 / (variance[:, :, None] * self._squares + ridge)


def minimise(losses, penalty, beta, *, tol):
    r"""Coefficients of the least penalised loss, by L-BFGS for all folds at once.

    Parameters
    ----------
    losses : LogisticLosses
        The losses.
    penalty : float
        :math:`\lambda`.
    beta : ndarray of shape (n_folds, n_logits, 1 + n_axes)
        Where to start.
    tol : float
        Longest gradient to stop at, in a metric of curvatures near 1: the loss is then
        right to about its square, probabilities are to about a tenth of it.

    Returns
    -------
    beta : ndarray of shape (n_folds, n_logits, 1 + n_axes)
        The coefficients.
    """
    ridge = np.full(losses.shape[2], penalty)
    ridge[0] = 0.0

    def evaluate(beta, logits):
        loss, probability = losses.losses(logits)
        return loss + 0.5 * _dot(beta, ridge * beta), probability

    logits = losses.logits(beta)
    loss, probability = evaluate(beta, logits)
    gradient = losses.gradient(probability) + ridge * beta
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    for number in range(_MAX_STEPS):
        if number % _NEW_METRIC == 0:
            pairs, metric = [], losses.metric(probability, ridge)
        if np.sqrt(_dot(gradient, metric * gradient).max()) < tol:
            break
        step = _direction(gradient, metric, pairs)
        along, slope = losses.logits(step), _dot(step, gradient)
        length = np.ones(len(loss))
        while True:
            moved = beta + length[:, None, None] * step
            lower, probability = evaluate(moved, logits + length[:, None, None] * along)
            is_low = lower <= loss + _SUFFICIENT * length * slope + 1e-12 * abs(loss)
            if is_low.all() or length.min() < _SHORTEST:
                break
            length[~is_low] /= 2
        logits = logits + length[:, None, None] * along
        turned = losses.gradient(probability) + ridge * moved
        pairs = [*pairs[1 - _MEMORY :], (moved - beta, turned - gradient)]
        beta, loss, gradient = moved, lower, turned
    return beta


def _direction(gradient, metric, pairs):
    """Where to go: two-loop recursion of L-BFGS, each fold on its own."""
    direction = -gradient
    shares = []
    for step, turn in reversed(pairs):
        shares.append(_dot(step, direction) / _positive(_dot(step, turn)))
        direction = direction - shares[-1][:, None, None] * turn
    direction = metric * direction
    if pairs:
        step, turn = pairs[-1]
        scale = _dot(step, turn) / _positive(_dot(turn, metric * turn))
        direction = np.where(scale > 0, scale, 1.0)[:, None, None] * direction
    for (step, turn), share in zip(pairs, reversed(shares), strict=True):
        share = share - _dot(turn, direction) / _positive(_dot(step, turn))
        direction = direction + share[:, None, None] * step
    return direction


def _dot(left, right):
    """Product of the coefficients of each fold."""
    n_folds = len(left)
    left, right = left.reshape(n_folds, 1, -1), right.reshape(n_folds, -1, 1)
    return (left @ right)[:, 0, 0]


def _positive(values):
    """Keep a fold that no longer moves from a division by 0."""
    return np.maximum(values, 1e-300)
