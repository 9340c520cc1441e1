"""Conformal sets, intervals and bounds in a report."""

import pytest
from common.instances import TINY, make_classifier

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalGNNRegressor
from magnet_sklearn.explain import ConformalPredictor
from magnet_sklearn.reports import patient_report

QUICK = {**TINY, "ensemble_size": 1, "max_epochs": 1, "experts": "linear"}


def conformal(model, c, y):
    predictor = ConformalPredictor(model, cv=2, by_pattern=False, random_state=0)
    return predictor.fit(c.X, y)


@pytest.fixture(scope="module")
def of_classes(binary):
    return conformal(
        make_classifier(ensemble_size=1, experts="linear"), binary, binary.y
    )


def test_the_set_of_classes_is_told(binary, of_classes):
    X = binary.X_test[[1]]

    report = patient_report(of_classes.estimator_, X, conformal=of_classes, alpha=0.05)

    row = of_classes.predict_set(X, alpha=0.05).iloc[0]
    told = report.content["outcomes"][0]["prediction_set"]
    assert told == {"classes": [*row.index[row]], "coverage": 0.95}
    assert "Cannot be excluded" in report.to_html()


def test_intervals_and_bounds_take_the_place_of_the_models_own(several_tasks):
    c = several_tasks
    dose = c.y["dose", ""].fillna(0.0)
    by_name = {
        "dose": conformal(MultiModalGNNRegressor(**QUICK), c, dose),
        "survival": conformal(MagnetSurvivalAnalysis(**QUICK), c, c.y["survival"]),
    }
    X = c.X_test[[1]]

    report = patient_report(c.model, X, conformal=by_name, alpha=0.2)

    told = {outcome["name"]: outcome for outcome in report.content["outcomes"]}
    interval = by_name["dose"].predict_interval(X, alpha=0.2).iloc[0]
    assert told["dose"]["interval"] == {
        **interval.to_dict(),
        "coverage": 0.8,
        "method": "conformal prediction",
    }
    bound = by_name["survival"].predict_lower_bound(X, alpha=0.2).iloc[0]
    assert told["survival"]["lower_bound"] == {"time": bound, "coverage": 0.8}
    assert told["response"]["prediction_set"] is None


def test_unknown_outcomes_are_refused(several_tasks, of_classes):
    c = several_tasks
    with pytest.raises(ValueError, match="one outcome, but the model has 'survival'"):
        patient_report(c.model, c.X_test[[0]], conformal=of_classes)
    with pytest.raises(ValueError, match="has the outcomes 'x'; those of the model"):
        patient_report(c.model, c.X_test[[0]], conformal={"x": of_classes})
