import numpy as np
import pytest
import torch
from common.cohorts import make_patients
from common.instances import make_classifier

from magnet_sklearn._training import net_contents, restored_net


@pytest.fixture(scope="module")
def ensemble():
    estimator = make_classifier(experts=None, gate=1.0, max_epochs=2, warm_start=True)
    return estimator.fit(*make_patients())._model.ensemble


def test_restored_net_has_the_weights_and_the_history(ensemble):
    net = ensemble.nets_[0]

    found = restored_net(ensemble.config, net_contents(net))

    for name, weight in net.module_.state_dict().items():
        assert torch.equal(found.module_.state_dict()[name], weight)
    assert found.history[:, "train_loss"] == net.history[:, "train_loss"]
    assert not found.module_.training


def test_restored_net_has_the_moments_of_its_optimiser(ensemble):
    net = ensemble.nets_[0]

    found = restored_net(ensemble.config, net_contents(net))

    moments = net.optimizer_.state_dict()["state"]
    assert moments
    for place, state in found.optimizer_.state_dict()["state"].items():
        for name, value in state.items():
            assert torch.equal(value, moments[place][name])


@pytest.mark.parametrize(
    "change", [{"hidden_dim": 10**8}, {"n_layers": 10**9}, {"n_outputs": 10**9}]
)
def test_sizes_beyond_the_weights_take_no_memory(ensemble, change):
    from dataclasses import replace

    config = ensemble.config
    forged = replace(config, architecture=replace(config.architecture, **change))

    with pytest.raises(ValueError, match="more than the"):
        restored_net(forged, net_contents(ensemble.nets_[0]))


def test_weights_are_kept_in_single_precision(ensemble):
    weights = net_contents(ensemble.nets_[0])["weights"]

    assert {weight.dtype for weight in weights.values()} == {torch.float32}
    assert np.isfinite(next(iter(weights.values())).numpy()).all()
