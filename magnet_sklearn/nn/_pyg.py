"""What we use of PyG; the only module that imports it."""

from magnet_sklearn._utils import quiet_import

with quiet_import():
    from torch_geometric.data import HeteroData
    from torch_geometric.nn import GATConv, MessagePassing
    from torch_geometric.utils import scatter

__all__ = ["GATConv", "HeteroData", "MessagePassing", "scatter"]
