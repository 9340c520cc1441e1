"""Encoders by name."""

from collections.abc import Callable
from math import prod

from torch import nn

from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn.encoders._categorical import categorical_encoder
from magnet_sklearn.nn.encoders._cnn import cnn_encoder
from magnet_sklearn.nn.encoders._mlp import MLPEncoder
from magnet_sklearn.nn.encoders._series import series_encoder
from magnet_sklearn.nn.encoders._set import set_encoder

# From a modality and the network around it to the encoder.
ENCODERS: dict[str, Callable[[str, Architecture], nn.Module]] = {
    "mlp": lambda name, net: MLPEncoder(
        prod(net.shapes[name]), net.hidden_dim, net.dropout
    ),
    "categorical": categorical_encoder,
    "cnn": cnn_encoder,
    "series": series_encoder,
    "set": set_encoder,
}

# By kind of block; others have "categorical" or "mlp".
ENCODER_OF_KIND = {"image": "cnn", "series": "series", "set": "set"}
