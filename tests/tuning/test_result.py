import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution

from magnet_sklearn.tuning import tune
from magnet_sklearn.tuning._result import standard_error

EXPERTS = {"experts": CategoricalDistribution(["auto", "linear"])}


def test_frame_has_a_row_per_trial_and_a_column_per_parameter(clf, patients):
    frame = tune(
        clf, *patients, space=EXPERTS, cv=2, n_trials=2, refit=False
    ).to_frame()
    assert list(frame.columns) == [
        *("number", "value", "standard_error", "state", "seconds"),
        "params_experts",
    ]
    assert np.isfinite(frame["standard_error"]).all()


def test_plots_are_axes(clf, patients):
    pytest.importorskip("matplotlib").use("Agg")
    result = tune(clf, *patients, space=EXPERTS, cv=2, n_trials=4, refit=False)
    with pytest.warns(match="plot_optimization_history is experimental"):
        assert result.plot_history().get_xlabel() == "Trial"


def test_standard_error_is_that_of_a_mean():
    assert standard_error([1.0, 3.0]) == 1.0
    assert np.isnan(standard_error([1.0]))
