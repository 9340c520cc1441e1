"""Networks that start from those of another cohort, where that helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._config import EnsembleConfig, Execution
from magnet_sklearn._training._ensemble import NetworkEnsemble
from magnet_sklearn._training._gates import COST_OF_A_BRANCH, held_out_deviance
from magnet_sklearn._training.runtime import Checkpoint
from magnet_sklearn.nn import MagnetNetwork, MovesColumns, transfer_encoders

if TYPE_CHECKING:
    from magnet_sklearn._training._member import Split


@dataclass(frozen=True, eq=False)
class Transfer:
    """What networks may take over from those of another cohort.

    Parameters
    ----------
    networks : sequence of MagnetNetwork
        Trained on the other cohort.
    columns : dict of str to callable
        As in `transfer_encoders`, per modality of both.
    complete : frozenset of str
        Modalities of which the other cohort had all columns.
    """

    networks: Sequence[MagnetNetwork]
    columns: Mapping[str, MovesColumns]
    complete: frozenset[str]


@dataclass(frozen=True)
class Transferred:
    """What was taken over.

    Parameters
    ----------
    parts : list of str
        As `transfer_encoders` returns it.
    frozen : frozenset of str
        Modalities whose encoders stayed as they were.
    gain : float
        Held-out log-likelihood, in nats, beyond that of networks from scratch; NaN
        without held-out patients.
    needed : float
        What it has to exceed.
    """

    parts: list[str]
    frozen: frozenset[str] = frozenset()
    gain: float = np.nan
    needed: float = 0.0

    @property
    def helps(self) -> bool:
        """Whether the networks that start from others are kept."""
        return bool(self.parts) and not self.gain <= self.needed


def fit_better_start(
    config: EnsembleConfig,
    transfer: Transfer,
    cohort: Cohort,
    splits: Sequence[Split],
    seeds: Sequence[int],
    execution: Execution,
) -> tuple[NetworkEnsemble, Transferred]:
    """Train networks from scratch and from those of another cohort; keep the better.

    What is taken over is trained on in one ensemble, and stays as it is in another.
    Each ensemble has gates of its own, learned on the same held-out patients. The
    better one replaces that from scratch where it adds more to their log-likelihood,
    by a standard error over the members' folds and by what a parameter gains by chance.
    Without held-out patients that is not known, and what trains on is kept.

    Parameters
    ----------
    config, cohort, splits, seeds, execution : any
        As in `NetworkEnsemble`.
    transfer : Transfer
        What may be taken over.
    """
    pretrained, parts = _networks(config, transfer, seeds)
    training = cohort, splits, seeds

    def start(frozen: frozenset[str]) -> NetworkEnsemble:
        ensemble = NetworkEnsemble(replace(config, frozen=frozen), pretrained)
        name = "frozen" if frozen else "transferred"
        ensemble.fit(*training, _beside(execution, pretrained, name))
        ensemble.pretrained = ()  # as large as the networks themselves
        return ensemble

    if parts and splits[0][1] is None:
        return start(frozenset()), Transferred(parts)
    scratch = NetworkEnsemble(config).fit(*training, execution)
    if not parts:
        return scratch, Transferred(parts)
    known = _log_likelihood(scratch, cohort, splits)
    best = scratch, Transferred(parts, gain=-np.inf)
    for frozen in dict.fromkeys([frozenset(), transfer.complete.intersection(parts)]):
        started = start(frozen)
        gains = _log_likelihood(started, cohort, splits) - known
        spread = gains.std(ddof=1) * np.sqrt(len(gains)) if len(gains) > 1 else 0.0
        needed = max(COST_OF_A_BRANCH, float(spread))
        found = Transferred(parts, frozen, float(gains.sum()), needed)
        if found.gain > best[1].gain:
            best = started, found
    return best if best[1].helps else (scratch, best[1])


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


def _log_likelihood(ensemble, cohort, splits):
    """Log-likelihood of the patients that each member held out."""
    if not isinstance(splits[0][1], np.ndarray):
        return ensemble.gain_[:, :1].sum(axis=0)  # the same patients for all members
    # a member that was not trained adds nothing
    added = np.nan_to_num(ensemble.held_out_ - cohort.offset)[:, None]
    tasks, gate = ensemble.config.loss.tasks(), torch.ones(1, dtype=torch.float64)
    return np.array(
        [
            -sum(
                float(held_out_deviance(task, [cohort[rows]], [added[rows]], gate))
                for task in tasks
            )
            for _, rows in splits
        ]
    )


def _beside(execution, pretrained, name):
    """Keep the state of this training in a folder of its own."""
    if execution.checkpoint is None:
        return execution
    checkpoint = Checkpoint(execution.checkpoint.folder / name)
    states = [network.state_dict().items() for network in pretrained]
    checkpoint.claim(*([(k, v.numpy()) for k, v in state] for state in states))
    return replace(execution, checkpoint=checkpoint)
