"""Through Flower's own messages, strategies and mods; skipped without Flower."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn.federated import ModalityFedAvg, make_client, simulate

pytest.importorskip("flwr")

# Flower's dependencies warn of each other
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def small(classifier):
    return clone(classifier).set_params(experts=None, ensemble_size=1, gate=1.0)


@pytest.fixture(scope="module")
def plain(sites, small):
    return simulate(sites, small, strategy=ModalityFedAvg(n_rounds=2))[0]


def unchanged(message, context, call_next):
    return call_next(message, context)


def test_messages_of_flower_change_nothing(sites, small, plain, cohort):
    clf, history = simulate(
        sites, small, strategy=ModalityFedAvg(n_rounds=2), mods=[unchanged]
    )

    X = cohort[0]
    assert_allclose(clf.predict_proba(X), plain.predict_proba(X), rtol=0)
    assert set(history["site"]) == set(sites)


@pytest.mark.parametrize("name", ["FedAvg", "FedAdam", "FedProx", "FedMedian"])
def test_strategies_of_flower_average_networks(sites, small, plain, cohort, name):
    from flwr.serverapp import strategy

    parameters = {"FedAdam": {"eta": 0.01}, "FedProx": {"proximal_mu": 0.1}}
    aggregator = getattr(strategy, name)(**parameters.get(name, {}))
    clf, _ = simulate(
        sites, small, strategy=ModalityFedAvg(n_rounds=2, aggregator=aggregator)
    )

    X = cohort[0]
    assert np.isfinite(clf.predict_proba(X)).all()
    distance = np.abs(clf.predict_proba(X) - plain.predict_proba(X)).max()
    assert 0 < distance < 0.2


def test_noise_of_local_differential_privacy_reaches_the_networks(sites, small, plain):
    from flwr.clientapp.mod import LocalDpMod

    mod = LocalDpMod(clipping_norm=1.0, sensitivity=1.0, epsilon=50.0, delta=1e-5)
    clf, _ = simulate(sites, small, strategy=ModalityFedAvg(n_rounds=1), mods=[mod])

    noisy, clean = (m.nets_[0].module_.state_dict() for m in (clf, plain))
    names = [name for name in noisy if name.startswith("encoders.0")]
    moved = [(noisy[name] - clean[name]).numpy().ravel() for name in names]
    spread = np.sqrt(2 * np.log(1.25 / 1e-5)) / 50.0
    assert 0.4 * spread < np.concatenate(moved).std() < 2 * spread


def test_client_has_an_app(sites, small):
    from flwr.clientapp import ClientApp

    assert isinstance(make_client(small, *sites["Oslo"]).app(), ClientApp)
