"""Scores of survival curves against scikit-survival's figures."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import roc_auc_score

from magnet_sklearn.metrics import (
    brier_score,
    cumulative_dynamic_auc,
    integrated_brier_score,
)


def test_scores_equal_those_of_scikit_survival(cohort):
    # scikit-survival 0.28.0 on the same patients
    y, times = cohort.y, cohort.times
    expected = [0.09512514584196596, 0.15020493259626347, 0.13742106811130952]
    assert_allclose(brier_score(y, y, cohort.curves, times), expected)
    assert_allclose(
        integrated_brier_score(y, y, cohort.curves, times), 0.13535381589991777
    )
    expected = [0.9743589743589743, 0.8589743589743591, 0.9079295154185022]
    assert_allclose(cumulative_dynamic_auc(y, y, cohort.risk, times), expected)


def test_scores_of_uncensored_patients_are_those_of_classes(cohort):
    y = cohort.y.assign(event=True)
    dead = y["time"].to_numpy()[:, None] <= cohort.times

    brier = brier_score(y, y, cohort.curves, cohort.times)
    auc = cumulative_dynamic_auc(y, y, cohort.risk, cohort.times)

    assert_allclose(brier, ((1 - dead - cohort.curves) ** 2).mean(axis=0))
    assert_allclose(auc, [roc_auc_score(died, cohort.risk) for died in dead.T])


def test_auc_takes_risks_that_change_over_time(cohort):
    y, times = cohort.y, cohort.times

    auc = cumulative_dynamic_auc(y, y, 1 - cohort.curves, times)

    assert_allclose(auc, cumulative_dynamic_auc(y, y, cohort.risk, times))


def test_auc_is_undefined_before_the_first_event(cohort):
    assert np.isnan(cumulative_dynamic_auc(cohort.y, cohort.y, cohort.risk, [0.5]))


def test_wrong_shapes_and_times_are_errors(cohort):
    with pytest.raises(ValueError, match=r"survival has shape \(16, 3\)"):
        brier_score(cohort.y, cohort.y, cohort.curves, [1.0])
    with pytest.raises(ValueError, match="at least two ascending"):
        integrated_brier_score(cohort.y, cohort.y, cohort.curves, cohort.times[::-1])


def test_events_after_all_training_patients_are_an_error():
    y_train = pd.DataFrame({"event": [True, False], "time": [1.0, 2.0]})
    y_test = pd.DataFrame({"event": [True, True], "time": [1.0, 5.0]})

    with pytest.raises(ValueError, match="earlier `tau` or `times`"):
        cumulative_dynamic_auc(y_train, y_test, [1.0, 0.0], [6.0])
