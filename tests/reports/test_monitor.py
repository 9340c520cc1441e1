"""The alert table is quiet without drift and names what has drifted."""

import numpy as np
import pytest

from magnet_sklearn import MultiModalData
from magnet_sklearn.reports import monitor

FAST = {"n_permutations": 99, "n_resamples": 20}


def _cohort(seed, n=200, shift=0.0):
    rng = np.random.default_rng(seed)
    data = {"rna": rng.normal(shift, size=(n, 3)), "age": rng.normal(size=(n, 1))}
    data["age"][rng.random(n) < 0.3] = np.nan
    return data


def test_false_alerts_are_as_rare_as_asked_for():
    with_alert = [
        monitor(None, _cohort(seed), _cohort(1000 + seed), **FAST)["alert"].any()
        for seed in range(40)
    ]

    assert np.mean(with_alert) < 0.2  # two families of 0.05, and columns from .25 on


def test_drift_is_named_with_a_remedy():
    new = _cohort(1, shift=1.0)
    new["age"][:150] = np.nan

    table = monitor(None, _cohort(0), new, **FAST)

    alerts = table[table["alert"]]
    assert {*alerts["what"]} == {"missing patterns", "values", "column"}
    assert alerts.loc[alerts["what"] == "values", "of"].tolist() == ["rna"]
    assert (alerts["remedy"] != "").all()
    assert (table.loc[~table["alert"], "remedy"] == "").all()


def test_few_patients_raise_no_alert_by_a_large_index():
    table = monitor(None, _cohort(0, 30), _cohort(1, 20), **FAST)

    columns = table[table["what"] == "column"]
    assert (columns["value"] > 0.25).any()
    assert not columns["alert"].any()


def test_periods_are_compared_on_their_own():
    old, now, drifted = _cohort(0), _cohort(1, 100), _cohort(2, 100, shift=1.5)
    new = {name: np.vstack([now[name], drifted[name]]) for name in now}

    table = monitor(None, old, new, period=np.repeat([2024, 2025], 100), **FAST)

    alerts = table[table["alert"]]
    assert table["period"].unique().tolist() == ["2024", "2025"]
    assert alerts["period"].unique().tolist() == ["2025"]


def test_outcomes_that_turn_against_the_model_raise_alerts(binary):
    c = binary
    turned = np.where(c.y_test == "stable", "relapse", "stable")
    period = np.repeat(["a", "b"], len(c.X_test) // 2)
    rest = c.X, c.X_test, c.y
    quiet = monitor(c.model, *rest, c.y_test, **FAST)
    table = monitor(c.model, *rest, turned, period=period, **FAST)

    score = table[(table["what"] == "score") & (table["measure"] == "AUROC")]
    assert score["alert"].all()
    assert len(score) == 2
    before = quiet[(quiet["what"] == "score") & (quiet["measure"] == "AUROC")]
    assert (score["value"].to_numpy() < before["value"].to_numpy()).all()


def test_too_many_events_are_a_matter_of_calibration(several_tasks):
    c = several_tasks
    y = c.y_test.copy()
    y["toxicity", "skin"] = 1 - y["toxicity", "skin"]

    table = monitor(c.model, c.X, c.X_test, None, y, times=[0.5], **FAST)

    own = table[table["what"] == "calibration"].set_index("of")
    assert own.loc["survival: event until 0.5", "measure"] == "ratio"
    assert own.loc["response: 1", "measure"] == "intercept"
    scores = table[table["what"] == "score"]
    assert scores["threshold"].isna().all()  # nothing to compare with
    assert not scores["alert"].any()


def test_wrong_input_is_named(binary):
    with pytest.raises(ValueError, match="period has 1 rows for 200"):
        monitor(None, _cohort(0), _cohort(1), period=[1])
    with pytest.raises(ValueError, match="modality 'dna'"):
        monitor(None, _cohort(0), MultiModalData({"dna": np.eye(3)}))
    with pytest.raises(ValueError, match="y has|y_new has"):
        monitor(binary.model, binary.X, binary.X_test, None, [1, 0])
