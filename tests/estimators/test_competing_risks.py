"""From one survival model per cause to the probability of each event."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._estimators._competing_risks import predict_cumulative_incidence
from magnet_sklearn.metrics import cumulative_incidence


class Model:
    """A survival model of known hazards that step at its own times."""

    def __init__(self, cause, times):
        self.cause, self.event_times_ = cause, np.array(times)

    def predict_cumulative_hazard_function(self, X, times):
        count = (self.event_times_ <= np.asarray(times)[:, None]).sum(axis=1)
        hazard = np.outer(X["rna"][:, 0], 0.1 * count)
        return pd.DataFrame(hazard, index=["p", "q"], columns=times)


X = {"rna": np.array([[1.0], [2.0]])}


def test_hazards_are_taken_at_the_events_of_all_causes():
    models = [Model(1, [1.0, 4.0]), Model(2, [2.0])]

    incidence = predict_cumulative_incidence(models, X)

    hazards = [m.predict_cumulative_hazard_function(X, [1.0, 2.0, 4.0]) for m in models]
    expected = cumulative_incidence(np.stack(hazards))
    assert_array_equal(incidence[2].columns, [1.0, 2.0, 4.0])
    assert list(incidence.index) == ["p", "q"]
    for place, cause in enumerate((1, 2)):
        assert_allclose(incidence[cause], expected[place])


def test_times_between_events_have_the_last_value_and_early_ones_none():
    models = [Model(1, [1.0, 4.0]), Model(2, [2.0])]

    incidence = predict_cumulative_incidence(models, X, times=[0.5, 3.0, 9.0])

    at_events = predict_cumulative_incidence(models, X)
    assert_array_equal(incidence[1][0.5], 0)
    assert_array_equal(incidence[1][3.0], at_events[1][2.0])
    assert_array_equal(incidence[2][9.0], at_events[2][4.0])


@pytest.mark.parametrize("causes", [[], [1, 1]])
def test_there_is_one_model_for_each_cause(causes):
    with pytest.raises(ValueError, match="one for each cause"):
        predict_cumulative_incidence([Model(cause, [1.0]) for cause in causes], X)
