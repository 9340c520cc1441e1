"""What a search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from magnet_sklearn._utils import import_optional

if TYPE_CHECKING:
    import optuna
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class TuningResult:
    """Trials of a search, and the estimator that came out of it.

    Parameters
    ----------
    best_estimator_ : estimator or None
        Fitted on all patients with `best_params_`; None with ``refit=False``.
    best_params_ : dict
        The simplest parameters whose scores cannot be told from the highest.
    best_score_ : float
        Their mean over folds. As the maximum of many it is optimistic: the honest
        score comes from a cross-validation around the search.
    study_ : optuna.Study
        All trials; a trial's `user_attrs` have the score of each fold.
    reused_ : float
        Share of early stages of `fit` (preprocessing, experts) that were taken from
        another trial on the same fold.

    Examples
    --------
    >>> import numpy as np
    >>> from optuna.distributions import CategoricalDistribution
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.tuning import tune
    >>> X = {"rna": np.random.default_rng(0).normal(size=(40, 3))}
    >>> model = MultiModalGNNRegressor(ensemble_size=1, max_epochs=1, random_state=0)
    >>> space = {"experts": CategoricalDistribution(["auto", "linear"])}
    >>> result = tune(model, X, X["rna"][:, 0], space=space, cv=2, n_trials=1)
    >>> result.best_params_
    {'experts': 'auto'}
    """

    best_estimator_: BaseEstimator | None
    best_params_: dict[str, Any]
    best_score_: float
    study_: optuna.Study
    reused_: float

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the trials.

        Returns
        -------
        frame : DataFrame with a row per trial
            Columns `number`, `value` (mean over folds; of a pruned trial over those it
            got to), `standard_error` (over folds), `state`, `seconds`, and a column
            per parameter with the prefix ``params_``.
        """
        trials = self.study_.get_trials(deepcopy=False)
        scores = [trial.user_attrs.get("scores", []) for trial in trials]
        frame = pd.DataFrame(
            {
                "number": [trial.number for trial in trials],
                "value": [np.mean(own) if own else np.nan for own in scores],
                "standard_error": [standard_error(own) for own in scores],
                "state": [trial.state.name.lower() for trial in trials],
                "seconds": [_seconds(trial) for trial in trials],
            }
        )
        parameters = pd.DataFrame([trial.params for trial in trials])
        return frame.join(parameters.add_prefix("params_"))

    def plot_history(self) -> Axes:
        """Plot the value of each trial and the best so far.

        Returns
        -------
        ax : matplotlib Axes
            As optuna draws it.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        import_optional("matplotlib", extra="plot")
        plots = import_optional("optuna.visualization.matplotlib", extra="tune")
        return plots.plot_optimization_history(self.study_)

    def plot_importance(self) -> Axes:
        """Plot how much of the variance of the value each parameter explains.

        Returns
        -------
        ax : matplotlib Axes
            As optuna draws it; needs two completed trials that differ.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        import_optional("matplotlib", extra="plot")
        plots = import_optional("optuna.visualization.matplotlib", extra="tune")
        return plots.plot_param_importances(self.study_)


def standard_error(values: list[float]) -> float:
    """Return the standard error of a mean; NaN of fewer than two values."""
    if len(values) < 2:
        return np.nan
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def _seconds(trial):
    """Wall time of a trial."""
    return np.nan if trial.duration is None else trial.duration.total_seconds()
