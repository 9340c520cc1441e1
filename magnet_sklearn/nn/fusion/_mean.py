"""Mean of the embeddings, to compare attention with."""

from torch import Tensor

from magnet_sklearn.nn.fusion._base import Fusion, uniform_weights


class MeanFusion(Fusion):
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

    def _fuse(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        weights = uniform_weights(mask, encoded.dtype)
        return (weights * encoded).sum(dim=1), weights
