"""Networks that start from those of another cohort, where that helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from magnet_sklearn._training._config import EnsembleConfig, Execution
from magnet_sklearn._training._ensemble import NetworkEnsemble
from magnet_sklearn._training.runtime import Checkpoint
from magnet_sklearn.nn import MagnetNetwork, MovesColumns, transfer_encoders


@dataclass(frozen=True, eq=False)
class Transfer:
    """What networks may take over from those of another cohort.

    Parameters
    ----------
    networks : sequence of MagnetNetwork
        Trained on the other cohort.
    columns : dict of str to callable
        As in `transfer_encoders`, per modality of both.
    """

    networks: Sequence[MagnetNetwork]
    columns: Mapping[str, MovesColumns]


@dataclass(frozen=True)
class Transferred:
    """What was taken over.

    Parameters
    ----------
    parts : list of str
        As `transfer_encoders` returns it.
    gain : float
        Held-out log-likelihood, in nats, beyond that of networks from scratch; NaN
        without held-out patients.
    """

    parts: list[str]
    gain: float

    @property
    def helps(self) -> bool:
        """Whether the networks that start from others are kept."""
        return bool(self.parts) and not self.gain <= 0


def fit_better_start(
    config: EnsembleConfig,
    transfer: Transfer,
    cohort,
    splits,
    seeds: Sequence[int],
    execution: Execution,
) -> tuple[NetworkEnsemble, Transferred]:
    """Train networks from scratch and from those of another cohort; keep the better.

    Each sort has gates of its own, learned on the same held-out patients; the better
    one adds more to their log-likelihood. Without held-out patients that is not known,
    and those that start from the other cohort are kept.

    Parameters
    ----------
    config, cohort, splits, seeds, execution : any
        As in `NetworkEnsemble`.
    transfer : Transfer
        What may be taken over.
    """
    pretrained, parts = _networks(config, transfer, seeds)
    scratch = NetworkEnsemble(config)
    validates = splits[0][1] is not None
    if validates or not parts:
        scratch.fit(cohort, splits, seeds, execution)
    if not parts:
        return scratch, Transferred(parts, np.nan)
    started = NetworkEnsemble(config, pretrained)
    started.fit(cohort, splits, seeds, _beside(execution, pretrained))
    started.pretrained = ()  # as large as the networks themselves
    gain = np.nan
    if validates:
        gain = float((started.gain_ - scratch.gain_)[:, 0].sum())
    found = Transferred(parts, gain)
    return (started if found.helps else scratch), found


def _networks(config, transfer, seeds):
    """One network per member, and what they took over."""
    # skorch takes seconds to import
    from magnet_sklearn._training._member import make_network

    networks, parts = [], []
    for number, seed in enumerate(seeds):
        network = make_network(config, seed)
        trained = transfer.networks[number % len(transfer.networks)]
        parts = transfer_encoders(network, trained, transfer.columns)
        networks.append(network)
    return networks, parts


def _beside(execution, pretrained):
    """Keep the state of this training in a folder of its own."""
    if execution.checkpoint is None:
        return execution
    checkpoint = Checkpoint(execution.checkpoint.folder / "transferred")
    states = [network.state_dict().items() for network in pretrained]
    checkpoint.claim(*([(k, v.numpy()) for k, v in state] for state in states))
    return replace(execution, checkpoint=checkpoint)
