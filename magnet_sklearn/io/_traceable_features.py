"""The encoder of a feature graph without data-dependent shapes."""

from collections.abc import Iterable, Mapping
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magnet_sklearn.nn import (
    FeatureEdges,
    FeatureGATLayer,
    FeatureGraphEncoder,
    feature_attention,
    mean_around,
)


class TraceableFeatureEncoder(nn.Module):
    """Computes what a trained FeatureGraphEncoder does, all patients at a time.

    Parameters
    ----------
    encoder : FeatureGraphEncoder
        Trained, in single precision; its weights are shared.
    """

    def __init__(self, encoder: FeatureGraphEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        owner = np.repeat(np.arange(len(encoder.widths)), encoder.widths)
        self.owner: Tensor
        self.register_buffer("owner", torch.from_numpy(owner))
        with torch.no_grad():
            scale = encoder.common_scale[owner] + encoder.scale
            relevance = encoder._relevance()
        self.scale: Tensor
        self.register_buffer("scale", scale)
        self.relevance: Tensor
        self.register_buffer("relevance", relevance)

    def forward(self, blocks: Mapping[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Encode each modality; meaningless where it is unobserved.

        Parameters
        ----------
        blocks : dict of str to Tensor of shape (n_patients, n_features)
            NaN = the patient lacks the feature.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed; columns in the order of the encoder's modalities.
        """
        encoder = self.encoder
        values = torch.cat([blocks[name] for name in encoder.modalities], dim=1)
        present = mask[:, self.owner] & ~values.isnan()
        values = values.masked_fill(~present, 0.0)
        means = values
        for _ in range(2):
            means = mean_around(means, present, encoder.edges.to(values))
        means = encoder.coherence.to(values) * means
        states = self.scale * values.unsqueeze(-1) + encoder.shift
        for layer in cast("Iterable[FeatureGATLayer]", encoder.intra_layers):
            states = _attend(layer, states, present, encoder.intra_edges)
        states = _attend(encoder.inter_layer, states, present, encoder.inter_edges)
        parts = zip(
            encoder.modalities,
            encoder.pools,
            *(t.split(encoder.widths, 1) for t in (states, values, means, present)),
            self.relevance.split(encoder.widths),
            strict=True,
        )
        return {name: pool(*part)[0] for name, pool, *part in parts}


def _attend(
    layer: FeatureGATLayer, states: Tensor, present: Tensor, edges: FeatureEdges
) -> Tensor:
    """Apply a layer, with a message of every edge of every patient in memory."""
    if len(edges) == 0:
        return states
    edges = edges.to(states)
    values = layer.value(layer.norm(states))
    attention = feature_attention(
        layer.score(values), present, edges, layer.relation_score[edges.relation]
    )
    sent = (attention * edges.weight.sign()).unsqueeze(-1) * values[:, edges.source]
    messages = torch.zeros_like(values).index_add(1, edges.target, sent)
    return states + layer.message_gate * F.elu(messages)
