"""Survival analysis: risks, curves, censoring."""

import numpy as np
import pandas as pd
import pytest
from common.instances import TINY
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import GridSearchCV, cross_val_score

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.model_selection import EventStratifiedKFold


def make_model(**parameters):
    return MagnetSurvivalAnalysis(**{**TINY, **parameters})


def make_cohort(n_patients=150, seed=0):
    rng = np.random.default_rng(seed)
    rna, protein = rng.normal(size=(2, n_patients, 4))
    time = rng.exponential(np.exp(-rna[:, 0] - protein[:, 0]))
    censoring = rng.exponential(2, n_patients)
    y = pd.DataFrame({"event": time < censoring, "time": np.minimum(time, censoring)})
    X = MultiModalData({"rna": rna, "protein": protein})
    return drop_modalities(X, 0.2, random_state=seed), y


@pytest.fixture(scope="module")
def cohort():
    return make_cohort()


@pytest.fixture(scope="module", params=["cox", "discrete"])
def fitted(request, cohort):
    return make_model(model=request.param).fit(*cohort)


def test_risk_orders_new_patients(fitted):
    X, y = make_cohort(seed=1)

    assert fitted.score(X, y) > 0.65


def test_survival_falls_from_one_and_median_is_where_it_crosses_a_half(fitted, cohort):
    X, _ = cohort
    curves = fitted.predict_survival_function(X, times=[0.0, *fitted.event_times_])

    assert_array_equal(curves.index, X.index)
    assert_allclose(curves[0.0], 1)
    assert (np.diff(curves, axis=1) <= 0).all()
    hazard = fitted.predict_cumulative_hazard_function(X)
    assert_allclose(np.exp(-hazard), curves.iloc[:, 1:])
    median = fitted.predict_median_survival_time(X)
    reached = np.isfinite(median)
    for patient, time in zip(X.index[reached], median[reached], strict=True):
        assert curves.loc[patient, time] <= 0.5
    assert (curves.loc[~reached].iloc[:, -1] > 0.5).all()


def test_curves_are_calibrated_on_new_patients(fitted):
    X, y = make_cohort(400, seed=2)
    now = y["time"].median()

    expected = 1 - fitted.predict_survival_function(X, times=[now]).to_numpy().mean()

    # Kaplan-Meier at the median time
    order = np.sort(y["time"][y["event"] & (y["time"] <= now)])
    at_risk = np.array([(y["time"] >= t).sum() for t in order])
    assert abs(expected - (1 - np.prod(1 - 1 / at_risk))) < 0.08


def test_only_the_order_of_times_decides_risks(cohort):
    X, y = cohort
    stretched = y.assign(time=1e6 * y["time"] ** 3)

    risks = [make_model().fit(X, times).predict(X) for times in (y, stretched)]

    assert_array_equal(*risks)


def test_events_of_other_causes_count_as_censored(cohort):
    X, y = cohort
    causes = y.assign(event=np.where(y["event"], 1 + (np.arange(len(y)) % 3 == 0), 0))
    of_first = y.assign(event=causes["event"] == 1)

    specific = make_model(cause=1).fit(X, causes)

    assert_array_equal(specific.predict(X), make_model().fit(X, of_first).predict(X))


def test_strata_with_other_hazards_do_not_change_the_order():
    X, y = make_cohort(200)
    strata = np.arange(200) % 2
    shifted = y.assign(time=y["time"] * np.where(strata == 1, 100.0, 1.0))

    stratified = make_model().fit(X, shifted, strata=strata)

    new, times = make_cohort(seed=1)
    assert stratified.score(new, times) > 0.7


def test_patients_who_entered_late_are_accepted(cohort):
    X, y = cohort
    late = y.assign(entry=y["time"] * 0.5)

    assert np.isfinite(make_model().fit(X, late).predict(X)).all()


def test_no_event_is_an_error_that_says_so(cohort):
    X, y = cohort

    with pytest.raises(ValueError, match="no event of cause 1"):
        make_model().fit(X, y.assign(event=False))


def test_one_event_and_zero_times_work(cohort):
    X, y = cohort
    one = y.assign(event=np.arange(len(y)) == 3, time=np.where(y["time"] < 0.2, 0, 1.0))

    assert np.isfinite(make_model().fit(X, one).predict(X)).all()


def test_works_in_searches_and_cross_validation(cohort):
    X, y = cohort
    structured = y.to_records(index=False)
    cv = EventStratifiedKFold(2, shuffle=True, random_state=0)

    search = GridSearchCV(make_model(), {"dropout": [0.0, 0.3]}, cv=cv).fit(X, y)

    assert search.best_score_ > 0.6
    assert (cross_val_score(make_model(), X, structured, cv=2) > 0.6).all()


@pytest.mark.parametrize("times", [[1.0, np.nan], 1.0, ["soon"]])
def test_wrong_times_are_an_error(fitted, cohort, times):
    with pytest.raises(ValueError, match="times must be a list of numbers"):
        fitted.predict_survival_function(cohort[0], times)
