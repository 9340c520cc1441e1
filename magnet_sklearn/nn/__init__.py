"""Networks and their layers as torch modules, each usable alone.

PyG takes seconds to import, so what needs it is loaded on first use.
"""

from typing import TYPE_CHECKING

from magnet_sklearn._utils import lazy_attributes
from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn._decoder import GraphDecoder
from magnet_sklearn.nn._dropout import Drawing, set_generator
from magnet_sklearn.nn._factory import build_network
from magnet_sklearn.nn._feature_attention import (
    FeatureGATLayer,
    feature_attention,
    mean_around,
)
from magnet_sklearn.nn._feature_edges import FeatureEdges
from magnet_sklearn.nn._feature_encoder import FeatureGraphEncoder
from magnet_sklearn.nn._growth import adopt_encoders, widen_network
from magnet_sklearn.nn._initialize import build_initialized
from magnet_sklearn.nn._network import MagnetNetwork, NetworkOutput
from magnet_sklearn.nn._transfer import MovesColumns, transfer_encoders
from magnet_sklearn.nn.encoders._categorical import CategoricalEncoder
from magnet_sklearn.nn.encoders._cnn import CNNEncoder
from magnet_sklearn.nn.encoders._mlp import MLPEncoder
from magnet_sklearn.nn.encoders._series import SeriesEncoder
from magnet_sklearn.nn.encoders._set import SetEncoder
from magnet_sklearn.nn.fusion._attention import PatientModalityAttention
from magnet_sklearn.nn.fusion._concat import ConcatFusion
from magnet_sklearn.nn.fusion._cross import CrossAttentionFusion
from magnet_sklearn.nn.fusion._mean import MeanFusion

if TYPE_CHECKING:
    from magnet_sklearn.nn._hetero import to_hetero_data
    from magnet_sklearn.nn.convolutions._sage import EdgeSAGEConv

__all__ = [
    "Architecture",
    "CNNEncoder",
    "CategoricalEncoder",
    "ConcatFusion",
    "CrossAttentionFusion",
    "EdgeSAGEConv",
    "FeatureGraphEncoder",
    "GraphDecoder",
    "MLPEncoder",
    "MagnetNetwork",
    "MeanFusion",
    "NetworkOutput",
    "PatientModalityAttention",
    "SeriesEncoder",
    "SetEncoder",
    "build_network",
    "to_hetero_data",
]

__getattr__ = lazy_attributes(
    __name__, {"EdgeSAGEConv": ".convolutions._sage", "to_hetero_data": "._hetero"}
)
