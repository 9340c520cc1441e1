import pytest
import torch

from magnet_sklearn.nn import Architecture
from magnet_sklearn.nn.encoders import ENCODERS

NETWORK = Architecture(
    n_outputs=2,
    shapes={"clinical": (5,)},
    category_sizes={"clinical": [2]},
    hidden_dim=8,
)


@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_fits_its_modality_and_the_network(name):
    encoder = ENCODERS[name]("clinical", NETWORK)

    assert encoder(torch.randn(3, 5)).shape == (3, 8)
