"""One or several numbers per patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_array, column_or_1d

from magnet_sklearn._targets._base import Target
from magnet_sklearn._targets._residuals import ResidualQuantiles
from magnet_sklearn._targets._scaling import TargetScaler
from magnet_sklearn.experts import EvidenceKind, NumberEvidence
from magnet_sklearn.losses import MultiTaskLoss, NumberLoss, TaskLoss


class NumberTarget(Target):
    """Numbers, standardised inside.

    Parameters
    ----------
    name : str, default="y"
        What errors call it.
    loss : str, default="squared_error"
        Error, as in :class:`NumberLoss`.
    quantile : float, default=0.5
        Level for ``loss="quantile"``.

    Attributes
    ----------
    scaler_ : TargetScaler
        Mean and spread.
    residuals_ : ResidualQuantiles
        Spread of held-out residuals.
    """

    unit = "units of y"

    def __init__(self, name="y", *, loss="squared_error", quantile=0.5):
        super().__init__(name)
        self.error = loss
        self.quantile = quantile

    def check(self, y):
        """Return finite numbers, of shape (n_patients,) or (n_patients, n_targets)."""
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        if y.ndim > 2:
            raise ValueError(
                f"y has shape {y.shape}. Pass one number per patient, or a column per "
                "target."
            )
        return column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def fit(self, y, weight, earlier=None):
        """Learn mean and spread."""
        values = np.asarray(y, dtype=float)
        infinite = np.flatnonzero(np.isinf(values.reshape(len(values), -1)).any(axis=1))
        if len(infinite) or np.isnan(values).all():
            problem = f"is infinite in row(s) {infinite[:5].tolist()}"
            raise ValueError(
                f"{self.name} {problem if len(infinite) else 'has no number'}. Give "
                "numbers, NaN for patients without a label, or leave the task out."
            )
        self.is_flat = values.ndim == 1
        values = values.reshape(len(values), -1)
        self.scaler_ = (
            TargetScaler().fit(values, weight) if earlier is None else earlier.scaler_
        )
        losses: list[TaskLoss] = [
            NumberLoss(self.error, self.quantile) for _ in range(values.shape[1])
        ]
        self.loss = losses[0] if len(losses) == 1 else MultiTaskLoss(losses, "equal")
        return self

    def encode(self, y):
        """Standardise; NaN without a label."""
        return self.scaler_.transform(np.asarray(y, dtype=float).reshape(len(y), -1))

    def evidence(self) -> list[EvidenceKind]:
        """Return differences to the mean, for each number."""
        return [NumberEvidence() for _ in range(self.loss.n_outputs)]

    def calibrate(self, held_out):
        """Learn the spread of residuals."""
        self.residuals_ = ResidualQuantiles().fit(
            held_out.mask, self.encode(held_out.y), held_out.outputs, held_out.weight
        )

    def output_scale(self):
        """Units of y."""
        return replace(
            super().output_scale(),
            weights=np.diag(self.scaler_.scale_),
            shift=self.scaler_.mean_,
        )

    def task_names(self):
        """One number, or their columns."""
        n_targets = self.loss.n_outputs
        return [self.name] if n_targets == 1 else [str(n) for n in range(n_targets)]

    def predict(self, outputs):
        """Return numbers in the units of y."""
        y = self.scaler_.inverse_transform(outputs)
        return y[:, 0] if self.is_flat else y

    def predict_quantiles(self, outputs, mask, levels):
        """Return quantiles in the units of y; the last axis is that of the levels."""
        spread = self.residuals_.quantiles(mask, levels)  # (levels, patients, targets)
        y = self.scaler_.inverse_transform(outputs + spread)
        return y[:, :, 0].T if self.is_flat else np.moveaxis(y, 0, 2)

    def quantile_columns(self, outputs, mask, levels):
        """Return quantiles of a single number by level."""
        quantiles = self.predict_quantiles(outputs, mask, levels)
        return dict(zip(levels, quantiles.T, strict=True))

    def score(self, y, outputs):
        """Coefficient of determination."""
        return r2_score(np.asarray(y, dtype=float), self.predict(outputs))
