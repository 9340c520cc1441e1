"""Attention among the features of a patient, along the edges of one static graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from magnet_sklearn.nn._dropout import Dropout
from magnet_sklearn.nn._feature_edges import FeatureEdges

# Patients times edges worked on at a time: bounds the memory of one layer.
_MAX_MESSAGES = 1_000_000
_FIRST_GATE = 0.1


class FeatureGATLayer(nn.Module):
    r"""Graph attention layer with residual and norm on many patients at once.

    The state of feature i becomes :math:`h_i + g \,
    \mathrm{ELU}(\sum_j \alpha_{ij} \, \mathrm{sign}(w_{ij}) \, v_j)` with
    :math:`v_j = V \, \mathrm{norm}(h_j)` and attention
    :math:`\alpha_{ij} \propto |w_{ij}|
    \exp(\mathrm{LeakyReLU}(a \cdot v_j + b \cdot v_i + c_{r(ij)}))` over the
    neighbours j that the patient has [1]_; :math:`c_r` is one number per relation.
    Layer normalisation adds 1 to the variance, so that small states keep their size.
    The gate g starts at 0.1, so that a layer starts as a small correction [2]_.

    Parameters
    ----------
    embedding_dim : int
        Width of the states.
    n_relations : int, default=1
        Kinds of edges.
    dropout : float, default=0.0
        Probability that a feature gets no message, in training only.

    References
    ----------
    .. [1] P. Velickovic et al.: Graph attention networks. ICLR 2018.
    .. [2] H. Touvron et al.: Going deeper with image transformers. ICCV 2021.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from magnet_sklearn.nn._feature_attention import FeatureGATLayer
    >>> from magnet_sklearn.nn._feature_edges import FeatureEdges
    >>> pairs, weight, relation = np.array([[0, 1]]), np.ones(1), np.zeros(1, int)
    >>> edges = FeatureEdges.from_pairs(pairs, weight, relation, n_nodes=3)
    >>> present = torch.tensor([[True, True, False]])
    >>> FeatureGATLayer(4)(torch.ones(1, 3, 4), present, edges).shape
    torch.Size([1, 3, 4])
    """

    def __init__(
        self, embedding_dim: int, n_relations: int = 1, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(embedding_dim, eps=1.0)
        self.value = nn.Linear(embedding_dim, embedding_dim, bias=False)
        # scores of a node as source and as target
        self.score = nn.Linear(embedding_dim, 2, bias=False)
        self.relation_score = nn.Parameter(torch.zeros(n_relations))
        self.gate = nn.Parameter(torch.zeros(embedding_dim))
        self.dropout = Dropout(dropout, drawn_dims=2)

    def forward(self, states: Tensor, present: Tensor, edges: FeatureEdges) -> Tensor:
        """Let the present features of each patient inform each other.

        Parameters
        ----------
        states : Tensor of shape (n_patients, n_nodes, embedding_dim)
            States of the features, finite also where absent.
        present : bool Tensor of shape (n_patients, n_nodes)
            True = the patient has the feature.
        edges : FeatureEdges
            Edges among the features.

        Returns
        -------
        states : Tensor of shape (n_patients, n_nodes, embedding_dim)
            New states; those of present features do not depend on absent ones.
        """
        if len(edges) == 0:
            return states
        edges = edges.to(states)
        values = self.value(self.norm(states))
        scores = self.score(values)
        step = max(1, _MAX_MESSAGES // len(edges))
        # recomputed in the backward pass: only states of features are kept, no edges
        messages = [
            checkpoint(
                self._messages,
                *part,
                edges,
                use_reentrant=False,
                preserve_rng_state=False,
            )
            for part in zip(
                values.split(step), scores.split(step), present.split(step), strict=True
            )
        ]
        return states + self.message_gate * self.dropout(F.elu(torch.cat(messages)))

    @property
    def message_gate(self) -> Tensor:
        """Weight of the messages beside the state, per dimension."""
        return _FIRST_GATE + self.gate

    def _messages(
        self, values: Tensor, scores: Tensor, present: Tensor, edges: FeatureEdges
    ) -> Tensor:
        attention = feature_attention(
            scores, present, edges, self.relation_score[edges.relation]
        )
        return _WeightedSum.apply(values, attention * edges.weight.sign(), edges)


def neighbor_mean(values: Tensor, present: Tensor, edges: FeatureEdges) -> Tensor:
    """Mean of each feature and its present neighbours, weighted by the edges.

    Parameters
    ----------
    values : Tensor of shape (n_patients, n_nodes)
        Values of the features, finite also where absent.
    present : bool Tensor of shape (n_patients, n_nodes)
        True = the patient has the feature.
    edges : FeatureEdges
        Edges among the features; a negative weight turns the sign of a value.

    Returns
    -------
    means : Tensor of shape (n_patients, n_nodes)
        Means; that of an absent feature is one of its neighbours alone, or 0.
    """
    edges = edges.to(values)
    step = max(1, _MAX_MESSAGES // max(len(edges), 1))
    parts = zip(values.split(step), present.split(step), strict=True)
    return torch.cat([mean_around(*part, edges) for part in parts])


def mean_around(values: Tensor, present: Tensor, edges: FeatureEdges) -> Tensor:
    """As `neighbor_mean`, all patients at a time.

    Parameters
    ----------
    values : Tensor of shape (n_patients, n_nodes)
        As there.
    present : bool Tensor of shape (n_patients, n_nodes)
        As there.
    edges : FeatureEdges
        As there, on the device of the values.

    Returns
    -------
    means : Tensor of shape (n_patients, n_nodes)
        As there.
    """
    weight = edges.weight.unsqueeze(1)
    counted = present.T.to(values.dtype)
    total = counted * values.T
    sent = weight * total[edges.source]
    count = weight.abs() * counted[edges.source]
    total = total.index_add(0, edges.target, sent)
    count = counted.index_add(0, edges.target, count)
    # a sum of nothing is 0, whatever it is divided by
    return (total / count.masked_fill(count == 0, 1.0)).T


def feature_attention(
    scores: Tensor, present: Tensor, edges: FeatureEdges, edge_score: Tensor
) -> Tensor:
    """Softmax over the present neighbours of each feature of each patient.

    Parameters
    ----------
    scores : Tensor of shape (n_patients, n_nodes, 2)
        Scores of the nodes as sources and as targets.
    present : bool Tensor of shape (n_patients, n_nodes)
        True = the patient has the feature.
    edges : FeatureEdges
        Edges among the features.
    edge_score : Tensor of shape (n_edges,)
        Added to the score of each edge.

    Returns
    -------
    attention : Tensor of shape (n_patients, n_edges)
        Sums to 1 over the edges of a target; exactly 0 where the source is absent.
    """
    # nodes first: rows of patients are added and compared as a whole
    as_source, as_target = scores.permute(2, 1, 0).contiguous()
    has_source = present.T.contiguous()[edges.source]
    score = as_source[edges.source] + as_target[edges.target] + edge_score.unsqueeze(1)
    score = F.leaky_relu(score, 0.2) + edges.weight.abs().log().unsqueeze(1)
    lowest = torch.finfo(score.dtype).min
    score = score.masked_fill(~has_source, lowest)
    shape = (edges.n_nodes, score.shape[1])
    target = edges.target.unsqueeze(1).expand_as(score)
    highest = score.new_full(shape, lowest).scatter_reduce(
        0, target, score.detach(), "amax"
    )
    raised = (score - highest[edges.target]).exp() * has_source
    total = raised.new_zeros(shape).index_add(0, edges.target, raised)
    # every target with a present neighbour has a total of at least 1
    return (raised / total.clamp(min=1.0)[edges.target]).T


class _WeightedSum(torch.autograd.Function):
    """Sum of neighbours' values, weighted by patient and edge.

    A plain product of values and weights would hold n_patients x n_edges x width
    numbers; `embedding_bag` adds up rows of a table without doing so.
    """

    @staticmethod
    def forward(ctx, values, weight, edges):
        ctx.save_for_backward(values, weight)
        ctx.edges = edges
        return _sum_rows(values, weight, edges.source, edges.target)

    @staticmethod
    def backward(ctx, gradient):
        values, weight = ctx.saved_tensors
        edges, by_source = ctx.edges, ctx.edges.source.argsort(stable=True)
        gradient = gradient.contiguous()
        to_values = _sum_rows(
            gradient,
            weight[:, by_source],
            edges.target[by_source],
            edges.source[by_source],
        )
        with torch.enable_grad():
            weight = weight.detach().requires_grad_()
            total = _sum_rows(values.detach(), weight, edges.source, edges.target)
            (to_weight,) = torch.autograd.grad(total, weight, gradient)
        return to_values, to_weight, None


def _sum_rows(values: Tensor, weight: Tensor, rows: Tensor, bags: Tensor) -> Tensor:
    """Weighted sum over the rows of each bag; `bags` is sorted."""
    n_patients, n_nodes, width = values.shape
    starts = torch.searchsorted(bags, torch.arange(n_nodes, device=bags.device))
    patient = torch.arange(n_patients, device=bags.device)[:, None]
    return F.embedding_bag(
        (patient * n_nodes + rows).flatten(),
        values.reshape(-1, width),
        (patient * len(rows) + starts).flatten(),
        mode="sum",
        per_sample_weights=weight.flatten(),
    ).view(n_patients, n_nodes, width)
