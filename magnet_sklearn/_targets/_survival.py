"""A survival time per patient, with censoring."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_consistent_length

from magnet_sklearn._targets._base import Target
from magnet_sklearn._targets._hazards import BreslowBaseline, DiscreteHazard
from magnet_sklearn._targets._unlabelled import is_unlabelled
from magnet_sklearn.data import Survival, check_survival, event_and_time
from magnet_sklearn.experts import EvidenceKind, SurvivalEvidence
from magnet_sklearn.losses import CoxLoss, DiscreteTimeLoss, TaskLoss
from magnet_sklearn.metrics import concordance_index_censored


class SurvivalTarget(Target):
    """Times of an event or of censoring.

    Checked, they are columns: event, time, entry time and stratum; NaN is no label.

    Parameters
    ----------
    name : str, default="y"
        What errors call it.
    model : {"cox", "discrete"}, default="cox"
        Proportional hazards, or a hazard per interval.
    cause : int, default=1
        Event that counts; others count as censored.

    Attributes
    ----------
    baseline_ : BreslowBaseline or DiscreteHazard
        From outputs to curves.
    """

    without_data = "the average risk"

    def __init__(self, name="y", *, model="cox", cause=1):
        super().__init__(name)
        self.model = model
        self.cause = cause
        self.unit = "log-hazard" if model == "cox" else "logit of the hazard"

    def check(self, y, strata=None):
        """Return event, time, entry time and stratum as columns."""
        survival = check_survival(y)
        check_consistent_length(survival.time, strata)
        codes = np.zeros(len(y)) if strata is None else pd.factorize(strata)[0]
        return np.column_stack([*survival, codes])

    def is_unlabelled(self, y, marker):
        """Tell whose time is the marker."""
        time = y if marker is None else event_and_time(y)["time"]
        return is_unlabelled(time, marker)

    def from_columns(self, y):
        """Return the same from the columns of a task, NaN without a time."""
        known = y.notna().all(axis=1).to_numpy()
        columns = np.full((len(y), 4), np.nan)
        columns[known] = self.check(y[known])
        return columns

    def fit(self, y, weight, earlier=None):
        """Choose the loss, and for a discrete model the intervals."""
        y = y[~np.isnan(y[:, 1])]
        self._moments = np.unique(y[:, 1:3])
        self.baseline_: BreslowBaseline | DiscreteHazard = BreslowBaseline()
        self.loss: TaskLoss = CoxLoss()
        target = self.encode(y)
        if self.model == "discrete":
            ranks = target[target[:, 2] > 0, 1]
            n_intervals = int(np.clip(len(ranks) // 10, 2, 10))
            levels = np.linspace(0, 1, n_intervals + 1)[1:-1]
            inner = np.unique(np.quantile(ranks, levels, method="inverted_cdf"))
            edges = np.append(self._moments[inner.astype(int)], y[:, 1].max())
            self.baseline_ = DiscreteHazard(edges)
            self.loss = DiscreteTimeLoss(inner)
        return self

    def encode(self, y):
        """Return rank of entry and time, event and stratum; NaN without a time.

        The partial likelihood depends on ranks only, and networks are trained in single
        precision, in which near times would be ties.
        """
        target = np.full(y.shape, np.nan)
        known = ~np.isnan(y[:, 1])
        event, time, entry, stratum = y[known].T
        has_event = event == self.cause
        if not has_event.any():
            raise ValueError(
                f"Survival {self.name} has no event of cause {self.cause} among "
                f"{len(event)} patients; causes seen: {np.unique(event).tolist()} (0 "
                "is censored). Pass patients with events."
            )
        target[known] = np.column_stack(
            [*self._ranks(np.stack([entry, time])), has_event, stratum]
        )
        return target

    def _ranks(self, moments):
        """Ranks of moments, on the scale of `fit` where intervals refer to it."""
        if self.model == "cox":
            inverse = np.unique(moments, return_inverse=True)[1]
            return inverse.reshape(moments.shape)
        place = np.searchsorted(self._moments, moments)
        nearest = np.minimum(place, len(self._moments) - 1)
        return place - 0.5 * (self._moments[nearest] != moments)

    def evidence(self) -> list[EvidenceKind]:
        """Return log-hazards."""
        return [SurvivalEvidence()]

    def calibrate(self, held_out):
        """Fit the baseline hazard to held-out log-hazards."""
        event, time, entry, _ = held_out.y.T
        survival = Survival(event == self.cause, time, entry)
        self.baseline_.fit(survival, held_out.outputs, held_out.weight)

    def predict(self, outputs):
        """Return risks: higher is worse."""
        return self.baseline_.risk(outputs)

    def cumulative_hazard(self, outputs, times):
        """Return the cumulative hazard, a column for each time."""
        return self.baseline_.cumulative_hazard(outputs, times)

    def survival_columns(self, outputs, times):
        """Return survival probabilities by time."""
        times = self.baseline_.times_ if times is None else times
        survival = np.exp(-self.cumulative_hazard(outputs, times))
        return dict(zip(times, survival.T, strict=True))

    def score(self, y, outputs):
        """Harrell's concordance index."""
        times = pd.DataFrame({"event": y[:, 0] == self.cause, "time": y[:, 1]})
        return concordance_index_censored(times, self.predict(outputs))
