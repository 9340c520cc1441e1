"""No estimator fits labels, weights or groups of other patients than X has."""

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)

N = 30
IDS = [f"p{i:02}" for i in range(N)]
ESTIMATORS = [
    MagnetClassifier,
    MultiModalGNNRegressor,
    MagnetSurvivalAnalysis,
    MagnetMultiTask,
]


def _frame():
    values = np.random.default_rng(0).normal(size=(N, 4))
    return pd.DataFrame(values, index=IDS, columns=list("abcd"))


def _target(estimator):
    labels = pd.Series(np.arange(N) % 2, index=IDS, name="y")
    if estimator is MagnetSurvivalAnalysis:
        return pd.DataFrame({"event": labels == 1, "time": 1.0 + np.arange(N)})
    return labels.to_frame() if estimator is MagnetMultiTask else labels


INPUTS = {
    "container": lambda: MultiModalData({"rna": _frame()}),
    "dict": lambda: {"rna": _frame()},
    "flat": _frame,
    "levels": lambda: pd.concat({"rna": _frame()}, axis=1),
}


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("make_input", INPUTS.values(), ids=INPUTS.keys())
def test_labels_of_patients_in_another_order_are_refused(estimator, make_input):
    y = _target(estimator)

    with pytest.raises(ValueError, match=r"`y` .* another order.*y\.loc\[X\.index\]"):
        estimator().fit(make_input(), y.iloc[::-1])


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_labels_of_other_patients_are_refused(estimator):
    y = _target(estimator)

    with pytest.raises(ValueError, match="`y` has other patient ids than X.*'q00'"):
        estimator().fit(_frame(), y.set_axis([f"q{i:02}" for i in range(N)]))


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("parameter", ["sample_weight", "groups"])
def test_what_comes_beside_the_labels_is_checked_too(estimator, parameter):
    beside = pd.Series(np.ones(N), index=IDS[::-1])

    with pytest.raises(ValueError, match=f"`{parameter}` has the patient ids of X in"):
        estimator().fit(_frame(), _target(estimator), **{parameter: beside})


def test_strata_are_checked_too():
    strata = pd.Series(np.arange(N) % 2, index=IDS[::-1])

    with pytest.raises(ValueError, match="`strata` has the patient ids of X in"):
        MagnetSurvivalAnalysis().fit(
            _frame(), _target(MagnetSurvivalAnalysis), strata=strata
        )


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_validation_labels_are_checked_against_validation_patients(estimator):
    model = estimator(max_epochs=1, ensemble_size=1, hidden_dim=4, experts=None)
    y = _target(estimator)

    with pytest.raises(ValueError, match=r"`y_val` .* X_val in another order"):
        model.fit(_frame(), y, X_val=_frame(), y_val=y.iloc[::-1])


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_scores_of_other_patients_are_refused(estimator):
    model = estimator(experts=None, max_epochs=1, ensemble_size=1, early_stopping=False)
    X, y = INPUTS["container"](), _target(estimator)
    model.fit(X, y)

    with pytest.raises(ValueError, match=r"`y` .* another order.*y\.loc\[X\.index\]"):
        model.score(X, y.iloc[::-1])

    assert np.isfinite(model.score(X, y))
