"""Compiled networks."""

import pickle
import warnings

import pytest
import torch
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn._training.runtime._compilation import CompiledNetwork


@pytest.fixture(scope="module")
def cohort():
    return make_patients()


def fit(cohort, **parameters):
    X, y = cohort
    alone = {"experts": None, "early_stopping": False, "n_layers": 2}
    return make_classifier(**{**alone, **parameters}).fit(X, y)


def test_compiled_network_that_works_is_used():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        doubled = CompiledNetwork(_Doubling())(torch.ones(2))

    assert doubled.tolist() == [2.0, 2.0]


def test_training_goes_on_where_the_compiler_fails(cohort, monkeypatch):
    def broken(network, **options):
        def call(*args, **kwargs):
            raise RuntimeError("no C++ compiler\nlong story")

        return call

    monkeypatch.setattr(torch, "compile", broken)
    expected = fit(cohort).predict_proba(cohort[0])

    with pytest.warns(UserWarning, match="without it. It said: .* no C.. compiler$"):
        model = fit(cohort, compile=True)

    assert_allclose(model.predict_proba(cohort[0]), expected)


def test_error_of_the_network_itself_is_raised(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda network, **options: network.forward)
    network = CompiledNetwork(torch.nn.Linear(3, 1))

    with (
        pytest.warns(UserWarning, match="torch.compile failed"),
        pytest.raises(RuntimeError, match="shapes"),
    ):
        network(torch.ones(1, 2))


def test_model_trained_with_a_compiler_pickles(cohort, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda network, **options: network.forward)
    model = fit(cohort, compile=True)

    again = pickle.loads(pickle.dumps(model))

    assert_allclose(again.predict_proba(cohort[0]), model.predict_proba(cohort[0]))


class _Doubling(torch.nn.Module):
    def forward(self, x):
        return 2 * x
