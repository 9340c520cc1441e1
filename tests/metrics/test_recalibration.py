"""After recalibration there are as many events as predicted, in the same order."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from magnet_sklearn.metrics import RecalibrationInTheLarge, calibration_in_the_large


class _Exponential(BaseEstimator):
    """Hazard exp(x), whatever there was to fit."""

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return X[:, 0]

    def predict_cumulative_hazard_function(self, X, times=None):
        return pd.DataFrame(np.exp(X[:, :1]) * times, columns=times)


def _patients(n=3000, shift=-1.0):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 1))
    before = rng.random(n) < expit(2 * x[:, 0])
    after = rng.random(n) < expit(2 * x[:, 0] + shift)
    return x, before, after


def test_two_classes_get_the_intercept_of_a_new_site():
    x, before, after = _patients()
    model = LogisticRegression().fit(x, before)

    there = RecalibrationInTheLarge(model).fit(x, after)

    old, new = (est.predict_proba(x)[:, 1] for est in (model, there))
    assert_allclose(logit(new) - logit(old), there.offset_[1], rtol=1e-6)
    expected = calibration_in_the_large(after, old)["intercept"]
    assert there.offset_[1] == pytest.approx(expected, abs=1e-6)
    assert_allclose(there.predict(x), new > 0.5)


def test_mean_probabilities_of_several_classes_are_the_shares():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 2))
    score = x @ rng.normal(size=(2, 3))
    labels = np.array(["high", "low", "mid"])
    model = LogisticRegression().fit(x, labels[score.argmax(1)])
    y = labels[(score + [1, 0, -0.5]).argmax(1)]

    there = RecalibrationInTheLarge(model).fit(x, y)

    shares = [(y == label).mean() for label in labels]
    assert_allclose(there.predict_proba(x).mean(axis=0), shares, atol=1e-5)
    assert_allclose(there.predict_proba(x).sum(axis=1), 1)


def test_hazards_get_the_factor_of_a_new_site():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1500, 1))
    time = rng.exponential(1 / (3 * np.exp(x[:, 0])))  # three times the hazard
    y = pd.DataFrame({"event": time < 0.5, "time": np.minimum(time, 0.5)})
    model = _Exponential().fit(x, y)

    there = RecalibrationInTheLarge(model).fit(x, y)

    n_expected = (np.exp(x[:, 0]) * y["time"]).sum()
    assert there.offset_ == pytest.approx(np.log(y["event"].sum() / n_expected))
    assert np.exp(there.offset_) == pytest.approx(3, rel=0.1)
    survival = there.predict_survival_function(x[:2], [0.1])
    assert_allclose(
        survival[0.1], np.exp(-np.exp(there.offset_) * np.exp(x[:2, 0]) * 0.1)
    )
    assert_allclose(there.predict(x), model.predict(x))


def test_time_before_entry_is_not_expected_to_have_events():
    y = pd.DataFrame({"event": [1, 1], "time": [2.0, 3.0], "entry": [1.0, 2.0]})
    there = RecalibrationInTheLarge(_Exponential().fit(None, None))

    assert there.fit(np.zeros((2, 1)), y).offset_ == pytest.approx(0.0)


def test_numbers_are_shifted():
    x = np.arange(10.0)[:, None]
    model = LinearRegression().fit(x, 2 * x[:, 0])

    there = RecalibrationInTheLarge(model).fit(x, 2 * x[:, 0] + 5)

    assert_allclose(there.predict(x), 2 * x[:, 0] + 5)
    assert not hasattr(there, "predict_proba")


def test_what_cannot_be_learned_is_an_error():
    x, before, after = _patients(100)
    model = LogisticRegression().fit(x, before)
    with pytest.raises(ValueError, match=r"\[100, 0\] patients"):
        RecalibrationInTheLarge(model).fit(x, np.zeros(100, dtype=bool))
    two = LinearRegression().fit(x, np.c_[x, x])
    with pytest.raises(TypeError, match="one number, class or survival time"):
        RecalibrationInTheLarge(two).fit(x, np.c_[x, x])
    y = pd.DataFrame({"event": [0] * 100, "time": np.ones(100)})
    survival = RecalibrationInTheLarge(_Exponential().fit(x, y))
    with pytest.raises(ValueError, match="no event"):
        survival.fit(x, y)
    labels = DummyClassifier().fit(x, np.c_[before, after])
    with pytest.raises(TypeError, match="one outcome"):
        RecalibrationInTheLarge(labels).fit(x, np.c_[before, after])


def test_parameters_are_those_of_scikit_learn():
    model = LogisticRegression()

    assert clone(RecalibrationInTheLarge(model)).get_params()["estimator__C"] == 1.0
