"""Scores of patients with the same observed modalities."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import is_classifier, is_regressor
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_random_state

from magnet_sklearn.metrics import concordance_index_censored
from magnet_sklearn.plotting._patterns import missing_patterns
from magnet_sklearn.plotting._style import (
    GREY,
    PALETTE,
    axes_or_new,
    named_rows,
    plain,
    size_for_rows,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RESAMPLED = 1000  # patients in a resample


class ScoreByPatternDisplay:
    """Score of all patients, and of those with the same observed modalities.

    Lines are 95 % intervals, percentiles over resamples of the patients (bootstrap). Of
    more than 1000 patients a resample holds 1000, and its distance from the score is
    scaled by the square root of their share [1]_. Make one with `from_estimator` or
    `from_predictions`.

    Parameters
    ----------
    scores : DataFrame with columns n_patients, score, lower and upper
        Rows are patterns, the first is all patients.
    label : str
        Name of the score.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the scores.
    figure_ : matplotlib Figure
        The figure.

    References
    ----------
    .. [1] P. J. Bickel et al., "Resampling fewer than n observations: gains, losses,
       and remedies for losses", Statistica Sinica 7 (1997).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.plotting import ScoreByPatternDisplay
    >>> age = np.where(np.arange(40) < 20, 1.0, np.nan)
    >>> X = {"rna": np.ones((40, 1)), "age": age[:, None]}
    >>> y = np.arange(40) % 2
    >>> said = np.where(np.arange(40) < 20, y, 0)
    >>> display = ScoreByPatternDisplay.from_predictions(X, y, said)
    >>> display.scores["score"].to_dict()
    {'all patients': 0.75, 'all modalities': 1.0, 'rna': 0.5}
    """

    def __init__(self, scores, *, label):
        self.scores = scores
        self.label = label

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        metric: Callable[[Any, Any], float] | None = None,
        min_patients: int = 10,
        n_resamples: int = 100,
        random_state: Any = 0,
        ax: Axes | None = None,
    ) -> ScoreByPatternDisplay:
        """Score what a fitted estimator predicts.

        Parameters
        ----------
        estimator : fitted estimator
            Its `predict` is scored.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients, preferably not those of `fit`.
        y : array-like or DataFrame with n_patients rows
            Their target.
        metric : callable, default=None
            Of y and predictions, higher or lower is better. If None, accuracy, R2 or
            the concordance index.
        min_patients : int, default=10
            Patterns of fewer patients are put together as "other patterns".
        n_resamples : int, default=100
            Resamples for the intervals.
        random_state : int, RandomState instance or None, default=0
            Seed of the resamples.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ScoreByPatternDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If patients of X, y and predictions are not as many.
        """
        if metric is None and is_regressor(estimator):
            metric = r2_score
        elif metric is None and not is_classifier(estimator):
            metric = concordance_index_censored
        return cls.from_predictions(
            X,
            y,
            estimator.predict(X),
            metric=metric or accuracy_score,
            modalities=getattr(estimator, "modalities", None),
            min_patients=min_patients,
            n_resamples=n_resamples,
            random_state=random_state,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        X: Any,
        y_true: Any,
        y_pred: Any,
        *,
        metric: Callable[[Any, Any], float] = accuracy_score,
        modalities: Any = None,
        min_patients: int = 10,
        n_resamples: int = 100,
        random_state: Any = 0,
        ax: Axes | None = None,
    ) -> ScoreByPatternDisplay:
        """Score predictions that are at hand, such as out-of-fold ones.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Patients; only which modalities they have counts.
        y_true : array-like or DataFrame with n_patients rows
            Target.
        y_pred : array-like or DataFrame with n_patients rows
            What `metric` compares with it: classes, numbers, probabilities, risks.
        metric : callable, default=accuracy_score
            Of target and predictions, higher or lower is better.
        modalities : dict of str to columns, default=None
            For flat X, as in the estimators.
        min_patients : int, default=10
            Patterns of fewer patients are put together as "other patterns".
        n_resamples : int, default=100
            Resamples for the intervals.
        random_state : int, RandomState instance or None, default=0
            Seed of the resamples.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ScoreByPatternDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If patients of X, y and predictions are not as many.
        """
        patterns = missing_patterns(X, modalities)
        n_patients = len(patterns.codes)
        if not n_patients == len(y_true) == len(y_pred):
            raise ValueError(
                f"X has {n_patients} patients, y_true {len(y_true)} and y_pred "
                f"{len(y_pred)}; they must be the same ones."
            )
        rows = {"all patients": np.arange(n_patients)}
        is_kept = patterns.counts >= min_patients
        for code in np.flatnonzero(is_kept):
            rows[patterns.names[code]] = np.flatnonzero(patterns.codes == code)
        others = np.flatnonzero(~is_kept[patterns.codes])
        if 0 < len(others) < n_patients:
            rows["other patterns"] = others
        metric(y_true, y_pred)  # what it refuses here is no matter of small patterns
        generator, scores = check_random_state(random_state), {}
        for name, of_pattern in rows.items():
            scores[name] = _score(
                metric, y_true, y_pred, of_pattern, n_resamples, generator
            )
        frame = pd.DataFrame.from_dict(scores, orient="index")
        label = getattr(metric, "__name__", "score").removesuffix("_score")
        return cls(frame, label=label.replace("_", " ")).plot(ax)

    def plot(self, ax: Axes | None = None) -> ScoreByPatternDisplay:
        """Draw the scores.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ScoreByPatternDisplay
            With the attributes above.
        """
        scores = self.scores
        names = [
            f"{name} (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{count:,})"
            for name, count in zip(scores.index, scores["n_patients"], strict=True)
        ]
        self.ax_ = ax = axes_or_new(ax, size_for_rows(names))
        self.figure_ = ax.figure
        rows = np.arange(len(scores))
        ax.hlines(rows, scores["lower"], scores["upper"], PALETTE[0], lw=1.5)
        colors = [PALETTE[6], *[PALETTE[0]] * (len(rows) - 1)]
        ax.scatter(scores["score"], rows, c=colors, s=36, zorder=3)
        ax.axvline(scores["score"].iloc[0], color=GREY, lw=0.8, ls="--", zorder=0)
        named_rows(ax, names)
        ax.set_xlabel(f"{self.label} (with 95% interval)")
        plain(ax)
        return self


def _score(metric, y_true, y_pred, rows, n_resamples, generator):
    """Score some patients, with percentiles of resamples; NaN where it has no value."""
    score = _value(metric, y_true, y_pred, rows)
    size = min(len(rows), _RESAMPLED)
    drawn = [generator.choice(rows, size) for _ in range(n_resamples)]
    resampled = np.array([_value(metric, y_true, y_pred, some) for some in drawn])
    resampled = resampled[np.isfinite(resampled)]
    lower, upper = np.nan, np.nan
    if len(resampled):
        limits = np.quantile(resampled, [0.025, 0.975])
        lower, upper = score + np.sqrt(size / len(rows)) * (limits - score)
    return {"n_patients": len(rows), "score": score, "lower": lower, "upper": upper}


def _value(metric, y_true, y_pred, rows):
    """Value of a metric, or NaN of patients it cannot compare, such as one class."""
    if len(rows) < 2:
        return np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        try:
            return float(metric(_take(y_true, rows), _take(y_pred, rows)))
        except ValueError:
            return np.nan


def _take(values, rows):
    """Rows of an array or frame."""
    return values.iloc[rows] if hasattr(values, "iloc") else np.asarray(values)[rows]
