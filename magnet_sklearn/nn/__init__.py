"""Parts of the network as torch modules, each usable alone."""

from magnet_sklearn.nn._attention import PatientModalityAttention
from magnet_sklearn.nn._cross_attention import CrossAttentionFusion
from magnet_sklearn.nn._decoder import GraphDecoder
from magnet_sklearn.nn._edge_sage import EdgeSAGEConv
from magnet_sklearn.nn._embedding import CategoricalEncoder
from magnet_sklearn.nn._encoders import MLPEncoder
from magnet_sklearn.nn._feature_encoder import FeatureGraphEncoder
from magnet_sklearn.nn._fusion import ConcatFusion, MeanFusion
from magnet_sklearn.nn._hetero import to_hetero_data
from magnet_sklearn.nn._network import MagnetNetwork, NetworkOutput

__all__ = [
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
    "to_hetero_data",
]
