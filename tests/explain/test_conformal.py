import numpy as np
import pandas as pd
import pytest
from common.cohorts import without_data

from magnet_sklearn import (
    MagnetClassifier,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.explain import ConformalPredictor

QUICK = {
    "experts": "linear",
    "ensemble_size": 1,
    "max_epochs": 1,
    "gate": 0.0,
    "random_state": 0,
}


def patients(n_patients, seed):
    """Two noisy views of the same number."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=n_patients)
    blocks = {
        name: rng.normal(size=(n_patients, 2)) + signal[:, None] for name in ("a", "b")
    }
    return MultiModalData(blocks), signal


@pytest.fixture(scope="module")
def classes():
    """Fitted on complete patients of three classes."""
    X, signal = patients(300, 0)
    y = np.array(["low", "mid", "high"])[np.digitize(signal, [-0.5, 0.5])]
    return ConformalPredictor(MagnetClassifier(**QUICK), random_state=0).fit(X, y)


def covers(share, n_patients):
    """Whether 9 of 10 patients are covered, up to 3 standard errors of both samples."""
    return abs(share - 0.9) <= 3 * np.sqrt(0.09 / n_patients + 0.09 / 300)


@pytest.mark.parametrize("missing", [0.0, 0.6])
def test_sets_hold_the_class_of_nine_in_ten(classes, missing):
    X, signal = patients(600, 1)
    y = np.array(["low", "mid", "high"])[np.digitize(signal, [-0.5, 0.5])]
    X = drop_modalities(X, missing, 0)

    sets = classes.predict_set(X)

    held = sets.to_numpy()[np.arange(600), sets.columns.get_indexer(y)]
    for pattern in np.unique(X.mask, axis=0):
        rows = (X.mask == pattern).all(axis=1)
        assert covers(held[rows].mean(), rows.sum())
    assert sets.to_numpy().sum(axis=1).mean() < 2.5


def test_smaller_alpha_gives_larger_sets(classes):
    X = patients(50, 2)[0]

    narrow, wide = classes.predict_set(X, alpha=0.3), classes.predict_set(X, alpha=0.05)

    assert (wide | ~narrow).to_numpy().all()
    assert wide.to_numpy().sum() > narrow.to_numpy().sum()


def test_set_does_not_depend_on_other_patients(classes):
    X = drop_modalities(patients(12, 3)[0], 0.4, 0)

    together = classes.predict_set(X)

    for row in range(12):
        pd.testing.assert_frame_equal(
            classes.predict_set(X[[row]]), together.iloc[[row]]
        )


def test_patient_without_data_is_compared_with_all(classes):
    X = without_data(patients(3, 4)[0])

    calibration = classes.calibration(X)

    assert calibration["n_calibration"].tolist() == [300] * 4
    assert calibration["is_masked"].tolist() == [False, False, False, True]
    assert calibration[["a", "b"]].iloc[3].tolist() == [False, False]
    assert classes.predict_set(X).iloc[3].sum() >= 2


def test_groups_of_a_partition_are_covered_each():
    X, signal = patients(400, 5)
    noisy = np.arange(400) % 2 == 1
    spread = np.random.default_rng(0).normal(size=400) * np.where(noisy, 3.0, 0.3)
    model = ConformalPredictor(MultiModalGNNRegressor(**QUICK), random_state=0)
    train, test = np.arange(200), np.arange(200, 400)
    y = signal + spread

    model.fit(X[train], y[train], partition=noisy[train])
    ends = model.predict_interval(X[test], partition=noisy[test])

    inside = ends["lower"].le(y[test]) & ends["upper"].ge(y[test])
    width = ends["upper"] - ends["lower"]
    for group in (False, True):
        assert inside[noisy[test] == group].mean() == pytest.approx(0.9, abs=0.12)
    assert width[noisy[test]].mean() > 2 * width[~noisy[test]].mean()


def test_lower_bound_holds_for_times_that_are_censored_in_training():
    X, signal = patients(600, 6)
    rng = np.random.default_rng(0)
    time = rng.exponential(np.exp(-signal))
    censored = rng.exponential(3.0, size=600)
    y = pd.DataFrame({"event": time <= censored, "time": np.minimum(time, censored)})
    train, test = np.arange(300), np.arange(300, 600)
    model = ConformalPredictor(MagnetSurvivalAnalysis(**QUICK), random_state=0)

    bound = model.fit(X[train], y.iloc[train]).predict_lower_bound(X[test], alpha=0.2)

    outlived = (time[test] >= bound).mean()
    assert 0.8 - 3 * np.sqrt(0.16 / 150) <= outlived <= 0.95
    assert np.corrcoef(bound, signal[test])[0, 1] < -0.3  # worse patients, earlier


def test_other_predictions_than_the_estimators_are_an_error(classes):
    with pytest.raises(TypeError, match="MagnetClassifier, whose .* predict_set takes"):
        classes.predict_interval(patients(3, 0)[0])
