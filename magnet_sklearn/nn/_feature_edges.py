"""Edges among features as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class FeatureEdges:
    """Directed edges among features, sorted by target.

    Parameters
    ----------
    source, target : int64 Tensors of shape (n_edges,)
        Nodes at both ends; `target` does not decrease.
    weight : Tensor of shape (n_edges,)
        Weights; a negative one turns the sign of what is passed on.
    relation : int64 Tensor of shape (n_edges,)
        Kind of each edge.
    n_nodes : int
        How many nodes there are.
    """

    source: Tensor
    target: Tensor
    weight: Tensor
    relation: Tensor
    n_nodes: int

    @classmethod
    def from_pairs(
        cls, pairs: np.ndarray, weight: np.ndarray, relation: np.ndarray, n_nodes: int
    ) -> FeatureEdges:
        """Take undirected edges in both directions.

        Parameters
        ----------
        pairs : int64 ndarray of shape (n_pairs, 2)
            Nodes at both ends.
        weight : float64 ndarray of shape (n_pairs,)
            Weights.
        relation : int64 ndarray of shape (n_pairs,)
            Kind of each edge.
        n_nodes : int
            How many nodes there are.

        Returns
        -------
        edges : FeatureEdges
            2 * n_pairs edges, on the CPU.
        """
        source, target = np.concatenate([pairs, pairs[:, ::-1]]).T
        order = np.lexsort([source, target])
        # from_numpy, as a network is built on the meta device, which holds no values
        sources, targets, weights, relations = (
            torch.from_numpy(np.ascontiguousarray(column[order]))
            for column in (source, target, np.tile(weight, 2), np.tile(relation, 2))
        )
        return cls(sources, targets, weights, relations, n_nodes)

    def to(self, like: Tensor) -> FeatureEdges:
        """Move to the device of a tensor, weights to its dtype as well."""
        device = like.device
        return FeatureEdges(
            self.source.to(device),
            self.target.to(device),
            self.weight.to(like),
            self.relation.to(device),
            self.n_nodes,
        )

    def without(self, source: int, target: int, relation: int) -> FeatureEdges:
        """Leave out an edge, in both directions."""
        ends = torch.stack([self.source, self.target])
        pair = torch.tensor([[source], [target]], device=ends.device)
        is_it = (ends == pair).all(dim=0) | (ends == pair.flip(0)).all(dim=0)
        kept = ~(is_it & (self.relation == relation))
        return FeatureEdges(
            self.source[kept],
            self.target[kept],
            self.weight[kept],
            self.relation[kept],
            self.n_nodes,
        )

    def __len__(self) -> int:
        return len(self.source)
