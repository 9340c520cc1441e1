"""Encoders that learn from patients without labels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from joblib import Parallel, delayed

from magnet_sklearn._training._config import EnsembleConfig, Execution
from magnet_sklearn._training._contrastive import CONTRASTED
from magnet_sklearn._training._patients import PatientRows, PatientTable
from magnet_sklearn._training.runtime._processes import members_at_a_time, own_seed
from magnet_sklearn._training.runtime._threads import threads_for
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.losses import NumberLoss
from magnet_sklearn.nn import MagnetNetwork, set_generator


def pretrain_networks(
    config: EnsembleConfig,
    X: MultiModalData,
    seeds: Sequence[int],
    execution: Execution,
) -> list[MagnetNetwork]:
    """Train encoders and fusion of networks on unlabelled patients.

    Parameters
    ----------
    config : EnsembleConfig
        With a `contrastive_weight` above 0.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients with an observed modality each.
    seeds : list of int
        One per network.
    execution : Execution
        Where to train; its checkpoint is not used.

    Returns
    -------
    networks : list of MagnetNetwork
        On the CPU.

    Raises
    ------
    KeyboardInterrupt
        If somebody interrupts: half a pretraining is none.
    """
    n_jobs = members_at_a_time(execution.n_jobs)
    return Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_pretrain)(
            config,
            X,
            seed,
            execution.device,
            f"pretraining {number}" if execution.verbose else None,
        )
        for number, seed in enumerate(seeds, start=1)
    )


def _pretrain(config, X, seed, device, progress):
    """Train one network."""
    # skorch takes seconds to import
    from magnet_sklearn._training._member import make_network
    from magnet_sklearn._training._net import ContrastiveNet, make_net, train_net

    network = make_network(config, seed)
    net = make_net(
        network,
        NumberLoss(),
        config.optimisation,
        device=device,
        generator=torch.Generator().manual_seed(seed),
        progress=progress,
        kind=ContrastiveNet,
    )
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
