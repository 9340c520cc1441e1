import numpy as np
import pandas as pd

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.nn import to_hetero_data


def test_hetero_data_has_typed_nodes_and_edges():
    X = {
        "rna": pd.DataFrame(np.eye(3), columns=["TP53", "MDM2", "EGFR"]),
        "cnv": pd.DataFrame(np.eye(3)[:, :1], columns=["MYC"]),
        "protein": pd.DataFrame(np.eye(3)[:, :1], columns=["p53"]),
    }
    table = pd.DataFrame(
        [("TP53", "codes_for", "p53"), ("MYC", "binds", "EGFR")],
        columns=["source", "relation", "target"],
    ).assign(weight=[1.0, 0.5])
    types = {"rna": "gene", "cnv": "gene"}

    data = to_hetero_data(FeatureGraph(node_types=types, edges=table).fit(X))

    assert data["gene"].feature == ["TP53", "MDM2", "EGFR", "MYC"]
    assert data["gene"].modality == ["rna", "rna", "rna", "cnv"]
    assert data["protein"].node.tolist() == [4]
    assert data["gene", "codes_for", "protein"].edge_index.tolist() == [[0], [0]]
    assert data["gene", "binds", "gene"].edge_index.tolist() == [[3], [2]]
    assert data["gene", "binds", "gene"].edge_weight.tolist() == [0.5]
    assert data.validate()
