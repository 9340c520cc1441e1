"""Survival against lifelines and scikit-survival (``tox run -e oracle``)."""

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn._targets._hazards import BreslowBaseline
from magnet_sklearn.data import check_survival
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.losses import CoxLoss
from magnet_sklearn.metrics import (
    brier_score,
    concordance_index_censored,
    concordance_index_ipcw,
    cumulative_dynamic_auc,
    cumulative_incidence,
    integrated_brier_score,
)

lifelines = pytest.importorskip("lifelines")
sksurv = pytest.importorskip("sksurv")


@pytest.fixture(params=range(3))
def cohort(request):
    """Features; times with ties and censoring, entry, strata and weights."""
    rng = np.random.default_rng(request.param)
    n = 120
    X = rng.normal(size=(n, 3))
    time = np.ceil(6 * rng.exponential(np.exp(-X[:, 0]))).clip(1, 30)
    return pd.DataFrame(X, columns=["a", "b", "c"]).assign(
        event=rng.random(n) < 0.7,
        time=time,
        entry=time * rng.uniform(0, 0.9, n),
        stratum=rng.integers(0, 3, n),
        weight=rng.integers(1, 4, n),
    )


def our_target(cohort, *, entry=False, strata=False):
    """Columns of our loss, in double precision."""
    zeros = np.zeros(len(cohort))
    columns = [
        cohort["entry"] if entry else zeros,
        cohort["time"],
        cohort["event"],
        cohort["stratum"] if strata else zeros,
    ]
    return torch.tensor(np.column_stack(columns).astype(float))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"strata": True},
        {"entry": True},
        {"strata": True, "entry": True},
        {"weight": True},
    ],
    ids=str,
)
def test_efron_likelihood_and_its_optimum_are_those_of_lifelines(cohort, options):
    columns = {
        "entry_col": "entry" if options.get("entry") else None,
        "strata": ["stratum"] if options.get("strata") else None,
        "weights_col": "weight" if options.get("weight") else None,
    }
    kept = ["a", "b", "c", "event", "time"]
    kept += [name for column in columns.values() if column for name in np.ravel(column)]
    fitter = lifelines.CoxPHFitter().fit(
        cohort[kept], "time", "event", robust=False, **columns
    )
    weight = cohort["weight"] if options.pop("weight", False) else 1.0 + 0 * cohort["a"]
    target, weight = our_target(cohort, **options), torch.tensor(weight.to_numpy())
    risk = torch.tensor(cohort[["a", "b", "c"]].to_numpy())
    beta = torch.tensor(fitter.params_.to_numpy(), requires_grad=True)

    deviance = CoxLoss().deviance((risk @ beta)[:, None], target, weight.double())
    deviance.backward()

    assert_allclose(-deviance.item(), fitter.log_likelihood_, rtol=1e-9)
    assert_allclose(beta.grad, 0.0, atol=1e-3)


def survival_array(cohort):
    """What scikit-survival takes."""
    return sksurv.util.Surv.from_dataframe("event", "time", cohort)


@pytest.mark.parametrize("penalty", [0.01, 0.1, 1.0])
def test_ridge_cox_gives_the_coefficients_of_scikit_survival(cohort, penalty):
    from sksurv.linear_model import CoxPHSurvivalAnalysis

    X = cohort[["a", "b", "c"]].to_numpy()
    y = our_target(cohort).numpy()
    model = RidgeCox(penalty=penalty).fit(X, y, np.ones(len(X)))
    other = CoxPHSurvivalAnalysis(alpha=penalty * len(X), ties="breslow")

    expected = X @ other.fit(X, survival_array(cohort)).coef_

    # our steps end where the likelihood gains no more than 1e-4
    risk = model.predict(X)
    assert_allclose(risk - risk.mean(), expected - expected.mean(), atol=0.01)


def test_baseline_gives_the_curves_of_scikit_survival(cohort):
    from sksurv.linear_model import CoxPHSurvivalAnalysis

    X = cohort[["a", "b", "c"]].to_numpy()
    model = CoxPHSurvivalAnalysis().fit(X, survival_array(cohort))
    outputs = model.predict(X)[:, None]
    baseline = BreslowBaseline().fit(
        check_survival(cohort[["event", "time"]]), outputs, np.ones(len(X))
    )
    expected = [
        step(baseline.times_) for step in model.predict_cumulative_hazard_function(X)
    ]

    hazard = baseline.cumulative_hazard(outputs, baseline.times_)

    assert_allclose(hazard, expected, rtol=1e-9)


def test_metrics_are_those_of_scikit_survival(cohort):
    from sksurv import metrics

    rng = np.random.default_rng(7)
    risk = (cohort["a"] + rng.normal(size=len(cohort))).round(1).to_numpy()
    train, test = np.arange(0, 120, 2), np.arange(1, 120, 2)
    last = min(cohort["time"][train].max(), cohort["time"][test].max())
    # no event later than all of the training patients: its weight would be infinite
    cohort.loc[cohort["time"] >= last, "event"] = False
    y, array = cohort[["event", "time"]], survival_array(cohort)
    times = np.linspace(1.5, last - 0.5, 5)
    curves = np.exp(-np.exp(0.5 * risk[test])[:, None] * times / 10)
    both = y.iloc[train], y.iloc[test]
    arrays = array[train], array[test]

    assert_allclose(
        concordance_index_censored(both[1], risk[test]),
        metrics.concordance_index_censored(
            arrays[1]["event"], arrays[1]["time"], risk[test]
        )[0],
        atol=1e-6,
    )
    assert_allclose(
        concordance_index_ipcw(*both, risk[test], tau=times[-1]),
        metrics.concordance_index_ipcw(*arrays, risk[test], tau=times[-1])[0],
        atol=1e-6,
    )
    assert_allclose(
        brier_score(*both, curves, times),
        metrics.brier_score(*arrays, curves, times)[1],
        atol=1e-6,
    )
    assert_allclose(
        integrated_brier_score(*both, curves, times),
        metrics.integrated_brier_score(*arrays, curves, times),
        atol=1e-6,
    )
    assert_allclose(
        cumulative_dynamic_auc(*both, risk[test], times),
        metrics.cumulative_dynamic_auc(*arrays, risk[test], times)[0],
        atol=1e-6,
    )


def test_concordance_is_that_of_lifelines(cohort):
    risk = cohort["a"].round(1).to_numpy()

    expected = lifelines.utils.concordance_index(cohort["time"], -risk, cohort["event"])

    assert_allclose(
        concordance_index_censored(cohort[["event", "time"]], risk), expected, atol=1e-6
    )


@pytest.mark.parametrize("cause", [1, 2])
def test_cumulative_incidence_is_that_of_lifelines(cause):
    rng = np.random.default_rng(0)
    time = rng.permutation(80) + 1.0  # lifelines moves ties at random
    event = rng.integers(0, 3, 80)
    fitter = lifelines.AalenJohansenFitter(calculate_variance=False)
    fitter.fit(time, event, event_of_interest=cause)
    y = np.column_stack([time, event])[np.argsort(time)]
    at_risk = len(y) - np.arange(len(y))
    hazards = [[np.cumsum((y[:, 1] == c) / at_risk)] for c in (1, 2)]

    incidence = cumulative_incidence(hazards)[cause - 1, 0]

    expected = fitter.cumulative_density_.iloc[:, 0].reindex(y[:, 0], method="ffill")
    assert_allclose(incidence, expected, atol=1e-12)
