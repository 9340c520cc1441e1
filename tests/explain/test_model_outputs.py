import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.explain._model_outputs import ModelOutputs


def test_outputs_are_baseline_and_contributions(fitted):
    estimator, X, _ = fitted
    model = ModelOutputs(estimator)
    parts = estimator.contributions(X).to_numpy()
    sums = parts.reshape(len(parts), -1, len(model.names)).sum(axis=1)
    assert_allclose(model(model.check(X)), model.baseline + sums, atol=1e-9)
    assert len(model.units) == len(model.names)


def test_other_estimators_are_refused():
    with pytest.raises(TypeError, match="got a LogisticRegression"):
        ModelOutputs(LogisticRegression().fit(np.eye(2), [0, 1]))


def test_unfitted_estimators_are_refused():
    with pytest.raises(NotFittedError):
        ModelOutputs(MagnetClassifier())
