"""Encoder of sets: attention pooling over their elements."""

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn._dropout import Dropout


class AttentionPooling(nn.Module):
    r"""Weighted mean of elements, with learned weights.

    :math:`z = \sum_k a_k h_k` with :math:`a_k \propto \exp(w^T (\tanh(V h_k) \odot
    \sigma(U h_k)))`, the gated attention of [1]_.

    Parameters
    ----------
    hidden_dim : int
        Width of the elements.

    References
    ----------
    .. [1] M. Ilse, J. Tomczak, M. Welling, "Attention-based deep multiple instance
       learning", ICML 2018.
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__()
        self.candidate = nn.Linear(hidden_dim, hidden_dim)
        self.gate = nn.Linear(hidden_dim, hidden_dim)
        self.score = nn.Linear(hidden_dim, 1)

    def forward(self, elements: Tensor, present: Tensor) -> Tensor:
        """Pool (n_patients, n_places, hidden_dim) over the places that are present."""
        gated = self.candidate(elements).tanh() * self.gate(elements).sigmoid()
        score = self.score(gated).squeeze(2)
        # finite, as a view in contrastive learning may leave nothing of a patient
        score = score.masked_fill(~present, torch.finfo(score.dtype).min)
        weights = score.softmax(dim=1) * present
        return (weights.unsqueeze(2) * elements).sum(dim=1)


class SetEncoder(nn.Module):
    """Encode each element, pool them with attention, then a linear layer.

    Parameters
    ----------
    in_features : int
        Columns of an element.
    hidden_dim : int
        Width of the embedding.
    dropout : float, default=0.0
        Probability of a zero after the first layer, in training only.

    Attributes
    ----------
    takes_nan : bool
        True: NaN says where there is no element.

    Notes
    -----
    Pooling is the gated attention of M. Ilse, J. Tomczak and M. Welling,
    "Attention-based deep multiple instance learning", ICML 2018. The order of elements
    and the number of empty places do not matter.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import SetEncoder
    >>> SetEncoder(in_features=3, hidden_dim=4)(torch.zeros(5, 7, 3)).shape
    torch.Size([5, 4])
    """

    takes_nan = True

    def __init__(self, in_features: int, hidden_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.element = nn.Sequential(
            nn.Linear(in_features, hidden_dim), nn.LeakyReLU(0.2), Dropout(dropout)
        )
        self.pooling = AttentionPooling(hidden_dim)
        self.head = nn.Linear(hidden_dim, hidden_dim)

    def forward(self, X: Tensor) -> Tensor:
        """Encode sets.

        Parameters
        ----------
        X : Tensor of shape (n_patients, n_places, in_features)
            Elements; NaN where there is none.

        Returns
        -------
        Z : Tensor of shape (n_patients, hidden_dim)
            Embedding.
        """
        present = ~X.isnan().all(dim=2)
        elements = self.element(X.nan_to_num(0.0))
        return self.head(self.pooling(elements, present))


def set_encoder(name: str, net: Architecture) -> SetEncoder:
    """Build the encoder of one modality of a network."""
    shape = net.shapes[name]
    if len(shape) != 2:
        raise ValueError(
            f"The encoder 'set' of modality {name!r} needs a list with one array per "
            f"patient, but a patient has shape {tuple(shape)}. Pass another encoder."
        )
    return SetEncoder(shape[1], net.hidden_dim, net.dropout)
