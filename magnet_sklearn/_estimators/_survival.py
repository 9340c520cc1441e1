"""Survival analysis of patients."""

from __future__ import annotations

from numbers import Integral
from typing import cast

import numpy as np
import pandas as pd
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators._continued import ContinuedTraining
from magnet_sklearn._estimators._declaration import parameter, with_parameters
from magnet_sklearn._targets import SurvivalTarget, check_times


@with_parameters
class MagnetSurvivalAnalysis(ContinuedTraining):
    """Survival model for multimodal data with missing modalities.

    The same steps as in :class:`MagnetClassifier`, for survival times with censoring:
    ridge Cox experts and forests of martingale residuals, per modality and on all
    modalities side by side, weighted out of fold by a Cox fit, to which an ensemble of
    networks on the patient graph, trained with Cox's partial likelihood (Efron's ties),
    adds as far as that helps patients held out. Survival curves stand on a Breslow
    baseline, fitted to the log-hazards of training patients by models that did not
    learn from them.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}
    baseline_hazard_ : BreslowBaseline or DiscreteHazard
        From outputs to curves; for Cox the cumulative hazard at log-hazard 0.
    event_times_ : ndarray of shape (n_times,)
        Distinct times of events in `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
    >>> rng = np.random.default_rng(0)
    >>> rna, protein = rng.normal(size=(80, 5)), rng.normal(size=(80, 3))
    >>> y = pd.DataFrame({"event": rng.random(80) < 0.7, "time": np.exp(-rna[:, 0])})
    >>> protein[:30] = np.nan
    >>> X = MultiModalData({"rna": rna, "protein": protein})
    >>> model = MagnetSurvivalAnalysis(max_epochs=5, ensemble_size=2, random_state=0)
    >>> model.fit(X, y).predict_survival_function(X[:2], times=[0.5, 1.0]).shape
    (2, 2)
    """

    model: str = parameter(
        "cox",
        [StrOptions({"cox", "discrete"})],
        '{"cox", "discrete"}',
        """"cox" has proportional hazards; "discrete" learns the hazards of ten
        intervals with as many events each (fewer where there are few), which may
        cross.""",
    )
    cause: int = parameter(
        1,
        [Interval(Integral, 1, None, closed="left")],
        "int",
        """Event that counts; events of other causes (competing risks) count as
        censored, which makes the hazards cause-specific.""",
    )

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        groups=None,
        strata=None,
        X_val=None,
        y_val=None,
        init_from=None,
    ):
        """Fit as all estimators do, with strata besides.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that :meth:`MagnetClassifier.fit` accepts.
        y : structured array or DataFrame of shape (n_patients,)
            Fields or columns `event` (bool, or 0 and the number of a cause), `time` and
            optionally `entry`, the time from which a patient was observed (left
            truncation).
        sample_weight, groups : array-like of shape (n_patients,), default=None
            Weights of the patients, and who is held out together.
        strata : array-like of shape (n_patients,), default=None
            Patients of different strata are never compared in the likelihood. Survival
            curves are those of all strata together.
        X_val, y_val : multimodal data and survival times, default=None
            Patients for early stopping and gates, in place of held-out folds.
        init_from : fitted estimator, default=None
            Model of another cohort, as in :meth:`MagnetClassifier.fit`.

        Returns
        -------
        self : MagnetSurvivalAnalysis
            The fitted model.
        """
        beside = {"sample_weight": sample_weight, "groups": groups, "strata": strata}
        return self._fit(self._start_state(init_from), X, y, beside, X_val, y_val)

    def predict(self, X):
        """Predict risks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        risk : ndarray of shape (n_patients,)
            Log-hazard (log of the cumulative hazard at the end for
            ``model="discrete"``); higher is worse.

        Raises
        ------
        ValueError
            If X has no patients, an infinite value, a modality or columns that `fit`
            did not see.
        """
        outputs = self._predicted(X).outputs
        return self._target.predict(outputs)

    def predict_cumulative_hazard_function(self, X, times=None):
        """Predict the cumulative hazard over time.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        times : array-like of shape (n_times,), default=None
            Times, in the units of y; None is `event_times_`.

        Returns
        -------
        hazard : DataFrame of shape (n_patients, n_times)
            Increasing in time.
        """
        check_is_fitted(self)
        times = check_times(self.event_times_ if times is None else times)
        predicted = self._predicted(X)
        hazard = self.baseline_hazard_.cumulative_hazard(predicted.outputs, times)
        return pd.DataFrame(hazard, predicted.index, pd.Index(times, name="time"))

    def predict_survival_function(self, X, times=None):
        """Predict the probability of no event up to each time.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        times : array-like of shape (n_times,), default=None
            Times, in the units of y; None is `event_times_`.

        Returns
        -------
        survival : DataFrame of shape (n_patients, n_times)
            Decreasing in time, between 0 and 1.
        """
        return np.exp(-self.predict_cumulative_hazard_function(X, times))

    def predict_median_survival_time(self, X):
        """Predict the time at which survival falls to one half.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        time : ndarray of shape (n_patients,)
            In the units of y; infinite where survival stays above one half.
        """
        reached = self.predict_survival_function(X).to_numpy() <= 0.5
        first = self.event_times_[np.argmax(reached, axis=1)]
        return np.where(reached.any(axis=1), first, np.inf)

    def score(self, X, y):
        """Concordance index of the predicted risks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        y : structured array or DataFrame of shape (n_patients,)
            Survival times.

        Returns
        -------
        concordance : float
            Harrell's concordance index; 0.5 is chance.
        """
        self._check_patients(X, y=y)
        outputs, target = self._predicted(X).outputs, self._target
        return target.score(target.check(y), outputs)

    @property
    def baseline_hazard_(self):
        """From outputs to curves."""
        return self._target.baseline_

    @property
    def event_times_(self):
        """Distinct times of events in `fit`."""
        return self.baseline_hazard_.times_

    @property
    def _target(self) -> SurvivalTarget:
        return cast("SurvivalTarget", self._model.target)

    def _make_target(self, y):
        """Survival times."""
        return SurvivalTarget(model=self.model, cause=self.cause)
