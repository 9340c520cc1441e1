"""Predicted probabilities against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from magnet_sklearn._utils import listed
from magnet_sklearn.plotting._style import GREY, PALETTE, axes_or_new, panels, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STRATEGIES = ("uniform", "quantile")


class ReliabilityDisplay:
    """Calibration: predicted probabilities against observed shares, with a histogram.

    With two classes the probability is that of the second. With more it is that of the
    predicted class, and the share is that of correct predictions (top-label
    calibration). The expected calibration error [1]_ is the mean distance of share and
    probability, each bin weighted by its patients. Bars are Wilson's 95 % intervals.
    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    bins : DataFrame with columns left, right, count, prob_pred and prob_true
        A row for each bin that has patients.
    label : str, default="predicted probability"
        What the probability is of.
    share_label : str, default="observed share"
        What the share is of.

    Attributes
    ----------
    expected_calibration_error_ : float
        0 is best.
    bounding_ax_ : matplotlib Axes
        The axes given or made, in which the two others stand.
    ax_ : matplotlib Axes
        Axes with shares.
    axes_ : list of matplotlib Axes
        Those of shares and histogram.
    figure_ : matplotlib Figure
        The figure.

    References
    ----------
    .. [1] M. P. Naeini et al., "Obtaining well calibrated probabilities using Bayesian
       binning", AAAI (2015).

    Examples
    --------
    >>> from magnet_sklearn.plotting import ReliabilityDisplay
    >>> display = ReliabilityDisplay.from_predictions([0, 1, 1], [0.2, 0.9, 0.9])
    >>> round(display.expected_calibration_error_, 3)
    0.133
    """

    def __init__(
        self, bins, *, label="predicted probability", share_label="observed share"
    ):
        self.bins = bins
        self.label = label
        self.share_label = share_label

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        n_bins: int = 10,
        strategy: str = "uniform",
        ax: Axes | None = None,
    ) -> ReliabilityDisplay:
        """Draw the calibration of a fitted classifier.

        Parameters
        ----------
        estimator : fitted classifier
            With `predict_proba` and `classes_`.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients, preferably not those of `fit`.
        y : array-like of shape (n_patients,)
            Their classes.
        n_bins : int, default=10
            How many bins.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width, or with equally many patients.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ReliabilityDisplay
            With the attributes above.

        Raises
        ------
        TypeError
            If it is no classifier with one list of classes.
        """
        if not (hasattr(estimator, "predict_proba") and hasattr(estimator, "classes_")):
            raise TypeError(
                f"{type(estimator).__name__} has no predict_proba and classes_ of one "
                "target. Pass a fitted classifier, or the probabilities of one task to "
                "from_predictions."
            )
        probability = pd.DataFrame(
            np.asarray(estimator.predict_proba(X)), columns=estimator.classes_
        )
        return cls.from_predictions(
            y, probability, n_bins=n_bins, strategy=strategy, ax=ax
        )

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_prob: Any,
        *,
        n_bins: int = 10,
        strategy: str = "uniform",
        ax: Axes | None = None,
    ) -> ReliabilityDisplay:
        """Draw the calibration of probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_patients,)
            Classes.
        y_prob : DataFrame or array-like of shape (n_patients, n_classes)
            Probabilities; columns are the classes, in the order of the frame or sorted.
            One column is the second class.
        n_bins : int, default=10
            How many bins.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width, or with equally many patients.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ReliabilityDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If shapes or classes do not fit, or values are not within 0 and 1.
        """
        if strategy not in _STRATEGIES:
            raise ValueError(
                f"strategy is {strategy!r}. Choose one of {listed(_STRATEGIES)}."
            )
        y_true = np.asarray(y_true)
        probability, classes = _table(y_true, y_prob)
        if len(classes) == 2:
            said, is_true = probability[:, -1], y_true == classes[1]
            label = f"predicted probability of {classes[1]}"
            share_label = f"observed share of {classes[1]}"
        else:
            said = probability.max(axis=1)
            is_true = np.asarray(classes)[probability.argmax(axis=1)] == y_true
            label = "probability of the predicted class"
            share_label = "share of correct predictions"
        bins = _bins(said, is_true, n_bins, strategy)
        return cls(bins, label=label, share_label=share_label).plot(ax)

    def plot(self, ax: Axes | None = None) -> ReliabilityDisplay:
        """Draw shares and histogram.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ReliabilityDisplay
            With the attributes above.
        """
        self.bounding_ax_ = axes_or_new(ax, (5.0, 5.6))
        self.figure_ = self.bounding_ax_.figure
        self.axes_ = panels(self.bounding_ax_, [3, 1])
        self.ax_, below = self.axes_
        bins = self.bins
        predicted, share, count = bins["prob_pred"], bins["prob_true"], bins["count"]
        error = (count * (share - predicted).abs()).sum() / count.sum()
        self.expected_calibration_error_ = float(error)
        self.ax_.plot([0, 1], [0, 1], "--", color=GREY, lw=1, label="perfect")
        self.ax_.errorbar(
            predicted,
            share,
            np.abs(_wilson(share, count) - share.to_numpy()),
            fmt="o-",
            color=PALETTE[0],
            elinewidth=1,
            ms=5,
            label=f"expected calibration error {error:.3f}",
        )
        self.ax_.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
        self.ax_.set(xlim=(0, 1), ylim=(-0.02, 1.02), ylabel=self.share_label)
        width = bins["right"] - bins["left"]
        style: dict[str, Any] = {"color": PALETTE[0], "edgecolor": "white"}
        below.bar(bins["left"], count, width, align="edge", **style)
        below.set(xlabel=self.label, ylabel="patients")
        below.locator_params(axis="y", integer=True, nbins=3)
        plain(self.ax_)
        plain(below)
        return self


def _table(y_true, y_prob):
    """Probabilities with one or more columns, and the classes."""
    probability = np.asarray(y_prob, dtype=float)
    probability = probability.reshape(len(probability), -1)
    classes = np.unique(y_true).tolist()
    if isinstance(y_prob, pd.DataFrame):
        classes = list(y_prob)
    if len(probability) != len(y_true) or y_true.ndim != 1:
        raise ValueError(
            f"y_prob has {len(probability)} rows and y_true the shape {y_true.shape}; "
            "both need one row per patient, and y_true one column."
        )
    if len(classes) != max(probability.shape[1], 2):
        raise ValueError(
            f"y_prob has {probability.shape[1]} columns, y_true {len(classes)} classes "
            f"({listed(classes[:5])}). Pass a DataFrame whose columns are the classes."
        )
    unknown = [name for name in np.unique(y_true).tolist() if name not in classes]
    if unknown:
        raise ValueError(
            f"y_true has the classes {listed(unknown[:5])}, for which y_prob has no "
            "column."
        )
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("y_prob has values that are not within 0 and 1.")
    return probability, classes


def _bins(said, is_true, n_bins, strategy):
    """Mean probability and share of each bin that has patients."""
    edges = np.linspace(0, 1, n_bins + 1)
    if strategy == "quantile":
        edges = np.unique(np.quantile(said, edges))
    place = np.searchsorted(edges[1:-1], said)
    count = np.bincount(place, minlength=max(len(edges) - 1, 1))
    kept = np.flatnonzero(count)
    right = edges[np.minimum(kept + 1, len(edges) - 1)]
    return pd.DataFrame(
        {
            "left": edges[kept],
            "right": right,
            "count": count[kept],
            "prob_pred": np.bincount(place, said)[kept] / count[kept],
            "prob_true": np.bincount(place, is_true)[kept] / count[kept],
        }
    )


def _wilson(share, count):
    """Limits of a share, of shape (2, n_bins)."""
    z = norm.ppf(0.975)
    share, count = share.to_numpy(), count.to_numpy()
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    half *= z / (1 + z**2 / count)
    return np.array([middle - half, middle + half])
