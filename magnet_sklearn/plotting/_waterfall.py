"""From the baseline to the prediction of one patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from magnet_sklearn._utils import listed
from magnet_sklearn.explain import feature_attribution, modality_importance
from magnet_sklearn.plotting._explained import check_explanation, only, place_of
from magnet_sklearn.plotting._style import (
    GREY,
    PALETTE,
    axes_or_new,
    named_rows,
    part_name,
    plain,
    size_for_rows,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from magnet_sklearn.explain import Explanation

_PARTS = {"modalities": modality_importance, "features": feature_attribution}


class WaterfallDisplay:
    """What leads from the baseline to the prediction of one patient.

    Each bar starts where the one above ends: orange bars raise the prediction, blue
    ones lower it. Make one with `from_estimator` or `from_explanation`.

    Parameters
    ----------
    contributions : Series of length n_parts
        What each part adds, the part drawn on top first.
    base_value : float
        Where the first bar starts: the output without any of the parts.
    unit : str
        Unit of the values; of log-odds the probability is written, too.
    title : str, default=""
        Whose prediction it is, and of what.

    Attributes
    ----------
    prediction_ : float
        Where the last bar ends.
    ax_ : matplotlib Axes
        Axes with the bars.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.plotting import WaterfallDisplay
    >>> parts = pd.Series({"rna": 2.0, "age": -0.5})
    >>> display = WaterfallDisplay(parts, base_value=-1.0, unit="log-odds").plot()
    >>> display.prediction_
    0.5
    """

    def __init__(self, contributions, *, base_value, unit, title=""):
        self.contributions = contributions
        self.base_value = base_value
        self.unit = unit
        self.title = title

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        parts: str = "modalities",
        patient: Any = None,
        output: Any = None,
        max_parts: int = 10,
        ax: Axes | None = None,
    ) -> WaterfallDisplay:
        """Draw what modalities or features add to the prediction of one patient.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        parts : {"modalities", "features"}, default="modalities"
            Exact contributions, or :func:`magnet_sklearn.explain.feature_attribution`.
        patient : id of a patient, default=None
            Whom to draw; needed if X has several patients.
        output : name of an output, default=None
            Which class, label, target or task; needed if there are several. Of
            classes None is the one with the largest logit.
        max_parts : int, default=10
            How many parts have their own bar; the others share one.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : WaterfallDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If `parts`, patient or output are unknown or left open.
        """
        if parts not in _PARTS:
            raise ValueError(f"parts is {parts!r}. Choose one of {listed(_PARTS)}.")
        return cls.from_explanation(
            _PARTS[parts](estimator, X),
            patient=patient,
            output=output,
            max_parts=max_parts,
            ax=ax,
        )

    @classmethod
    def from_explanation(
        cls,
        explanation: Explanation,
        *,
        patient: Any = None,
        output: Any = None,
        max_parts: int = 10,
        ax: Axes | None = None,
    ) -> WaterfallDisplay:
        """Draw the values of one patient, the largest first.

        Parameters
        ----------
        explanation : Explanation
            Of modalities or features, with values that add up to predictions.
        patient : id of a patient, default=None
            Whom to draw; needed if the explanation is of several patients.
        output : name of an output, default=None
            Which class, label, target or task; needed if there are several. Of
            classes None is the one with the largest logit.
        max_parts : int, default=10
            How many parts have their own bar; the others share one.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : WaterfallDisplay
            With the attributes above.

        Raises
        ------
        TypeError
            If it is no Explanation.
        ValueError
            If values do not add up to predictions, or patient or output are unknown or
            left open.
        """
        explanation = only(check_explanation(explanation), patient)
        predictions = explanation.predictions()[0]
        place = _place(explanation, output, predictions)
        name, unit = explanation.outputs[place], explanation.units[place]
        contributions = _largest(_values(explanation, place), max_parts)
        base = explanation.base_values
        base_value = 0.0 if base is None else float(base[0, place])
        residual = (
            predictions[place] - base_value - explanation.values[0, :, place].sum()
        )
        if abs(residual) > 1e-6 * max(1.0, abs(predictions[place])):
            contributions["residual"] = residual
        return cls(
            contributions,
            base_value=base_value,
            unit=unit,
            title=f"patient {explanation.index[0]}: {name}",
        ).plot(ax)

    def plot(self, ax: Axes | None = None) -> WaterfallDisplay:
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : WaterfallDisplay
            With the attributes above.
        """
        values = self.contributions.to_numpy(float)
        ends = self.base_value + np.cumsum(values)
        starts = np.r_[self.base_value, ends[:-1]]
        self.prediction_ = float(ends[-1])
        names = ["baseline", *self.contributions.index, "prediction"]
        self.ax_ = ax = axes_or_new(ax, size_for_rows(names))
        self.figure_ = ax.figure
        rows = np.arange(1, len(values) + 1)
        colors = np.where(values >= 0, PALETTE[1], PALETTE[0])
        ax.barh(rows, values, 0.7, left=starts, color=colors)
        edges = np.r_[starts, ends[-1]]
        ax.vlines(edges, np.arange(len(edges)), np.arange(len(edges)) + 1, GREY, lw=0.8)
        points = [self.base_value, self.prediction_]
        ax.plot(points, [0, len(values) + 1], "D", color=PALETTE[6], ms=6)
        self._write_numbers(starts, ends, values)
        named_rows(ax, names)
        ax.set_xlabel(self.unit)
        ax.set_title(self.title, loc="left")
        plain(ax)
        return self

    def _write_numbers(self, starts, ends, values):
        """Write each number beyond the right end of its bar."""
        texts = [f"{value:+.3g}" for value in values]
        points = np.array([self.base_value, self.prediction_])
        right = np.r_[points[0], np.maximum(starts, ends), points[1]]
        texts = [self._total(points[0]), *texts, self._total(points[1])]
        for row, (place, text) in enumerate(zip(right, texts, strict=True)):
            self.ax_.annotate(
                text, (place, row), (6, 0), textcoords="offset points", va="center"
            )
        # numbers stand inside the axes
        lowest, highest = min(points.min(), ends.min()), max(points.max(), ends.max())
        span = (highest - lowest) or 1.0
        self.ax_.set_xlim(lowest - 0.05 * span, highest + 0.28 * span)

    def _total(self, value):
        """Write a sum, with its probability where it is log-odds."""
        if self.unit != "log-odds":
            return f"{value:.3g}"
        probability = expit(value)
        if not 0.005 <= probability < 0.995:  # nothing is certain
            return f"{value:.3g} ({'> 99%' if probability > 0.5 else '< 1%'})"
        return f"{value:.3g} ({probability:.0%})"


