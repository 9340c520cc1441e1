"""Cross-conformal sets and bounds, from scores of patients whom a model did not see."""

import numpy as np

_CELLS = 10_000_000  # of the largest array that is made at a time


def p_values(scores, fold, new_scores):
    """Compare new patients with those that the same model held out.

    Parameters
    ----------
    scores : ndarray of shape (n_calibration,)
        How little each patient conforms to the model that held it out.
    fold : int ndarray of shape (n_calibration,)
        Number of that model.
    new_scores : ndarray of shape (n_models, n_patients, n_values)
        The same of new patients, by all models, for each value that y may have.

    Returns
    -------
    p : ndarray of shape (n_patients, n_values)
        Cross-conformal p-values, V. Vovk, "Cross-conformal predictors" (2015), eq. 11.
    """
    n_larger = np.ones(new_scores.shape[1:])
    for number, new in enumerate(new_scores):
        known = np.sort(scores[fold == number])
        n_larger += len(known) - np.searchsorted(known, new, side="left")
    return n_larger / (len(scores) + 1)


def lower_bounds(candidates, n_patients, n_calibration, alpha, worst=-np.inf):
    """Take the bound that all but a share of alpha of the candidates reach.

    Parameters
    ----------
    candidates : callable
        Takes a slice of patients, returns (n_calibration, n_patients_of_slice): the
        bound of each of them that each calibration patient implies.
    n_patients, n_calibration : int
        How many.
    alpha : float
        Share.
    worst : float, default=-inf
        The bound where there are too few calibration patients.

    Returns
    -------
    bound : ndarray of shape (n_patients,)
        The floor(alpha (n + 1))-th smallest candidate, R. F. Barber et al. (2021).
    """
    # 1e-9: 0.07 * 100 is 7.000000000000001, and 0.29 * 100 is 28.999999999999996
    place = int(np.floor(alpha * (n_calibration + 1) + 1e-9)) - 1
    bound = np.full(n_patients, worst)
    if place < 0:
        return bound
    step = max(1, _CELLS // n_calibration)
    for start in range(0, n_patients, step):
        part = slice(start, start + step)
        bound[part] = np.partition(candidates(part), place, axis=0)[place]
    return bound


def intervals(own, y, fold, new, alpha):
    """Widen quantiles so far that they hold for patients who were held out.

    Parameters
    ----------
    own : ndarray of shape (n_calibration, 2)
        Lower and upper quantile by the model that held the patient out.
    y : ndarray of shape (n_calibration,)
        Their numbers.
    fold : int ndarray of shape (n_calibration,)
        Number of that model.
    new : ndarray of shape (n_models, n_patients, 2)
        Quantiles of new patients, by all models.
    alpha : float
        Share of patients outside.

    Returns
    -------
    interval : ndarray of shape (n_patients, 2)
        CV+ of the scores of conformalised quantile regression.
    """
    miss = np.maximum(own[:, 0] - y, y - own[:, 1])[:, None]
    sizes = new.shape[1], len(y), alpha
    lower = lower_bounds(lambda part: new[fold, part, 0] - miss, *sizes)
    upper = -lower_bounds(lambda part: -new[fold, part, 1] - miss, *sizes)
    return np.sort(np.column_stack([lower, upper]), axis=1)


def survival_bounds(own, time, fold, new, alpha):
    """Find the time that all but a share of alpha of patients reach.

    Parameters
    ----------
    own : list of (times, hazard) pairs, one per model
        Event times, and cumulative hazards of the patients it held out, of shape
        (n_held_out, n_times).
    time : ndarray of shape (n_calibration,)
        Times of event or censoring.
    fold : int ndarray of shape (n_calibration,)
        Number of the model that held the patient out.
    new : list of (times, hazard) pairs, one per model
        The same of all new patients.
    alpha : float
        Share of patients whose time is shorter.

    Returns
    -------
    bound : ndarray of shape (n_patients,)
        In the units of time; 0 where there are too few calibration patients.
    """
    reached = np.empty(len(time))
    for number, (times, hazard) in enumerate(own):
        rows = np.flatnonzero(fold == number)
        before = np.searchsorted(times, time[rows], side="right")
        padded = np.column_stack([np.zeros(len(rows)), hazard])
        reached[rows] = padded[np.arange(len(rows)), before]

    def candidates(part):
        bounds = np.empty((len(time), len(new[0][1][part])))
        for number, (times, hazard) in enumerate(new):
            rows = np.flatnonzero(fold == number)
            at = np.r_[0.0, times]
            for column, curve in enumerate(hazard[part]):
                place = np.searchsorted(np.r_[0.0, curve], reached[rows], side="left")
                bounds[rows, column] = at[np.minimum(place, len(times))]
        return bounds

    return lower_bounds(candidates, len(new[0][1]), len(time), alpha, worst=0.0)
