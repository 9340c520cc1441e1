"""Regression on patients."""

from __future__ import annotations

from numbers import Real
from typing import cast

from sklearn.base import RegressorMixin
from sklearn.utils._param_validation import Interval, StrOptions

from magnet_sklearn._estimators._continued import ContinuedTraining
from magnet_sklearn._estimators._declaration import (
    options,
    parameter,
    with_parameters,
)
from magnet_sklearn._targets import NumberTarget, check_levels
from magnet_sklearn.losses import NUMBER_LOSSES


@with_parameters
class MultiModalGNNRegressor(RegressorMixin, ContinuedTraining):
    """Regressor for multimodal data with missing modalities.

    The same steps as in :class:`MagnetClassifier`, for one or several numbers: experts
    per modality and on all modalities side by side, weighted out of fold, to which an
    ensemble of networks on the patient graph adds as far as that helps patients held
    out. Targets are standardised inside; each has experts and gates of its own.

    In `fit`, y holds numbers, of shape (n_patients,) or (n_patients, n_targets).

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}
    scaler_ : TargetScaler
        Mean and spread of y.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData, MultiModalGNNRegressor
    >>> rng = np.random.default_rng(0)
    >>> rna, protein = rng.normal(size=(60, 5)), rng.normal(size=(60, 3))
    >>> y = rna[:, 0] - protein[:, 0]
    >>> protein[:20] = np.nan  # a third of the patients has no protein data
    >>> X = MultiModalData({"rna": rna, "protein": protein})
    >>> model = MultiModalGNNRegressor(max_epochs=5, ensemble_size=2, random_state=0)
    >>> model.fit(X, y).predict(X[:3], quantiles=[0.1, 0.9]).shape
    (3, 2)
    """

    loss: str = parameter(
        "squared_error",
        [StrOptions(set(NUMBER_LOSSES))],
        options(NUMBER_LOSSES),
        """Error that the networks and the combination of the experts minimise. "huber"
        is squared up to one standard deviation of y; "absolute_error" aims at the
        median, "quantile" (pinball loss) at another quantile.""",
    )
    quantile: float = parameter(
        0.5,
        [Interval(Real, 0, 1, closed="neither")],
        "float",
        """Level in (0, 1) for ``loss="quantile"``. For several levels of one fitted
        model see `predict`.""",
    )

    def predict(self, X, quantiles=None):
        """Predict numbers, or quantiles of their distribution.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.
        quantiles : list of float, default=None
            Levels in (0, 1). Quantiles come from the residuals of training patients by
            models that have not learned from them (split-conformal), scaled by the
            spread among patients with as many modalities. Members hold all patients
            out together where `ensemble_size` times `validation_fraction` is 1; without
            `early_stopping` the residuals are those of the experts.

        Returns
        -------
        y : ndarray of shape (n_patients,), (n_patients, n_targets), \
                (n_patients, n_quantiles) or (n_patients, n_targets, n_quantiles)
            In units of y; with `quantiles` one more axis. A patient without any
            observed modality gets the average of the training patients.

        Raises
        ------
        ValueError
            If X has no patients, an infinite value, a modality or columns that `fit`
            did not see, or a quantile is not between 0 and 1.
        """
        predicted, target = self._predicted(X), self._target
        if quantiles is None:
            return target.predict(predicted.outputs)
        levels = check_levels(quantiles)
        return target.predict_quantiles(predicted.outputs, predicted.mask, levels)

    def score(self, X, y, sample_weight=None):
        """Coefficient of determination, R2.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        y : array-like of shape (n_patients,) or (n_patients, n_targets)
            Numbers.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients.

        Returns
        -------
        score : float
            Higher is better.
        """
        return super().score(*self._to_score(X, y, sample_weight))

    @property
    def scaler_(self):
        """Mean and spread of y."""
        return self._target.scaler_

    @property
    def _target(self) -> NumberTarget:
        return cast("NumberTarget", self._model.target)

    def _make_target(self, y):
        """Numbers."""
        return NumberTarget(loss=self.loss, quantile=self.quantile)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
