import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from magnet_sklearn.nn import CNNEncoder
from magnet_sklearn.nn.encoders._cnn import PixelScale


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 2), (1, 8, 8), (3, 40, 65)])
def test_images_of_any_size_become_an_embedding(shape):
    encoder = CNNEncoder(shape, hidden_dim=6)

    assert encoder(torch.randn(4, *shape)).shape == (4, 6)


def test_larger_images_have_more_levels():
    levels = [
        sum(isinstance(layer, nn.Conv2d) for layer in CNNEncoder(shape, 4).layers)
        for shape in [(1, 4, 4), (1, 8, 8), (1, 16, 16), (1, 256, 256)]
    ]

    assert levels == [1, 2, 3, 4]


def test_unit_of_the_pixels_does_not_matter():
    images = torch.randn(6, 2, 8, 8)
    encoder = CNNEncoder((2, 8, 8), hidden_dim=4)
    encoder(images)
    same = CNNEncoder((2, 8, 8), hidden_dim=4)
    same.load_state_dict(encoder.state_dict())
    same.scale = PixelScale(2)
    same(200 * images + 50)

    with torch.no_grad():
        expected, found = encoder.eval()(images), same.eval()(200 * images + 50)

    assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(("spread", "mean"), [(3, 5), (10, 30_000), (1e-7, 0)])
def test_scale_is_that_of_all_training_images(spread, mean):
    images = spread * torch.randn(6, 2, 4, 4) + mean
    scale = PixelScale(2)
    for batch in images.split(2):
        scale(batch)

    scaled = scale.eval()(images)

    assert_allclose(scaled.mean(dim=(0, 2, 3)), 0, atol=1e-3)
    assert_allclose(scaled.std(dim=(0, 2, 3), correction=0), 1, atol=1e-3)
    assert scale.n_seen == 3
