"""From outputs of a survival model to risks and curves."""

import numpy as np
from scipy.special import log_expit


class BreslowBaseline:
    """Cumulative hazard of a patient of log-hazard 0, by Breslow's estimate.

    Attributes
    ----------
    times_ : ndarray of shape (n_times,)
        Distinct times of events.
    hazard_ : ndarray of shape (n_times,)
        Cumulative hazard at these times.
    """

    def fit(self, survival, outputs, weight):
        """Learn the baseline.

        Parameters
        ----------
        survival : Survival
            Patients.
        outputs : ndarray of shape (n_patients, 1)
            Their log-hazards.
        weight : ndarray of shape (n_patients,)
            Their weights.

        Returns
        -------
        self : BreslowBaseline
            The fitted baseline.

        References
        ----------
        .. [1] N. Breslow, discussion of D. Cox, "Regression models and life-tables",
           JRSS B 34 (1972).
        """
        has_event = survival.event > 0
        times = np.unique(survival.time[has_event])
        n_times = len(times)
        first = np.searchsorted(times, survival.entry, side="right")
        last = np.searchsorted(times, survival.time, side="right")
        shift = outputs.max()
        theta = weight * np.exp(outputs[:, 0] - shift)
        not_out = np.bincount(last, theta, minlength=n_times + 1)[::-1].cumsum()[::-1]
        not_in = np.bincount(first, theta, minlength=n_times + 1)[::-1].cumsum()[::-1]
        at_risk = (not_out - not_in)[1:]
        deaths = np.bincount(
            last[has_event] - 1, weight[has_event], minlength=max(n_times, 1)
        )[:n_times]
        return self.keep(times, deaths, at_risk, shift)

    def keep(self, times, deaths, at_risk, shift=0.0):
        """Take the baseline from sums over patients.

        Parameters
        ----------
        times : ndarray of shape (n_times,)
            Ascending.
        deaths, at_risk : ndarray of shape (n_times,)
            Weights of those who die at each time, and hazards, relative to the shift,
            of those who are at risk.
        shift : float, default=0.0
            Log-hazard that those at risk are relative to.

        Returns
        -------
        self : BreslowBaseline
            The fitted baseline.
        """
        self.times_, self._shift = times, shift
        self.hazard_ = np.cumsum(deaths / np.maximum(at_risk, 1e-300))
        return self

    def risk(self, outputs):
        """Log-hazard of patients.

        Parameters
        ----------
        outputs : ndarray of shape (n_patients, 1)
            Log-hazards.

        Returns
        -------
        risk : ndarray of shape (n_patients,)
            The same; higher is worse.
        """
        return outputs[:, 0]

    def cumulative_hazard(self, outputs, times):
        """Cumulative hazard of patients at some times.

        Parameters
        ----------
        outputs : ndarray of shape (n_patients, 1)
            Log-hazards.
        times : ndarray of shape (n_times,)
            Times; after the last event the hazard stays.

        Returns
        -------
        hazard : ndarray of shape (n_patients, n_times)
            At least 0.
        """
        place = np.searchsorted(self.times_, times, side="right")
        baseline = np.r_[0.0, self.hazard_][place]
        return np.exp(outputs - self._shift) * baseline


class DiscreteHazard:
    """Hazards of intervals of time.

    Parameters
    ----------
    edges : ndarray of shape (n_intervals,)
        Upper edges of the intervals, in units of time.

    Attributes
    ----------
    times_ : ndarray of shape (n_times,)
        Distinct times of events.
    """

    def __init__(self, edges):
        self.edges = edges

    def fit(self, survival, outputs, weight):
        """Learn the times of events.

        Parameters
        ----------
        survival : Survival
            Patients.
        outputs : ndarray of shape (n_patients, n_intervals)
            Not used.
        weight : ndarray of shape (n_patients,)
            Not used.

        Returns
        -------
        self : DiscreteHazard
            The fitted hazards.
        """
        self.times_ = np.unique(survival.time[survival.event > 0])
        return self

    def risk(self, outputs):
        """Log of the cumulative hazard at the end.

        Parameters
        ----------
        outputs : ndarray of shape (n_patients, n_intervals)
            Logits of the hazards.

        Returns
        -------
        risk : ndarray of shape (n_patients,)
            Higher is worse.
        """
        return np.log(-log_expit(-outputs).sum(axis=1))

    def cumulative_hazard(self, outputs, times):
        """Cumulative hazard of patients at some times.

        Parameters
        ----------
        outputs : ndarray of shape (n_patients, n_intervals)
            Logits of the hazards.
        times : ndarray of shape (n_times,)
            Times; within an interval the hazard is the same at all times, and after
            the last one it stays.

        Returns
        -------
        hazard : ndarray of shape (n_patients, n_times)
            At least 0.
        """
        total = np.cumsum(-log_expit(-outputs), axis=1)
        knots = np.r_[0.0, self.edges]
        return np.array([np.interp(times, knots, np.r_[0.0, row]) for row in total])
