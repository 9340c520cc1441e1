"""Kaplan-Meier estimate of the time to censoring."""

import numpy as np


class CensoringCurve:
    """Probability of not being censored, from training patients.

    Parameters
    ----------
    survival : Survival
        Training patients.
    """

    def __init__(self, survival):
        time, censored = survival.time, survival.event == 0
        self._times, inverse = np.unique(time, return_inverse=True)
        n_censored = np.bincount(inverse, censored)
        n_events = np.bincount(inverse, ~censored)
        n_at_risk = len(time) - np.r_[0, np.cumsum(np.bincount(inverse))[:-1]]
        # at tied times events come first: these patients are not at risk of censoring
        n_at_risk = np.maximum(n_at_risk - n_events, 1)
        self._probability = np.r_[1.0, np.cumprod(1 - n_censored / n_at_risk)]

    def at(self, time):
        """Probability of not being censored up to and at a time.

        Parameters
        ----------
        time : ndarray of shape (n_times,)
            Times.

        Returns
        -------
        probability : ndarray of shape (n_times,)
            Between 0 and 1.
        """
        return self._probability[np.searchsorted(self._times, time, side="right")]

    def weights(self, survival):
        """Inverse probability of censoring weights of other patients.

        Parameters
        ----------
        survival : Survival
            Patients.

        Returns
        -------
        weights : ndarray of shape (n_patients,)
            0 for the censored.

        Raises
        ------
        ValueError
            If an event is later than all training patients are observed.
        """
        probability = self.at(survival.time)
        has_event = survival.event > 0
        if (probability[has_event] == 0).any():
            raise ValueError(
                "Some test patients have an event at a time when every training "
                "patient is censored, so that their weight is infinite. Pass an "
                "earlier `tau` or `times`, or leave these patients out."
            )
        weights = np.zeros(len(probability))
        weights[has_event] = 1 / probability[has_event]
        return weights
