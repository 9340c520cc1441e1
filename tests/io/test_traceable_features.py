"""The encoder of a feature graph, all patients at a time."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.io._traceable_features import TraceableFeatureEncoder
from magnet_sklearn.nn import FeatureGraphEncoder

WIDTHS = {"rna": 5, "protein": 3}
EDGES = pd.DataFrame(
    [("rna_0", "rna_1"), ("rna_1", "rna_2"), ("rna_2", "protein_0")],
    columns=["source", "target"],
).assign(weight=[1.0, -0.5, 2.0])


@pytest.fixture(scope="module")
def encoder():
    blocks = {name: np.ones((4, width)) for name, width in WIDTHS.items()}
    graph = FeatureGraph(edges=EDGES, embedding_dim=4).fit(blocks)
    graph.coherence_[:] = 0.7
    torch.manual_seed(0)
    encoder = FeatureGraphEncoder(graph, hidden_dim=8, n_heads=2).eval()
    for weight in encoder.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return encoder


@settings(max_examples=30, deadline=None)
@given(
    cells=hnp.arrays(bool, (6, sum(WIDTHS.values()))),
    mask=hnp.arrays(bool, (6, len(WIDTHS))),
)
def test_embeddings_are_those_of_the_encoder_whatever_is_missing(encoder, cells, mask):
    values = torch.randn(cells.shape, generator=torch.Generator().manual_seed(1))
    values = values.masked_fill(~torch.from_numpy(cells), torch.nan)
    blocks = dict(zip(WIDTHS, values.split(list(WIDTHS.values()), dim=1), strict=True))
    mask = torch.from_numpy(mask)

    with torch.no_grad():
        expected, _ = encoder(blocks, mask)
        traced = TraceableFeatureEncoder(encoder)(blocks, mask)

    for column, name in enumerate(WIDTHS):
        seen = mask[:, column]
        assert_allclose(traced[name][seen], expected[seen, column], atol=1e-5)
