"""From risks to survival curves."""

import numpy as np


class BreslowBaseline:
    """Cumulative hazard of a patient of log-hazard 0, by Breslow's estimate.

    Attributes
    ----------
    times_ : ndarray of shape (n_times,)
        Distinct times of events.
    hazard_ : ndarray of shape (n_times,)
        Cumulative hazard at these times.
    """

    def fit(self, survival, log_hazard, weight):
        """Learn the baseline.

        Parameters
        ----------
        survival : Survival
            Patients.
        log_hazard : ndarray of shape (n_patients,)
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
        self.times_ = np.unique(survival.time[has_event])
        n_times = len(self.times_)
        first = np.searchsorted(self.times_, survival.entry, side="right")
        last = np.searchsorted(self.times_, survival.time, side="right")
        self._shift = log_hazard.max()
        theta = weight * np.exp(log_hazard - self._shift)
        not_out = np.bincount(last, theta, minlength=n_times + 1)[::-1].cumsum()[::-1]
        not_in = np.bincount(first, theta, minlength=n_times + 1)[::-1].cumsum()[::-1]
        at_risk = (not_out - not_in)[1:]
        deaths = np.bincount(
            last[has_event] - 1, weight[has_event], minlength=max(n_times, 1)
        )[:n_times]
        self.hazard_ = np.cumsum(deaths / np.maximum(at_risk, 1e-300))
        return self

    def cumulative_hazard(self, log_hazard, times):
        """Cumulative hazard of patients at some times.

        Parameters
        ----------
        log_hazard : ndarray of shape (n_patients,)
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
        return np.exp(log_hazard - self._shift)[:, None] * baseline
