"""Encoder of images: a small convolutional network."""

from collections.abc import Sequence
from math import log2

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn._dropout import Dropout

_WIDTHS = (16, 32, 64, 64)  # channels of the levels
_SMALLEST = 2  # pixels along an axis that the last level keeps, at least


class CNNEncoder(nn.Module):
    """Convolutions with pooling between them, then a linear layer.

    Parameters
    ----------
    shape : sequence of int
        Channels, height and width of an image.
    hidden_dim : int
        Width of the embedding.
    dropout : float, default=0.0
        Probability of a zero before the last layer, in training only.

    Notes
    -----
    The first layer scales the channels by their means and spreads over the training
    patients, so that the unit of pixels does not matter; a prediction uses those of
    training. Images of 8 x 8 have two levels of convolutions, larger ones up to four.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import CNNEncoder
    >>> CNNEncoder((1, 8, 8), hidden_dim=4).eval()(torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 4])
    """

    def __init__(
        self, shape: Sequence[int], hidden_dim: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        n_channels, *size = shape
        n_levels = int(log2(max(2, min(size) / _SMALLEST)))
        layers: list[nn.Module] = []
        for width in _WIDTHS[: max(1, n_levels)]:
            layers += [
                nn.Conv2d(n_channels, width, 3, padding=1),
                nn.LeakyReLU(0.2),
            ]
            if min(size) >= 2 * _SMALLEST:
                layers.append(nn.MaxPool2d(2))
                size = [length // 2 for length in size]
            n_channels = width
        self.scale = PixelScale(shape[0])
        self.layers = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(min(_SMALLEST, *size))
        n_values = n_channels * min(_SMALLEST, *size) ** 2
        self.head = nn.Sequential(Dropout(dropout), nn.Linear(n_values, hidden_dim))

    def forward(self, X: Tensor) -> Tensor:
        """Encode images.

        Parameters
        ----------
        X : Tensor of shape (n_patients, n_channels, height, width)
            Images.

        Returns
        -------
        Z : Tensor of shape (n_patients, hidden_dim)
            Embedding.
        """
        return self.head(self.pool(self.layers(self.scale(X))).flatten(1))


class PixelScale(nn.Module):
    """Standardise channels by the mean over all images seen in training."""

    n_seen: Tensor
    shift: Tensor  # the mean of the first batch: squares of large pixels lose digits
    total: Tensor
    squares: Tensor

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        for name in ("shift", "total", "squares"):
            self.register_buffer(name, torch.zeros(n_channels))
        self.register_buffer("n_seen", torch.zeros(()))

    def forward(self, X: Tensor) -> Tensor:
        """Scale images, and in training count them in."""
        if self.training:
            with torch.no_grad():
                first = X.mean(dim=(0, 2, 3))
                self.shift.copy_(torch.where(self.n_seen == 0, first, self.shift))
                centred = X - self.shift[:, None, None]
                self.n_seen += 1
                self.total += centred.mean(dim=(0, 2, 3))
                self.squares += centred.square().mean(dim=(0, 2, 3))
        count = self.n_seen.clamp(min=1)
        mean = self.total / count
        variance = self.squares / count - mean.square()
        # a channel that does not vary, or before any training
        spread = torch.where(variance > 0, variance, 1.0).sqrt()
        return (X - (self.shift + mean)[:, None, None]) / spread[:, None, None]


def cnn_encoder(name: str, net: Architecture) -> CNNEncoder:
    """Build the encoder of one modality of a network."""
    shape = net.shapes[name]
    if len(shape) != 3:
        raise ValueError(
            f"The encoder 'cnn' of modality {name!r} needs images of shape (n_patients,"
            f" n_channels, height, width), but a patient has shape {tuple(shape)}. Add "
            "an axis of one channel, images[:, None], or pass another encoder."
        )
    return CNNEncoder(shape, net.hidden_dim, net.dropout)
