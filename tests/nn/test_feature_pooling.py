import pytest
import torch

from magnet_sklearn.nn._feature_pooling import FeaturePooling


def pool(present, states=None):
    torch.manual_seed(0)
    pooling = FeaturePooling(3, embedding_dim=4, hidden_dim=8, n_heads=2).double()
    values = torch.randn(2, 3, dtype=torch.float64)
    if states is None:
        states = torch.randn(2, 3, 4, dtype=torch.float64)
    return pooling(states, values, values, present, torch.zeros(3).double())


def test_weights_sum_to_one_over_present_features_and_are_zero_elsewhere():
    present = torch.tensor([[True, False, True], [True, True, True]])

    _, weights = pool(present)

    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2).double())
    assert weights[0, 1] == 0.0


def test_a_patient_without_features_gets_finite_values():
    embedding, weights = pool(torch.zeros(2, 3, dtype=torch.bool))

    assert torch.isfinite(embedding).all()
    assert not weights.any()


def test_width_is_a_multiple_of_the_heads():
    with pytest.raises(ValueError, match="n_heads=3 does not divide hidden_dim=8"):
        FeaturePooling(3, embedding_dim=4, hidden_dim=8, n_heads=3)
