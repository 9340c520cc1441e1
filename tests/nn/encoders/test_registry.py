import pytest
import torch

from magnet_sklearn.nn import Architecture
from magnet_sklearn.nn.encoders import ENCODER_OF_KIND, ENCODERS

SHAPES = {
    "mlp": (5,),
    "categorical": (5,),
    "cnn": (3, 9, 6),
    "series": (4, 3),
    "set": (4, 3),
}


def network(shape):
    """Return a network with one modality."""
    return Architecture(
        n_outputs=2,
        shapes={"clinical": shape},
        category_sizes={"clinical": [2] if len(shape) == 1 else []},
        hidden_dim=8,
    )


@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_fits_its_modality_and_the_network(name):
    encoder = ENCODERS[name]("clinical", network(SHAPES[name]))

    assert encoder(torch.randn(3, *SHAPES[name])).shape == (3, 8)


@pytest.mark.parametrize("name", sorted(ENCODER_OF_KIND.values()))
def test_encoder_of_another_kind_names_modality_and_shape(name):
    with pytest.raises(ValueError, match=r"'clinical' needs .* has shape \(5,\)"):
        ENCODERS[name]("clinical", network((5,)))
