"""Networks and their layers as torch modules, each usable alone.

PyG takes seconds to import, so what needs it is loaded on first use.
"""

from typing import TYPE_CHECKING

from magnet_sklearn._utils import lazy_attributes

if TYPE_CHECKING:
    from magnet_sklearn.nn._architecture import Architecture
    from magnet_sklearn.nn._decoder import GraphDecoder
    from magnet_sklearn.nn._dropout import Drawing, set_generator
    from magnet_sklearn.nn._factory import build_network
    from magnet_sklearn.nn._feature_encoder import FeatureGraphEncoder
    from magnet_sklearn.nn._growth import adopt_encoders, widen_network
    from magnet_sklearn.nn._hetero import to_hetero_data
    from magnet_sklearn.nn._initialize import build_initialized
    from magnet_sklearn.nn._network import MagnetNetwork, NetworkOutput
    from magnet_sklearn.nn.convolutions._sage import EdgeSAGEConv
    from magnet_sklearn.nn.encoders._categorical import CategoricalEncoder
    from magnet_sklearn.nn.encoders._mlp import MLPEncoder
    from magnet_sklearn.nn.fusion._attention import PatientModalityAttention
    from magnet_sklearn.nn.fusion._concat import ConcatFusion
    from magnet_sklearn.nn.fusion._cross import CrossAttentionFusion
    from magnet_sklearn.nn.fusion._mean import MeanFusion

__all__ = [
    "Architecture",
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
    "build_network",
    "to_hetero_data",
]

_MODULES = {
    "Architecture": "._architecture",
    "CategoricalEncoder": ".encoders._categorical",
    "ConcatFusion": ".fusion._concat",
    "CrossAttentionFusion": ".fusion._cross",
    "EdgeSAGEConv": ".convolutions._sage",
    "FeatureGraphEncoder": "._feature_encoder",
    "GraphDecoder": "._decoder",
    "MLPEncoder": ".encoders._mlp",
    "MagnetNetwork": "._network",
    "MeanFusion": ".fusion._mean",
    "NetworkOutput": "._network",
    "PatientModalityAttention": ".fusion._attention",
    "build_network": "._factory",
    "to_hetero_data": "._hetero",
    # for other packages of magnet_sklearn
    "Drawing": "._dropout",
    "adopt_encoders": "._growth",
    "build_initialized": "._initialize",
    "set_generator": "._dropout",
    "widen_network": "._growth",
}
__getattr__, __dir__ = lazy_attributes(__name__, _MODULES)
