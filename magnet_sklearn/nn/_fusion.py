"""Plain fusions to compare attention with: mean and concatenation."""

import torch
from torch import Tensor, nn


def _uniform_weights(mask: Tensor, dtype: torch.dtype) -> Tensor:
    observed = mask.to(dtype)
    weights = observed / observed.sum(dim=1, keepdim=True).clamp(min=1.0)
    return weights.unsqueeze(-1)


class MeanFusion(nn.Module):
    """Mean of the embeddings of the observed modalities.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import MeanFusion
    >>> encoded = torch.tensor([[[1.0], [3.0], [8.0]]])
    >>> fused, weights = MeanFusion(1)(encoded, torch.tensor([[True, True, False]]))
    >>> fused.tolist()
    [[2.0]]
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
        weights : Tensor of shape (n_patients, n_modalities, 1)
            One over the number of observed modalities; 0 where unobserved.
        """
        weights = _uniform_weights(mask, encoded.dtype)
        encoded = encoded.masked_fill(~mask.unsqueeze(-1), 0.0)
        return (weights * encoded).sum(dim=1), weights


class ConcatFusion(nn.Module):
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
        super().__init__()
        self.hidden_dim = hidden_dim
        # no bias: a patient without any modality stays at 0, as in the other fusions
        self.output = nn.Linear(n_modalities * hidden_dim, hidden_dim, bias=False)

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
        weights : Tensor of shape (n_patients, n_modalities, 1)
            One over the number of observed modalities; 0 where unobserved.
        """
        encoded = encoded.masked_fill(~mask.unsqueeze(-1), 0.0)
        return self.output(encoded.flatten(1)), _uniform_weights(mask, encoded.dtype)
