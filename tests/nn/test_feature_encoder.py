import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.nn import FeatureGraphEncoder
from magnet_sklearn.nn._initialize import build_initialized

N_RNA, N_PROTEIN = 5, 3
EDGES = pd.DataFrame(
    [("rna_0", "rna_1"), ("rna_1", "rna_2"), ("rna_2", "protein_0")],
    columns=["source", "target"],
)


def fit_graph(**parameters):
    blocks = {"rna": np.ones((4, N_RNA)), "protein": np.ones((4, N_PROTEIN))}
    graph = FeatureGraph(edges=EDGES, embedding_dim=4, **parameters).fit(blocks)
    graph.coherence_[:] = 0.7
    return graph


def make_encoder(seed=0, graph=None):
    def make():
        return FeatureGraphEncoder(graph or fit_graph(), hidden_dim=8, n_heads=2)

    encoder = build_initialized(make, torch.Generator().manual_seed(seed)).double()
    torch.nn.init.normal_(encoder.relevance, std=0.01)
    return encoder


def make_blocks(n_patients=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(n_patients, width, generator=generator, dtype=torch.float64)
        for name, width in (("rna", N_RNA), ("protein", N_PROTEIN))
    }


def with_nan(blocks, cells):
    """Blocks with NaN where `cells`, over both modalities, is False."""
    parts = torch.as_tensor(cells).split([N_RNA, N_PROTEIN], dim=1)
    return {
        name: block.masked_fill(~part, torch.nan)
        for (name, block), part in zip(blocks.items(), parts, strict=True)
    }


ALL = torch.ones(6, 2, dtype=torch.bool)
SOME_CELLS = hnp.arrays(bool, (6, N_RNA + N_PROTEIN))
SOME_MODALITIES = hnp.arrays(bool, (6, 2))


@settings(max_examples=25, deadline=None)
@given(cells=SOME_CELLS, mask=SOME_MODALITIES)
def test_attention_is_a_distribution_over_present_features(cells, mask):
    encoded, attention = make_encoder()(
        with_nan(make_blocks(), cells), torch.tensor(mask)
    )

    present = cells & np.repeat(mask, [N_RNA, N_PROTEIN], axis=1)
    assert encoded.shape == (6, 2, 8)
    assert torch.isfinite(encoded).all()
    assert (attention.detach().numpy()[~present] == 0).all()
    for part in (slice(0, N_RNA), slice(N_RNA, None)):
        total = attention[:, part].sum(1).detach()
        assert_allclose(total, present[:, part].any(axis=1), atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(cells=SOME_CELLS, mask=SOME_MODALITIES)
def test_patient_alone_gets_the_same_embedding(cells, mask):
    encoder, blocks = make_encoder(), with_nan(make_blocks(), cells)
    mask = torch.tensor(mask)

    together = encoder(blocks, mask)
    for row in range(6):
        one = {name: block[[row]] for name, block in blocks.items()}
        for all_rows, alone in zip(together, encoder(one, mask[[row]]), strict=True):
            assert_allclose(all_rows[[row]].detach(), alone.detach(), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(cells=SOME_CELLS, mask=SOME_MODALITIES, row=st.integers(0, 5))
def test_gradients_are_finite_whatever_is_missing(cells, mask, row):
    encoder = make_encoder()

    encoded, attention = encoder(with_nan(make_blocks(), cells), torch.tensor(mask))
    (encoded[row].sum() + attention[row].square().sum()).backward()

    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters())


def test_absent_feature_is_a_feature_that_is_not_in_the_graph():
    encoder = make_encoder()
    cells = torch.ones(6, N_RNA + N_PROTEIN, dtype=torch.bool)
    cells[:, 1] = False
    without = fit_graph()
    touches = (without.edges_[["source", "target"]] == 1).any(axis=1)
    without.edges_ = without.edges_[~touches]
    removed = make_encoder(graph=without)
    removed.load_state_dict(encoder.state_dict())
    # relevance is shared along edges of the whole graph, whoever has the features
    for some in (encoder, removed):
        torch.nn.init.zeros_(some.relevance)
    blocks = with_nan(make_blocks(), cells)
    others = {"rna": blocks["rna"].clone(), "protein": blocks["protein"]}

    encoded = encoder(blocks, ALL)
    expected = removed(others, ALL)

    for one, other in zip(encoded, expected, strict=True):
        assert_allclose(one.detach(), other.detach(), atol=1e-12)


def test_unobserved_modality_changes_no_other():
    encoder, blocks = make_encoder(), make_blocks()
    no_protein = torch.tensor([[True, False]]).expand(6, 2)
    other = {**blocks, "protein": blocks["protein"] * 1e3}

    assert torch.equal(
        encoder(blocks, no_protein)[0][:, 0], encoder(other, no_protein)[0][:, 0]
    )


def test_modalities_inform_each_other_by_their_edges_alone():
    blocks = make_blocks()
    other = {**blocks, "protein": blocks["protein"] + 1.0}
    apart = fit_graph()
    apart.edges_ = apart.edges_[apart.edges_["target"] < N_RNA]
    linked, unlinked = make_encoder(), make_encoder(graph=apart)

    changes = [
        (encoder(blocks, ALL)[0] - encoder(other, ALL)[0])[:, 0].abs().max()
        for encoder in (linked, unlinked)
    ]

    assert changes[0] > 1e-4
    assert changes[1] == 0


def test_heads_that_do_not_divide_the_width_are_an_error():
    with pytest.raises(ValueError, match="n_heads=3 does not divide hidden_dim=8"):
        FeatureGraphEncoder(fit_graph(), hidden_dim=8, n_heads=3)


def test_graph_without_edges_is_enough():
    graph = FeatureGraph(embedding_dim=4).fit({"rna": np.ones((2, N_RNA))})

    encoded, attention = make_encoder(graph=graph)(make_blocks(), ALL[:, :1])

    assert encoded.shape == (6, 1, 8)
    assert attention.shape == (6, N_RNA)
