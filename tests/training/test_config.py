from dataclasses import FrozenInstanceError, replace

import pytest
import torch

from magnet_sklearn._training import EnsembleConfig, Execution, Optimisation
from magnet_sklearn.losses import ClassLoss
from magnet_sklearn.nn import Architecture

OPTIMISATION = Optimisation(
    learning_rate=0.01, weight_decay=0.0, max_epochs=5, batch_size=64
)


def test_a_config_does_not_change():
    with pytest.raises(FrozenInstanceError):
        OPTIMISATION.max_epochs = 6

    assert replace(OPTIMISATION, max_epochs=6).max_epochs == 6


def test_nothing_is_added_unless_it_is_wanted():
    architecture = Architecture(n_outputs=2, shapes={"rna": (3,)})
    config = EnsembleConfig(
        loss=ClassLoss(2), architecture=architecture, optimisation=OPTIMISATION
    )

    assert config.graph is None
    assert config.frozen == frozenset()
    assert OPTIMISATION.similarity_weight == OPTIMISATION.contrastive_weight == 0.0
    assert OPTIMISATION.n_iter_no_change is None
    assert Execution(device=torch.device("cpu")).checkpoint is None


@pytest.mark.parametrize(
    ("n_patients", "wanted", "patience"),
    [(64, 20, 20), (65, 20, 10), (640, 20, 5), (640, 3, 3), (640, None, None)],
)
def test_patience_counts_steps_but_five_epochs_at_least(n_patients, wanted, patience):
    optimisation = replace(OPTIMISATION, n_iter_no_change=wanted)

    assert optimisation.patience(n_patients) == patience
