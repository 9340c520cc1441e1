import torch
from numpy.testing import assert_allclose
from torch import nn

from magnet_sklearn.nn import MLPEncoder


def test_encoder_is_linear_leaky_relu_linear():
    encoder = MLPEncoder(3, 4)
    first, last = (part for part in encoder.layers if isinstance(part, nn.Linear))
    X = torch.randn(5, 3)

    hidden = X @ first.weight.T + first.bias
    hidden = torch.where(hidden > 0, hidden, 0.2 * hidden)
    expected = hidden @ last.weight.T + last.bias

    assert_allclose(encoder(X).detach(), expected.detach(), atol=1e-6)


def test_encoder_flattens_arrays():
    encoder = MLPEncoder(12, 4)
    X = torch.randn(5, 1, 3, 4)

    assert torch.equal(encoder(X), encoder(X.reshape(5, 12)))
