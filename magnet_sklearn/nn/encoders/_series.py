"""Encoder of time series: attention over the steps that were observed."""

from math import pi

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn._dropout import Dropout
from magnet_sklearn.nn.encoders._set import AttentionPooling

_N_FREQUENCIES = 4


class SeriesEncoder(nn.Module):
    r"""Encode each step with its time, pool the steps with attention and by the mean.

    A step is its values (0 where a channel was not measured), which channels were
    measured, and its time as :math:`t`, :math:`\sin(2^k \pi t)` and :math:`\cos(2^k \pi
    t)` for :math:`k = 0, \ldots, 3`.

    Parameters
    ----------
    in_features : int
        Channels of a step, without the time.
    hidden_dim : int
        Width of the embedding.
    dropout : float, default=0.0
        Probability of a zero after the first layer, in training only.

    Attributes
    ----------
    takes_nan : bool
        True: NaN says what was not measured.

    Notes
    -----
    A time series as the set of its measurements follows M. Horn et al., "Set functions
    for time series", ICML 2020: times may be irregular, and steps that nobody measured
    do not matter.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import SeriesEncoder
    >>> SeriesEncoder(in_features=2, hidden_dim=4)(torch.zeros(5, 7, 3)).shape
    torch.Size([5, 4])
    """

    takes_nan = True

    def __init__(self, in_features: int, hidden_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        n_inputs = 2 * in_features + 1 + 2 * _N_FREQUENCIES
        self.step = nn.Sequential(
            nn.Linear(n_inputs, hidden_dim),
            nn.LeakyReLU(0.2),
            Dropout(dropout),
            nn.Linear(hidden_dim, hidden_dim),
            nn.LeakyReLU(0.2),
        )
        self.pooling = AttentionPooling(hidden_dim)
        self.head = nn.Linear(2 * hidden_dim, hidden_dim)

    def forward(self, X: Tensor) -> Tensor:
        """Encode time series.

        Parameters
        ----------
        X : Tensor of shape (n_patients, n_steps, 1 + in_features)
            Time, about 0 to 1, and values; NaN where nothing was measured.

        Returns
        -------
        Z : Tensor of shape (n_patients, hidden_dim)
            Embedding.
        """
        present = ~X.isnan().all(dim=2)
        measured = ~X[:, :, 1:].isnan()
        time, values = X.nan_to_num(0.0).split([1, X.shape[2] - 1], dim=2)
        powers = torch.arange(_N_FREQUENCIES, dtype=X.dtype, device=X.device)
        angles = time * (pi * 2.0**powers)
        inputs = [values, measured.to(X.dtype), time, angles.sin(), angles.cos()]
        steps = self.step(torch.cat(inputs, dim=2))
        share = present.to(X.dtype) / present.sum(dim=1, keepdim=True).clamp(min=1)
        mean = (share.unsqueeze(2) * steps).sum(dim=1)
        return self.head(torch.cat([self.pooling(steps, present), mean], dim=1))


def series_encoder(name: str, net: Architecture) -> SeriesEncoder:
    """Build the encoder of one modality of a network."""
    shape = net.shapes[name]
    if len(shape) != 2:
        raise ValueError(
            f"The encoder 'series' of modality {name!r} needs an array of shape "
            f"(n_patients, n_steps, n_channels), but a patient has shape {tuple(shape)}"
            ". Pass another encoder."
        )
    return SeriesEncoder(shape[1] - 1, net.hidden_dim, net.dropout)
