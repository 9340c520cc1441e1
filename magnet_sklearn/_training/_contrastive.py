"""Contrastive learning, which needs no labels."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from magnet_sklearn.losses import info_nce_loss
from magnet_sklearn.nn import Drawing, MagnetNetwork

# Patients that are told apart from each other: bounds the square of similarities.
CONTRASTED = 256


class Augmentation(Drawing, nn.Module):
    """Another view of patients: noise, features and whole modalities left out.

    Edges of a feature graph are left out by the dropout of its encoder.

    Parameters
    ----------
    noise : float, default=0.3
        Standard deviation of the noise, in those of the preprocessed features.
    feature_dropout : float, default=0.2
        Probability that a value is taken away.
    modality_dropout : float, default=0.3
        Probability that a modality is taken away; a patient left without any keeps
        all.
    """

    def __init__(
        self,
        noise: float = 0.3,
        feature_dropout: float = 0.2,
        modality_dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.noise = noise
        self.feature_dropout = feature_dropout
        self.modality_dropout = modality_dropout

    def forward(
        self, blocks: Mapping[str, Tensor], mask: Tensor
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Return changed blocks, NaN where a value was taken away, and mask."""
        view = {}
        for name, block in blocks.items():
            kept = self._draw(torch.rand, block) >= self.feature_dropout
            noisy = block + self.noise * self._draw(torch.randn, block)
            view[name] = noisy.where(kept, torch.nan)
        left = mask & (
            self._draw(torch.rand, mask.to(torch.float32)) >= self.modality_dropout
        )
        return view, left | (mask & ~left.any(dim=1, keepdim=True))

    def _draw(self, draw, like: Tensor) -> Tensor:
        """Draw where the generator lives: a CPU's gives one result on any device."""
        device = like.device if self.generator is None else self.generator.device
        values = draw(like.shape, generator=self.generator, device=device)
        return values.to(like)


class ContrastiveTask(Drawing, nn.Module):
    """InfoNCE between two views of a patient, and between two modalities [1]_.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings.

    References
    ----------
    .. [1] T. Chen et al.: A simple framework for contrastive learning of visual
       representations. ICML 2020 (views, projection); A. Radford et al.: Learning
       transferable visual models from natural language supervision. ICML 2021
       (modalities as views).
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__()
        self.augmentation = Augmentation()
        self.patient_projection = _projection(hidden_dim)
        self.modality_projection = _projection(hidden_dim)

    def forward(
        self, network: MagnetNetwork, blocks: Mapping[str, Tensor], mask: Tensor
    ) -> Tensor:
        """Compute the loss of some patients, at most `CONTRASTED` of them."""
        rows = mask.any(dim=1).nonzero().squeeze(1)
        if len(rows) > CONTRASTED:
            rows = rows[self._shuffled(len(rows), mask.device)[:CONTRASTED]]
        blocks = {name: block[rows] for name, block in blocks.items()}
        views = [self.augmentation(blocks, mask[rows]) for _ in range(2)]
        encoded = [network.encode(*view)[0] for view in views]
        fused = [
            self.patient_projection(network.fusion(tokens, observed)[0])
            for tokens, (_, observed) in zip(encoded, views, strict=True)
        ]
        loss = info_nce_loss(*fused)
        if mask.shape[1] > 1:
            masks = [observed for _, observed in views]
            loss = loss + self._between_modalities(encoded, masks)
        return loss

    def _between_modalities(self, encoded: list[Tensor], masks: list[Tensor]) -> Tensor:
        """Mean loss of each modality with one other, drawn anew at each call."""
        first, second = map(self.modality_projection, encoded)
        order = self._shuffled(first.shape[1], first.device)
        losses = []
        for one, other in zip(order, order.roll(1), strict=True):
            both = masks[0][:, one] & masks[1][:, other]
            if int(both.sum()) > 1:
                losses.append(info_nce_loss(first[both, one], second[both, other]))
        return torch.stack(losses).mean() if losses else first.new_zeros(())

    def _shuffled(self, n: int, device: torch.device) -> Tensor:
        place = device if self.generator is None else self.generator.device
        order = torch.randperm(n, generator=self.generator, device=place)
        return order.to(device)


def _projection(hidden_dim: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(hidden_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, hidden_dim)
    )
