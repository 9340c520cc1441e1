"""From what columns add to scores of classes to what they add to the evidence."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from magnet_sklearn.experts._evidence import MIN_PROBABILITY

_LEAST_CHANGE = 1e-9
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(32)


def log_probability_of_logits(
    values: NDArray, start: NDArray, end: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    r"""Turn what columns add to logits into what they add to log-probabilities.

    :math:`\log p_c = l_c - \log \sum_k e^{l_k}`, and the last term is shared by the
    mean probabilities :math:`\bar p_k` on the way from the reference's logits.

    Parameters
    ----------
    values : ndarray of shape (n_patients, n_columns, n_classes)
        What each column adds to each logit.
    start, end : ndarray of shape (n_patients, n_classes)
        Logits of the reference and of the patients.

    Returns
    -------
    values : ndarray of shape (n_patients, n_columns, n_classes)
        What each column adds to each log-probability.
    start, end : ndarray of shape (n_patients, n_classes)
        Log-probabilities.
    """
    change = end - start
    mean = sum(
        weight / 2 * softmax(start + (point + 1) / 2 * change, axis=1)
        for point, weight in zip(_POINTS, _WEIGHTS, strict=True)
    )
    totals = [logsumexp(logits, axis=1, keepdims=True) for logits in (start, end)]
    # the error of the quadrature
    rest = totals[1] - totals[0] - (mean * change).sum(axis=1, keepdims=True)
    mean = mean + rest * change / np.maximum(np.square(change).sum(1)[:, None], 1e-300)
    shared = (values * mean[:, None]).sum(axis=2, keepdims=True)
    return values - shared, start - totals[0], end - totals[1]


def evidence_of_classes(
    values: NDArray, start: NDArray, end: NDArray, *, is_log: bool
) -> NDArray:
    """Turn what columns add to probabilities into what they add to the evidence.

    Evidence takes the logarithm of probabilities that are no less than a least one and
    divided by their sum. Each of these steps has one argument: what columns add to it
    is multiplied by the slope between reference and patient, so that sums stay exact
    (the rescale rule of A. Shrikumar, P. Greenside and A. Kundaje, "Learning important
    features through propagating activation differences", ICML 2017).

    Parameters
    ----------
    values : ndarray of shape (n_patients, n_columns, n_classes)
        What each column adds.
    start, end : ndarray of shape (n_patients, n_classes)
        Probabilities of reference and patients, or their logarithms.
    is_log : bool
        Whether they are logarithms.

    Returns
    -------
    values : ndarray of shape (n_patients, n_columns, n_classes)
        What each column adds to the evidence.
    """
    least = np.log(MIN_PROBABILITY) if is_log else MIN_PROBABILITY
    kept = [np.maximum(scores, least) for scores in (start, end)]
    logs = kept if is_log else [np.log(scores) for scores in kept]
    own_slope = 1.0 if is_log else 1.0 / kept[0]
    values = values * _slope(start, end, *logs, (start > least) * own_slope)[:, None]
    clipped = [np.exp(scores) for scores in logs]
    totals = [scores.sum(axis=1, keepdims=True) for scores in clipped]
    slope = _slope(*logs, *clipped, clipped[0])
    slope = slope * _slope(*totals, *map(np.log, totals), 1.0 / totals[0])
    return values - (values * slope[:, None]).sum(axis=2, keepdims=True)


def _slope(start, end, of_start, of_end, derivative):
    """Slope of a function between two points; where they are one, its derivative."""
    change = end - start
    is_far = np.abs(change) > _LEAST_CHANGE
    return np.where(
        is_far, (of_end - of_start) / np.where(is_far, change, 1.0), derivative
    )
