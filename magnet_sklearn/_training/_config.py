"""What the members of an ensemble share, and how they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import torch

from magnet_sklearn._training.runtime import Checkpoint
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses import TaskLoss
from magnet_sklearn.nn import Architecture

if TYPE_CHECKING:
    from magnet_sklearn._training._skorch import Callback

# Noise of the validation loss lasts for some epochs, however many steps these have.
_LEAST_PATIENCE = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Optimisation:
    """How a network learns.

    Parameters
    ----------
    learning_rate, weight_decay : float
        Of Adam; weight decay is an L2 penalty.
    max_epochs : int
        Epochs at most.
    batch_size : int
        Patients at a time.
    similarity_weight, contrastive_weight : float, default=0.0
        Weights of the auxiliary losses of these names.
    precision : {"float32", "bfloat16"}, default="float32"
        Of the forward and backward pass in training; weights are single precision.
    compile : bool, default=False
        Whether the forward pass in training is compiled.
    callbacks : sequence of skorch callbacks, default=()
        Further callbacks.
    n_iter_no_change : int, default=None
        Epochs without a better validation loss before training stops and the best
        weights return; None trains for `max_epochs`.
    """

    learning_rate: float
    weight_decay: float
    max_epochs: int
    batch_size: int
    similarity_weight: float = 0.0
    contrastive_weight: float = 0.0
    precision: str = "float32"
    compile: bool = False
    callbacks: Sequence[Callback] = ()
    n_iter_no_change: int | None = None

    def patience(self, n_patients: int) -> int | None:
        """Epochs without a better validation loss: fewer where each is several steps.

        Parameters
        ----------
        n_patients : int
            Patients to learn from.

        Returns
        -------
        patience : int or None
            As many steps as `n_iter_no_change`, but 5 epochs at least if it has them.
        """
        if self.n_iter_no_change is None:
            return None
        n_steps = ceil(n_patients / self.batch_size)
        least = min(self.n_iter_no_change, _LEAST_PATIENCE)
        return max(ceil(self.n_iter_no_change / n_steps), least)


@dataclass(frozen=True, kw_only=True, eq=False)
class EnsembleConfig:
    """What all members of an ensemble have in common.

    Parameters
    ----------
    loss : TaskLoss
        Loss of the task.
    architecture : Architecture
        What each network is made of. With `skip_connection` an untrained network adds
        nothing to the offset.
    optimisation : Optimisation
        How each learns.
    graph : PatientGraphBuilder, default=None
        Unfitted builder; None is no graph.
    frozen : frozenset of str, default=frozenset()
        Modalities whose encoders do not learn.
    gate : float, default=None
        Weight of all branches; None learns it on held-out patients.
    """

    loss: TaskLoss
    architecture: Architecture
    optimisation: Optimisation
    graph: PatientGraphBuilder | None = None
    frozen: frozenset[str] = frozenset()
    gate: float | None = None

    @property
    def n_branches(self) -> int:
        """Branches of a network: one, and another for the graph beside it."""
        has_graph = self.architecture.decoder is not None
        return 1 + (has_graph and self.architecture.skip_connection)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Where members are trained, and what is seen and kept of it.

    Parameters
    ----------
    device : torch.device
        Where to train.
    n_jobs : int, default=None
        Members trained at a time, in threads; 1 in several processes.
    verbose : int, default=0
        1 shows a progress bar.
    checkpoint : Checkpoint, default=None
        Where to keep the state of the training, and to go on from.
    keeps_optimizer : bool, default=False
        Whether each net keeps the state of its optimiser, for a training that goes on.
    """

    device: torch.device
    n_jobs: int | None = None
    verbose: int = 0
    checkpoint: Checkpoint | None = None
    keeps_optimizer: bool = False
