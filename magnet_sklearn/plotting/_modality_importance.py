"""Bars of the importance of modalities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from magnet_sklearn.explain import modality_importance
from magnet_sklearn.plotting._bars import bars_or_heatmap
from magnet_sklearn.plotting._explained import check_explanation, size_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from magnet_sklearn.explain import Explanation


class ModalityImportanceDisplay:
    """How much modalities matter, on average over patients; also for each class.

    Make one with `from_estimator` or `from_explanation`.

    Parameters
    ----------
    importance : DataFrame of shape (n_modalities, n_columns)
        A bar for each row and column; more than six columns become a heat map.
    label : str
        What the values are, with their unit.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the bars.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn.explain import Explanation
    >>> from magnet_sklearn.plotting import ModalityImportanceDisplay
    >>> explanation = Explanation(
    ...     values=np.array([[[2.0], [-0.5]], [[1.0], [0.0]]]),
    ...     parts=pd.Index(["rna", "age"]),
    ...     index=pd.Index(["p1", "p2"]),
    ...     outputs=["relapse"],
    ...     units=["log-odds"],
    ...     method="contributions",
    ...     base_values=np.zeros((2, 1)),
    ... )
    >>> display = ModalityImportanceDisplay.from_explanation(explanation)
    >>> display.importance["relapse"].to_dict()
    {'rna': 1.5, 'age': 0.25}
    """

    def __init__(self, importance, *, label):
        self.importance = importance
        self.label = label

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        method: str = "contributions",
        output: Any = None,
        per_output: bool = False,
        ax: Axes | None = None,
    ) -> ModalityImportanceDisplay:
        """Draw the importance of modalities in a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        y : array-like or DataFrame with n_patients rows, default=None
            Target, for methods with a score.
        method : str, default="contributions"
            Of :func:`magnet_sklearn.explain.modality_importance`.
        output : name of an output, default=None
            A class, label, target or task. None is the mean over all, or all beside
            each other if `per_output`.
        per_output : bool, default=False
            Whether each output has its own bars.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ModalityImportanceDisplay
            With the attributes above.
        """
        explanation = modality_importance(estimator, X, y, method=method)
        return cls.from_explanation(
            explanation, output=output, per_output=per_output, ax=ax
        )

    @classmethod
    def from_explanation(
        cls,
        explanation: Explanation,
        *,
        output: Any = None,
        per_output: bool = False,
        ax: Axes | None = None,
    ) -> ModalityImportanceDisplay:
        """Draw the mean size of the values of an explanation.

        Parameters
        ----------
        explanation : Explanation
            Of modalities; the values of features are summed over each modality.
        output : name of an output, default=None
            A class, label, target or task. None is the mean over all, or all beside
            each other if `per_output`.
        per_output : bool, default=False
            Whether each output has its own bars.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ModalityImportanceDisplay
            With the attributes above; modalities in the order of their importance.

        Raises
        ------
        TypeError
            If it is no Explanation.
        ValueError
            If there is no such output, or outputs have different units and none was
            chosen.
        """
        explanation = check_explanation(explanation).by_modality()
        label = size_label(explanation, output)
        mean = explanation.importance(output)
        importance = mean.to_frame("all outputs" if mean.name is None else mean.name)
        if per_output and output is None:
            columns = {
                name: explanation.importance(name) for name in explanation.outputs
            }
            importance = pd.DataFrame(columns)
        order = mean.sort_values(ascending=False, kind="stable").index
        # what never adds anything, such as closed gates, would be an empty row
        order = order[(importance.loc[order] != 0).any(axis=1)]
        return cls(importance.loc[order], label=label).plot(ax)

    def plot(self, ax: Axes | None = None) -> ModalityImportanceDisplay:
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : ModalityImportanceDisplay
            With the attributes above.
        """
        self.ax_ = bars_or_heatmap(self.importance, self.label, ax)
        self.figure_ = self.ax_.figure
        return self
