"""Encoders that learn from patients without labels."""

from __future__ import annotations

from typing import Any

import torch

from magnet_sklearn._training._contrast import CONTRASTED
from magnet_sklearn._training._distributed import own_seed
from magnet_sklearn._training._net import MagnetNet, make_net, train_net
from magnet_sklearn._training._patients import PatientRows, PatientTable
from magnet_sklearn._training._threads import threads_for
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.losses import NumberLoss
from magnet_sklearn.nn import MagnetNetwork, set_generator


class ContrastiveNet(MagnetNet):
    """A skorch net that learns by the contrastive task alone."""

    def infer(self, x, **fit_params):
        """Loss of one batch."""
        return self.module_.contrast(self.module_, x.blocks, x.mask)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return what `infer` computed."""
        return y_pred


def pretrain_network(
    network: MagnetNetwork,
    X: MultiModalData,
    *,
    optimisation: dict[str, Any],
    seed: int,
    device: torch.device,
    progress: str | None,
) -> MagnetNetwork:
    """Train encoders and fusion of a network on unlabelled patients.

    Parameters
    ----------
    network : MagnetNetwork
        With a contrastive task, weights initialised; it is trained.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients with an observed modality each.
    optimisation : dict
        Arguments of ``make_net``.
    seed : int
        For batches, views and dropout.
    device : torch.device
        Where to train.
    progress : str or None
        Description of the progress bar; None shows none.

    Returns
    -------
    network : MagnetNetwork
        The same, on the CPU.

    Raises
    ------
    KeyboardInterrupt
        If somebody interrupts: half a pretraining is none.
    """
    generator = torch.Generator().manual_seed(seed)
    net = make_net(
        network,
        kind=ContrastiveNet,
        loss=NumberLoss(),
        **optimisation,
        patience=None,
        device=device,
        generator=generator,
        progress=progress,
    ).initialize()
    with threads_for(X):
        views = torch.Generator(device).manual_seed(own_seed(seed))
        set_generator(network, views)
        table = PatientTable.from_data(X, dtype=torch.float32, device=device)
        # skorch wants a target, which there is none of
        train_net(net, PatientRows(table, (table.mask,), CONTRASTED), None)
        set_generator(network, None)
    if net.was_interrupted:
        raise KeyboardInterrupt
    return net.module_.to("cpu")
