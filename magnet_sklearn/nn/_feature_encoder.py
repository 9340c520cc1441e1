"""Hierarchical encoder: from features, along their graph, to modalities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.nn._feature_attention import (
    FeatureGATLayer,
    neighbor_mean,
)
from magnet_sklearn.nn._feature_edges import FeatureEdges
from magnet_sklearn.nn._feature_pooling import FeaturePooling

# An optimiser such as Adam moves a number by the learning rate a step, but a score has
# to move by about one before the attention does.
_RELEVANCE_UNIT = 100.0


class FeatureGraphEncoder(nn.Module):
    r"""Encode modalities by their features, which inform each other along a graph.

    The state of feature j of modality m starts as its value, scaled, and shifted:
    :math:`(u_m + e_j) x_j + b_j`. A feature that is NaN is absent from the patient's
    graph. Graph attention along the edges within modalities, then along those between
    them, changes the states; attention pools them to an embedding per modality. The
    pooling also sees the values and their means over the graph, two steps far: what
    is noise in one gene is a signal in the mean of its pathway. Means, and what the
    pooling learns about all patients, count as far as neighbours tell about each
    other at all, `coherence_` of the graph.

    Attention costs are linear in patients and in edges, and memory in patients and
    features.

    Parameters
    ----------
    graph : FeatureGraph
        Fitted graph. Its `embedding_dim` is the width of the states, `n_layers` the
        number of layers within modalities.
    hidden_dim : int
        Width of the embedding of a modality; a multiple of `n_heads`.
    n_heads : int, default=4
        Heads of the pooling.
    dropout : float, default=0.0
        Probability of a zero, in training only.

    Attributes
    ----------
    modalities : list of str
        Modalities with nodes, in the order of the embeddings.

    Raises
    ------
    ValueError
        If `n_heads` does not divide `hidden_dim`.

    Examples
    --------
    >>> import pandas as pd
    >>> import torch
    >>> from magnet_sklearn.graph import FeatureGraph
    >>> from magnet_sklearn.nn import FeatureGraphEncoder
    >>> rna = pd.DataFrame([[0.5, 1.0], [0.1, 0.3]], columns=["TP53", "MDM2"])
    >>> edges = pd.DataFrame({"source": ["TP53"], "target": ["MDM2"]})
    >>> graph = FeatureGraph(edges=edges).fit({"rna": rna})
    >>> encoder = FeatureGraphEncoder(graph, hidden_dim=8)
    >>> blocks = {"rna": torch.tensor([[0.5, torch.nan]])}
    >>> encoded, attention = encoder(blocks, torch.tensor([[True]]))
    >>> encoded.shape, attention.tolist()
    (torch.Size([1, 1, 8]), [[1.0, 0.0]])
    """

    def __init__(
        self,
        graph: FeatureGraph,
        hidden_dim: int,
        n_heads: int = 4,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.modalities: list[str] = list(graph.modalities_)
        self.hidden_dim = hidden_dim
        width, n_relations = graph.embedding_dim, len(_relations(graph))
        owner = graph.nodes_["modality"]
        self.widths = [int((owner == name).sum()) for name in self.modalities]
        self.edges, self.intra_edges, self.inter_edges = _feature_edges(graph)
        coherence = graph.coherence_[owner].to_numpy()
        self.coherence = torch.from_numpy(np.array(coherence, dtype=np.float64))
        # what the features of a modality share, and what is a feature's own
        self.common_scale = nn.Parameter(torch.zeros(len(self.modalities), width))
        self.scale = nn.Parameter(torch.zeros(len(owner), width))
        self.shift = nn.Parameter(torch.zeros(len(owner), width))
        self.relevance = nn.Parameter(torch.zeros(len(owner)))
        self.intra_layers = nn.ModuleList(
            FeatureGATLayer(width, n_relations, dropout) for _ in range(graph.n_layers)
        )
        self.inter_layer = FeatureGATLayer(width, n_relations, dropout)
        self.pools = nn.ModuleList(
            FeaturePooling(n_features, width, hidden_dim, n_heads, dropout)
            for n_features in self.widths
        )
        for parameter in (self.common_scale, self.scale, self.shift):
            nn.init.xavier_uniform_(parameter)

    def forward(
        self, blocks: Mapping[str, Tensor], mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Encode the observed modalities.

        Parameters
        ----------
        blocks : dict of str to Tensor of shape (n_patients, n_features)
            Block per modality; NaN = the patient lacks the feature.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed; columns in the order of `modalities`.

        Returns
        -------
        encoded : Tensor of shape (n_patients, n_modalities, hidden_dim)
            Embeddings; meaningless where the modality is unobserved.
        attention : Tensor of shape (n_patients, n_nodes)
            Weight of each feature within its modality, mean over heads; exactly 0
            where absent.
        """
        values = torch.cat([blocks[name] for name in self.modalities], dim=1)
        widths = torch.tensor(self.widths, device=mask.device)
        present = mask.repeat_interleave(widths, dim=1) & ~values.isnan()
        # filled first: a NaN that meets a weight poisons the weight's gradient
        values = values.masked_fill(~present, 0.0)
        coherence = self.coherence.to(values)
        means = coherence * self._around(values, present)
        scale = self.common_scale.repeat_interleave(widths, dim=0) + self.scale
        states = scale * values.unsqueeze(-1) + self.shift
        for layer in self.intra_layers:
            states = layer(states, present, self.intra_edges)
        states = self.inter_layer(states, present, self.inter_edges)
        parts = zip(
            self.pools,
            *(part.split(self.widths, 1) for part in (states, values, means, present)),
            self._relevance().split(self.widths),
            strict=True,
        )
        encoded, attention = zip(*(pool(*part) for pool, *part in parts), strict=True)
        return torch.stack(encoded, dim=1), torch.cat(attention, dim=1)

    def _around(self, values: Tensor, present: Tensor) -> Tensor:
        """Means over what is at most two edges away."""
        for _ in range(2):
            values = neighbor_mean(values, present, self.edges)
        return values

    def _relevance(self) -> Tensor:
        """Relevance of each feature for all patients; neighbours share theirs."""
        trust = _RELEVANCE_UNIT * self.coherence.to(self.relevance)
        relevance = (trust * self.relevance).unsqueeze(0)
        everywhere = torch.ones_like(relevance, dtype=torch.bool)
        return self._around(relevance, everywhere).squeeze(0)


def _relations(graph: FeatureGraph) -> np.ndarray:
    """Kinds of edges, sorted."""
    return np.unique(graph.edges_["relation"].to_numpy(dtype=str))


def _feature_edges(graph: FeatureGraph) -> list[FeatureEdges]:
    """All edges, those within modalities, and those between them."""
    owner = graph.nodes_["modality"].to_numpy()
    pairs = graph.edges_[["source", "target"]].to_numpy()
    weight = graph.edges_["weight"].to_numpy()
    relation = np.searchsorted(
        _relations(graph), graph.edges_["relation"].to_numpy(dtype=str)
    )
    inside = owner[pairs[:, 0]] == owner[pairs[:, 1]]
    return [
        FeatureEdges.from_pairs(
            pairs[chosen], weight[chosen], relation[chosen], len(owner)
        )
        for chosen in (np.ones_like(inside), inside, ~inside)
    ]
