"""Networks that learn from patients without labels."""

import numpy as np
import torch

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import (
    EnsembleConfig,
    Execution,
    Optimisation,
    pretrain_networks,
)
from magnet_sklearn._training._member import make_network
from magnet_sklearn.losses import NumberLoss
from magnet_sklearn.nn import Architecture

CONFIG = EnsembleConfig(
    loss=NumberLoss(),
    architecture=Architecture(
        n_outputs=1, shapes={"rna": (3,), "age": (1,)}, hidden_dim=8, decoder=None
    ),
    optimisation=Optimisation(
        learning_rate=0.01,
        weight_decay=0.0,
        max_epochs=3,
        batch_size=8,
        contrastive_weight=1.0,
    ),
)


def pretrain(n_jobs=None):
    rng = np.random.default_rng(0)
    X = MultiModalData(
        {"rna": rng.normal(size=(20, 3)), "age": rng.normal(size=(20, 1))}
    )
    execution = Execution(device=torch.device("cpu"), n_jobs=n_jobs)
    return pretrain_networks(CONFIG, X, [1, 2], execution)


def weights(network, name):
    return torch.cat([w.flatten() for w in getattr(network, name).parameters()])


def test_encoders_and_fusion_learn_and_the_head_does_not():
    network, untrained = pretrain()[0], make_network(CONFIG, 1)

    assert not torch.equal(weights(network, "encoders"), weights(untrained, "encoders"))
    assert not torch.equal(weights(network, "fusion"), weights(untrained, "fusion"))
    assert torch.equal(weights(network, "head"), weights(untrained, "head"))


def test_threads_give_the_same_networks():
    for one, other in zip(pretrain(), pretrain(n_jobs=2), strict=True):
        assert torch.equal(weights(one, "encoders"), weights(other, "encoders"))
