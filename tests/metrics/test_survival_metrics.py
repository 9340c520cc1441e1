"""Survival metrics against scikit-survival's figures and slow loops."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics import (
    brier_score,
    concordance_index_censored,
    concordance_index_ipcw,
    cumulative_dynamic_auc,
    integrated_brier_score,
    missingness_shortcut_score,
)
from magnet_sklearn.model_selection import EventStratifiedKFold

TIME = [5, 3, 3, 8, 2, 9, 3, 7, 1, 6, 4, 10, 2, 8, 5, 12]
EVENT = [1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0]
RISK = np.array(
    [0.5, 1.2, -0.3, 0.1, 2, -1, 0.4, 0.4, 1.5, -0.2, 0, -2, 0.9, 0.1, 0.7, -0.5]
)
TIMES = np.array([2.5, 4.5, 7.5])
Y = pd.DataFrame({"event": np.array(EVENT, bool), "time": np.array(TIME, float)})
CURVES = np.exp(-np.exp(0.8 * RISK)[:, None] * TIMES / 10)


def test_scores_equal_those_of_scikit_survival():
    # scikit-survival 0.28.0 on the same patients
    assert_allclose(concordance_index_censored(Y, RISK), 0.8532608695652174)
    assert_allclose(concordance_index_ipcw(Y, Y, RISK, tau=9), 0.8486931189340928)
    expected = [0.09512514584196596, 0.15020493259626347, 0.13742106811130952]
    assert_allclose(brier_score(Y, Y, CURVES, TIMES), expected)
    assert_allclose(integrated_brier_score(Y, Y, CURVES, TIMES), 0.13535381589991777)
    expected = [0.9743589743589743, 0.8589743589743591, 0.9079295154185022]
    assert_allclose(cumulative_dynamic_auc(Y, Y, RISK, TIMES), expected)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.integers(-2, 2))))
def test_concordance_equals_a_loop_over_pairs(patients):
    concordant = comparable = 0.0
    for time_a, event_a, risk_a in patients:
        for time_b, event_b, risk_b in patients:
            if event_a and (time_a < time_b or (time_a == time_b and not event_b)):
                comparable += 1
                concordant += (risk_a > risk_b) + (risk_a == risk_b) / 2
    if not comparable:
        return
    time, event, risk = zip(*patients, strict=True)
    y = pd.DataFrame({"event": event, "time": time})

    assert_allclose(concordance_index_censored(y, risk), concordant / comparable)


def test_pairs_that_cannot_be_compared_are_an_error():
    y = pd.DataFrame({"event": [False, False], "time": [1.0, 2.0]})

    with pytest.raises(ValueError, match="No two patients can be compared"):
        concordance_index_censored(y, [0.0, 1.0])


def test_structured_array_and_frame_are_the_same():
    structured = np.array(
        list(zip(map(bool, EVENT), TIME, strict=True)),
        dtype=[("dead", bool), ("days", float)],
    )

    assert concordance_index_censored(structured, RISK) == (
        concordance_index_censored(Y, RISK)
    )


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([1.0, 2.0], TypeError, "must be a DataFrame with the columns"),
        (pd.DataFrame({"event": [1], "time": [-1.0]}), ValueError, r"row\(s\) \[0\]"),
        (pd.DataFrame({"event": [1], "time": [np.nan]}), ValueError, "missing"),
        (pd.DataFrame({"event": [0.5], "time": [1.0]}), ValueError, "whole numbers"),
        (
            pd.DataFrame({"event": [1], "time": [1.0], "entry": [1.0]}),
            ValueError,
            "Entry must be earlier",
        ),
    ],
)
def test_wrong_survival_times_say_what_is_wrong(y, error, message):
    with pytest.raises(error, match=message):
        check_survival(y)


def test_folds_have_the_same_share_of_events():
    folds = EventStratifiedKFold(2, shuffle=True, random_state=0)

    shares = [Y["event"].iloc[test].mean() for _, test in folds.split(Y, Y)]

    assert_allclose(shares, Y["event"].mean(), atol=0.1)


def test_shortcut_score_is_chance_when_missingness_says_nothing():
    X, _ = make_patients(140)
    rng = np.random.default_rng(0)

    assert abs(missingness_shortcut_score(X, rng.permutation(140) % 2) - 0.5) < 0.12
    assert missingness_shortcut_score(X, rng.normal(size=140)) < 0.1


def test_shortcut_score_sees_a_number_and_a_time_that_follow_the_pattern():
    X, _ = make_patients(140)
    number = X.mask[:, 0] + np.random.default_rng(0).normal(scale=0.1, size=140)
    y = pd.DataFrame({"event": np.ones(140, bool), "time": np.exp(-number)})

    assert missingness_shortcut_score(X, number) > 0.8
    assert missingness_shortcut_score(X, y) > 0.7
