"""Concordance indices against scikit-survival's figures and slow loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from magnet_sklearn.metrics import concordance_index_censored, concordance_index_ipcw


def test_indices_equal_those_of_scikit_survival(cohort):
    # scikit-survival 0.28.0 on the same patients
    y, risk = cohort.y, cohort.risk

    assert_allclose(concordance_index_censored(y, risk), 0.8532608695652174)
    assert_allclose(concordance_index_ipcw(y, y, risk, tau=9), 0.8486931189340928)


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


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 5), st.integers(1, 3), st.booleans(), st.integers(-2, 2)
        )
    )
)
def test_patients_are_not_compared_with_events_before_they_enter(patients):
    patients = [(entry, entry + stay, *rest) for entry, stay, *rest in patients]
    concordant = comparable = 0.0
    for _, time_a, event_a, risk_a in patients:
        for entry_b, time_b, event_b, risk_b in patients:
            later = time_a < time_b or (time_a == time_b and not event_b)
            if event_a and later and entry_b < time_a:
                comparable += 1
                concordant += (risk_a > risk_b) + (risk_a == risk_b) / 2
    if not comparable:
        return
    entry, time, event, risk = zip(*patients, strict=True)
    y = pd.DataFrame({"event": event, "time": time, "entry": entry})

    assert_allclose(concordance_index_censored(y, risk), concordant / comparable)


def test_uncensored_patients_have_the_same_index_with_and_without_weights(cohort):
    y = cohort.y.assign(event=True)

    assert_allclose(
        concordance_index_ipcw(y, y, cohort.risk),
        concordance_index_censored(y, cohort.risk),
    )


def test_pairs_that_cannot_be_compared_are_an_error():
    y = pd.DataFrame({"event": [False, False], "time": [1.0, 2.0]})

    with pytest.raises(ValueError, match="No two patients can be compared"):
        concordance_index_censored(y, [0.0, 1.0])


@pytest.mark.parametrize("risk", [[1.0, 2.0], [np.nan] * 16])
def test_wrong_risks_are_an_error(cohort, risk):
    with pytest.raises(ValueError, match="one finite number per patient"):
        concordance_index_censored(cohort.y, risk)


def test_structured_array_and_frame_are_the_same(cohort):
    structured = np.array(
        list(cohort.y.itertuples(index=False, name=None)),
        dtype=[("dead", bool), ("days", float)],
    )

    assert concordance_index_censored(structured, cohort.risk) == (
        concordance_index_censored(cohort.y, cohort.risk)
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
        concordance_index_censored(y, [0.0])
