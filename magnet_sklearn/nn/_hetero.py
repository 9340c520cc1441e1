"""A feature graph as an object of PyG."""

import numpy as np
import torch

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.nn._pyg import HeteroData


def to_hetero_data(graph: FeatureGraph) -> HeteroData:
    """Turn a fitted feature graph into PyG's container of typed graphs.

    Parameters
    ----------
    graph : FeatureGraph
        Fitted graph.

    Returns
    -------
    data : HeteroData
        For each node type `feature` and `modality` (names) and `node` (positions in
        `graph.nodes_`); for each (source type, relation, target type) `edge_index`,
        in the numbering of these types, and `edge_weight`.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.graph import FeatureGraph
    >>> from magnet_sklearn.nn import to_hetero_data
    >>> rna = pd.DataFrame([[0.5, 1.0], [0.1, 0.3]], columns=["TP53", "MDM2"])
    >>> edges = pd.DataFrame({"source": ["TP53"], "target": ["MDM2"]})
    >>> graph = FeatureGraph(node_types={"rna": "gene"}, edges=edges)
    >>> to_hetero_data(graph.fit({"rna": rna})).edge_types
    [('gene', 'related_to', 'gene')]
    """
    data = HeteroData()
    nodes, edges = graph.nodes_, graph.edges_
    types = nodes["type"].to_numpy()
    number_in_type = nodes.groupby("type").cumcount().to_numpy()
    for name, members in nodes.groupby("type", sort=False):
        data[name].num_nodes = len(members)
        data[name].feature = members["feature"].tolist()
        data[name].modality = members["modality"].tolist()
        data[name].node = torch.tensor(members.index.to_numpy(dtype=np.int64))
    keys = [types[edges["source"]], edges["relation"], types[edges["target"]]]
    for key, members in edges.groupby(keys):
        ends = members[["source", "target"]].to_numpy().T
        data[key].edge_index = torch.tensor(number_in_type[ends])
        data[key].edge_weight = torch.tensor(members["weight"].to_numpy())
    return data
