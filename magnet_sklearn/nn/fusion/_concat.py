"""Concatenation of the embeddings, to compare attention with."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from magnet_sklearn.nn.fusion._base import Fusion, uniform_weights


class ConcatFusion(Fusion):
    """Linear map of all embeddings side by side, zeros where unobserved.

    Parameters
    ----------
    n_modalities : int
        Number of modalities.
    hidden_dim : int
        Width of the embeddings and of the result.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import ConcatFusion
    >>> fused, weights = ConcatFusion(2, 4)(torch.ones(3, 2, 4), torch.ones(3, 2) > 0)
    >>> fused.shape, weights[0, :, 0].tolist()
    (torch.Size([3, 4]), [0.5, 0.5])
    """

    def __init__(self, n_modalities: int, hidden_dim: int) -> None:
        super().__init__(hidden_dim)
        # no bias: a patient without any modality stays at 0, as in the other fusions
        self.output = nn.Linear(n_modalities * hidden_dim, hidden_dim, bias=False)

    def _fuse(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        return self.output(encoded.flatten(1)), uniform_weights(mask, encoded.dtype)

    @torch.no_grad()
    def _widened_from(self, trained: Fusion) -> Fusion:
        assert isinstance(trained, ConcatFusion)
        known = trained.output.weight
        self.output.weight[:, : known.shape[1]] = known
        return self

    @torch.no_grad()
    def _adopt(self, trained: Fusion, places: Sequence[int | None]) -> bool:
        if not isinstance(trained, ConcatFusion):
            return False
        given = trained.output.weight.split(self.hidden_dim, dim=1)
        own = self.output.weight.split(self.hidden_dim, dim=1)
        for part, place in zip(own, places, strict=True):
            if place is not None:
                part.copy_(given[place])
        return True
