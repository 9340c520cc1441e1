"""Encoders that learn from patients without labels."""

from __future__ import annotations

from math import ceil
from typing import Any

import torch
from torch.utils.data import Dataset

from magnet_sklearn._training._batch import PatientBatch, make_batch
from magnet_sklearn._training._contrast import CONTRASTED
from magnet_sklearn._training._net import MagnetNet, make_net
from magnet_sklearn._training._threads import threads_for
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.losses import NumberLoss
from magnet_sklearn.nn import MagnetNetwork
from magnet_sklearn.nn._dropout import set_generator


class PatientRows(Dataset):
    """Patients, drawn a batch at a time.

    Parameters
    ----------
    batch : PatientBatch
        All patients, without graph.
    """

    def __init__(self, batch: PatientBatch):
        self.batch = batch

    def __len__(self) -> int:
        return len(self.batch)

    def __getitems__(self, rows: list[int]) -> tuple[PatientBatch, int]:
        """Batch of some patients; skorch wants a target, which there is none of."""
        index = torch.tensor(rows, device=self.batch.mask.device)
        blocks = {name: block[index] for name, block in self.batch.blocks.items()}
        return PatientBatch(blocks, self.batch.mask[index], None, None), 0


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
    )
    n_batches = ceil(len(X) / CONTRASTED)
    net.set_params(
        batch_size=ceil(len(X) / n_batches),
        iterator_train__shuffle=True,
        iterator_train__collate_fn=lambda batch: batch,
    )
    with threads_for(X):
        set_generator(network, torch.Generator(device).manual_seed(seed))
        net.fit(PatientRows(make_batch(X, None, dtype=torch.float32, device=device)))
        set_generator(network, None)
    return net.module_.to("cpu")
