"""Observed survival of groups of patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import Survival, check_survival
from magnet_sklearn.plotting._group_style import RISKS, group_style, p_value_text
from magnet_sklearn.plotting._kaplan_meier import (
    kaplan_meier,
    log_rank_test,
    n_at_risk,
)
from magnet_sklearn.plotting._style import (
    LETTER,
    ROW,
    axes_or_new,
    panels,
    plain,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_BANDS = 4  # bands of more groups hide each other
_MOST_MARKS = 500


class SurvivalCurvesDisplay:
    """Kaplan-Meier curves by group, with numbers at risk and a log-rank test.

    Bands are 95 % intervals (of four groups at most), ticks are censored patients (of
    500 at most). The test [1]_ compares all groups. Events of any cause count. Make one
    with `from_estimator`, `from_predictions` or `from_groups`.

    Parameters
    ----------
    y : structured array or DataFrame of shape (n_patients,)
        Survival times, as :func:`magnet_sklearn.data.check_survival` takes them.
    groups : array-like of shape (n_patients,)
        Group of each patient; categories are drawn in their order.
    time_unit : str, default=None
        Such as "days"; None is "in the units of y".

    Attributes
    ----------
    curves_ : dict of group to DataFrame
        With columns time, survival, lower and upper.
    statistic_, p_value_ : float
        Of the log-rank test.
    bounding_ax_ : matplotlib Axes
        The axes given or made, in which the two others stand.
    ax_ : matplotlib Axes
        Axes with the curves.
    axes_ : list of matplotlib Axes
        Those of curves and numbers at risk.
    figure_ : matplotlib Figure
        The figure.

    References
    ----------
    .. [1] N. Mantel, "Evaluation of survival data and two new rank order statistics
       arising in its consideration", Cancer Chemotherapy Reports 50 (1966).

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.plotting import SurvivalCurvesDisplay
    >>> y = pd.DataFrame({"event": [1, 1, 0, 1], "time": [1.0, 2.0, 3.0, 4.0]})
    >>> display = SurvivalCurvesDisplay.from_predictions(y, [2, 1, 0, 0], n_groups=2)
    >>> display.curves_["high risk"]["survival"].tolist()
    [1.0, 0.5, 0.0]
    """

    def __init__(self, y, groups, *, time_unit=None):
        self.y = y
        self.groups = groups
        self.time_unit = time_unit

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        n_groups: int = 3,
        time_unit: str | None = None,
        ax: Axes | None = None,
    ) -> SurvivalCurvesDisplay:
        """Draw patients in groups of the predicted risk.

        Parameters
        ----------
        estimator : fitted estimator
            Its `predict` is a risk, as of MagnetSurvivalAnalysis.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients, preferably not those of `fit`.
        y : structured array or DataFrame of shape (n_patients,)
            Their survival times.
        n_groups : int, default=3
            Groups of equal size.
        time_unit : str, default=None
            Such as "days"; None is "in the units of y".
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SurvivalCurvesDisplay
            With the attributes above.
        """
        risk = estimator.predict(X)
        return cls.from_predictions(
            y, risk, n_groups=n_groups, time_unit=time_unit, ax=ax
        )

    @classmethod
    def from_predictions(
        cls,
        y: Any,
        risk: Any,
        *,
        n_groups: int = 3,
        time_unit: str | None = None,
        ax: Axes | None = None,
    ) -> SurvivalCurvesDisplay:
        """Draw patients in groups of equal size by risk.

        Parameters
        ----------
        y : structured array or DataFrame of shape (n_patients,)
            Survival times.
        risk : array-like of shape (n_patients,)
            Higher is worse. Equal risks are in one group.
        n_groups : int, default=3
            How many groups; quantiles of the risks of these patients part them.
        time_unit : str, default=None
            Such as "days"; None is "in the units of y".
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SurvivalCurvesDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If risks are not one number per patient, or all equal.
        """
        risk = np.asarray(risk, dtype=float)
        if risk.ndim != 1 or not np.isfinite(risk).all():
            raise ValueError(
                "risk must be one finite number per patient; got an array of shape "
                f"{risk.shape}. Of several tasks pass the column of one."
            )
        if n_groups > 1 and np.ptp(risk) == 0:
            raise ValueError(
                "All risks are equal, so that they part no groups. Use from_groups."
            )
        codes = pd.qcut(risk, n_groups, labels=False, duplicates="drop")
        n_groups = codes.max() + 1
        numbers = [f"risk {place} of {n_groups}" for place in range(1, n_groups + 1)]
        groups = pd.Categorical.from_codes(
            codes, pd.Index(RISKS.get(n_groups, numbers))
        )
        return cls.from_groups(y, groups, time_unit=time_unit, ax=ax)

    @classmethod
    def from_groups(
        cls,
        y: Any,
        groups: Any,
        *,
        time_unit: str | None = None,
        ax: Axes | None = None,
    ) -> SurvivalCurvesDisplay:
        """Draw patients in groups that are at hand.

        Parameters
        ----------
        y : structured array or DataFrame of shape (n_patients,)
            Survival times.
        groups : array-like of shape (n_patients,)
            Such as treatment, cluster or site; patients without a group are left out.
        time_unit : str, default=None
            Such as "days"; None is "in the units of y".
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SurvivalCurvesDisplay
            With the attributes above.

        """
        return cls(y, groups, time_unit=time_unit).plot(ax)

    def plot(self, ax: Axes | None = None) -> SurvivalCurvesDisplay:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SurvivalCurvesDisplay
            With the attributes above.
        """
        survival, groups = check_survival(self.y), pd.Categorical(self.groups)
        if len(groups) != len(survival.time):
            raise ValueError(
                f"There are {len(groups)} groups of {len(survival.time)} patients."
            )
        known = groups.codes >= 0
        test = log_rank_test(
            Survival(*(part[known] for part in survival)), groups.codes[known]
        )
        self.statistic_, self.p_value_ = test
        parts = {
            name: Survival(*(part[groups.codes == code] for part in survival))
            for code, name in enumerate(groups.categories)
            if (groups.codes == code).any()
        }
        width = 5.0 + LETTER * max((len(str(name)) for name in parts), default=0)
        below = ROW * (len(parts) + 1) + 0.2
        self.bounding_ax_ = axes_or_new(ax, (min(width, 9.0), 4.2 + below))
        self.figure_ = self.bounding_ax_.figure
        self.axes_ = panels(self.bounding_ax_, [3.6, below])
        self.ax_ = self.axes_[0]
        self.curves_ = {name: kaplan_meier(part) for name, part in parts.items()}
        self._draw_curves(parts)
        self._write_numbers(parts)
        return self

    def _draw_curves(self, parts):
        """Draw steps, bands and ticks of the censored."""
        ax = self.ax_
        for place, (name, part) in enumerate(parts.items()):
            color, dash = group_style(place)
            curve = self.curves_[name]
            end = curve.iloc[[-1]].assign(time=part.time.max())
            curve = pd.concat([curve, end])
            steps: dict[str, Any] = {"color": color, "ls": dash, "lw": 1.6}
            ax.step(
                curve["time"],
                curve["survival"],
                label=wrapped(name, 30),
                where="post",
                **steps,
            )
            if len(parts) <= _MOST_BANDS:
                limits = curve["time"], curve["lower"], curve["upper"]
                ax.fill_between(*limits, step="post", color=color, alpha=0.15, lw=0)
            censored = np.sort(part.time[part.event == 0])
            if len(censored) <= _MOST_MARKS:
                place_of = np.searchsorted(curve["time"], censored, side="right") - 1
                height = curve["survival"].to_numpy()[place_of]
                ax.plot(censored, height, "|", color=color, ms=6)
        ax.set_ylim(0, 1.02)
        ax.set_xlim(left=0)
        ax.locator_params(axis="x", nbins=6)
        ax.set_ylabel("survival probability")
        if np.isfinite(self.p_value_):
            ax.set_title(
                f"log-rank {p_value_text(self.p_value_)}", loc="left", size="medium"
            )
        if len(parts) > 1:
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
        plain(ax)

    def _write_numbers(self, parts):
        """Write how many patients are at risk below the curves."""
        ax, (low, high) = self.axes_[1], self.ax_.get_xlim()
        times = [time for time in self.ax_.get_xticks() if low <= time <= high]
        for row, part in enumerate(parts.values()):
            for time, count in zip(
                times, n_at_risk(part, np.array(times)), strict=True
            ):
                ax.text(
                    time, row, f"{count:,}", ha="center", va="center", clip_on=False
                )
        names = ["number at risk", *(wrapped(name, 30) for name in parts)]
        ax.set_yticks(range(-1, len(parts)), names)
        for place, label in enumerate(ax.get_yticklabels()[1:]):
            label.set_color(group_style(place)[0])
        ax.set_ylim(len(parts) - 0.4, -1.4)
        # the first numbers stand half beyond the axes
        digits = len(f"{max(len(part.time) for part in parts.values()):,}")
        ax.tick_params(axis="y", length=0, pad=6 + 3.5 * digits)
        ax.spines[["top", "right", "left"]].set_visible(False)
        ax.set_xlabel(f"time ({self.time_unit or 'in the units of y'})")
