from dataclasses import FrozenInstanceError

import pytest

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.nn import Architecture


def test_defaults_are_those_of_the_estimators():
    ours = vars(Architecture(n_outputs=2, shapes={}))
    estimator = MagnetClassifier().get_params()

    for name in ("fusion", "decoder", "hidden_dim", "n_heads", "n_layers", "dropout"):
        assert ours[name] == estimator[name]


def test_architecture_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Architecture(n_outputs=2, shapes={}).fusion = "mean"