def _place(explanation, output, predictions):
    """Position of the output to draw."""
    if output is not None:
        return place_of(explanation, output)
    if len(predictions) == 1:
        return 0
    if set(explanation.units) == {"logit"}:
        return int(predictions.argmax())
    raise ValueError(
        f"The explanation has the outputs {list(explanation.outputs)!r}; say which one "
        f"to draw: output={explanation.outputs[0]!r}."
    )


def _values(explanation, place):
    """Values of a patient by part; of features, what the patient has is in the name."""
    names = [part_name(part) for part in explanation.parts]
    if explanation.data is not None:
        names = [
            f"{name} = {_shown(value)}"
            for name, value in zip(names, explanation.data.iloc[0], strict=True)
        ]
    return pd.Series(explanation.values[0, :, place], names)


def _shown(value):
    """Write a number in four digits, a category as it is."""
    if pd.isna(value):
        return "missing"
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _largest(values, max_parts):
    """Return the largest parts and the sum of the others; parts of 0 are left out."""
    values = values[values != 0]
    order = values.abs().to_numpy().argsort(kind="stable")[::-1]
    if len(values) <= max_parts:
        return values.iloc[order]
    shown, others = values.iloc[order[:max_parts]], values.iloc[order[max_parts:]]
    rest = pd.Series({f"{len(others)} other parts": others.sum()})
    return pd.concat([shown, rest])
