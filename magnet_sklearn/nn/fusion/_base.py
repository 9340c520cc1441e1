"""What all fusions share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Fusion(nn.Module, ABC):
    """Fuse the embeddings of the modalities that each patient has.

    A subclass has to write `_fuse`, which sees 0 for unobserved modalities. A patient
    without any modality must get the embedding 0.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings.
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__()
        self.hidden_dim = hidden_dim

    def forward(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Fuse the observed modalities.

        Parameters
        ----------
        encoded : Tensor of shape (n_patients, n_modalities, hidden_dim)
            Embeddings; values of unobserved modalities are ignored, NaN included.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed.

        Returns
        -------
        fused : Tensor of shape (n_patients, hidden_dim)
            Fused embedding; 0 for a patient without any modality.
        weights : Tensor of shape (n_patients, n_modalities, n_heads)
            Sum to 1 over the observed modalities; exactly 0 elsewhere.
        """
        # filled first: a NaN that meets a weight poisons the weight's gradient
        return self._fuse(encoded.masked_fill(~mask.unsqueeze(-1), 0.0), mask)

    @abstractmethod
    def _fuse(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """As `forward`, with 0 for unobserved modalities."""

    def _widened_from(self, trained: Fusion) -> Fusion:
        """Return a trained fusion of fewer modalities, made fit for those of self.

        The modalities of `trained` are the first of this fusion. Both may be changed.
        """
        return trained

    def _adopt(self, trained: Fusion, places: Sequence[int | None]) -> bool:
        """Take over the weights of a fusion of other modalities, if that is possible.

        `places` are those of the modalities of self among those of `trained`, None for
        one that it has not seen.
        """
        return type(trained) is type(self) and copy_weights(trained, self)


def copy_weights(given: nn.Module, module: nn.Module) -> bool:
    """Copy weights and buffers if their names and shapes are the same, else nothing."""
    state = given.state_dict()
    shapes = {name: value.shape for name, value in module.state_dict().items()}
    is_alike = {name: value.shape for name, value in state.items()} == shapes
    if is_alike:
        module.load_state_dict(state)
    return is_alike


def masked_softmax(scores: Tensor, mask: Tensor, dim: int) -> Tensor:
    """Softmax over the observed entries; 0 elsewhere, and where there is none."""
    # not -inf: a softmax over nothing but -inf is NaN, with NaN gradients
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=dim) * mask


def uniform_weights(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """One over the number of observed modalities, as the weights of a single head."""
    observed = mask.to(dtype)
    weights = observed / observed.sum(dim=1, keepdim=True).clamp(min=1.0)
    return weights.unsqueeze(-1)


def check_heads(hidden_dim: int, n_heads: int) -> None:
    """Raise ValueError if heads cannot share the width equally."""
    if hidden_dim % n_heads:
        raise ValueError(
            f"n_heads={n_heads} does not divide hidden_dim={hidden_dim}. "
            f"Set hidden_dim to a multiple of n_heads."
        )
