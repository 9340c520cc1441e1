"""Convolutions on the patient graph; a new one is a file and a line of the registry.

Each is called as ``conv((sources, targets), edge_index, edge_weight)`` and gives finite
values for a target without edges. PyG is imported when the first one is built.
"""

from magnet_sklearn.nn.convolutions._registry import CONVOLUTIONS

__all__ = ["CONVOLUTIONS"]
