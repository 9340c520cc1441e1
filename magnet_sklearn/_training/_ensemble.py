"""Networks that share one task, each with patients of its own held out."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import chain, cycle

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils import gen_batches

from magnet_sklearn._training._asked import AskedMembers
from magnet_sklearn._training._checkpoint import Checkpoint
from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._encoder_check import check_encoders
from magnet_sklearn._training._gates import fit_gates, held_out_deviance
from magnet_sklearn._training._member import Recipe
from magnet_sklearn._training._members import train_members
from magnet_sklearn._training._net import MagnetNet
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn._training._states import reference_states
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses import ClassLoss
from magnet_sklearn.nn import MagnetNetwork


@dataclass(frozen=True)
class NetworkAnswer:
    """What the networks say about some patients.

    Parameters
    ----------
    outputs : ndarray of shape (n_patients, n_outputs)
        Gated sum of the paths, mean over the members.
    embedding : ndarray of shape (n_patients, n_members * hidden_dim)
        Fused embeddings of all members side by side.
    attention : ndarray of shape (n_patients, n_modalities)
        Weight of each modality, mean over members and heads.
    feature_attention : ndarray of shape (n_patients, n_nodes)
        Weight of each feature of the feature graph, mean over members and heads.
    """

    outputs: np.ndarray
    embedding: np.ndarray
    attention: np.ndarray
    feature_attention: np.ndarray


class NetworkEnsemble:
    """Members that learn from different parts of a cohort, and their gates.

    Parameters
    ----------
    recipe : Recipe
        What all members share.
    pretrained : list of MagnetNetwork, default=()
        Networks whose encoders and fusion the members start from, in turn.

    Attributes
    ----------
    nets_ : list of MagnetNet
        One a member.
    gates_ : ndarray of shape (n_paths,) or (n_paths, n_tasks)
        Weight of each path of the networks; 0 is closed.
    held_out_ : ndarray of shape (n_patients, n_outputs)
        Outputs of training patients by networks that have not learned from them; NaN
        where no member held the patient out.
    graph_ : PatientGraphBuilder or None
        Fitted on all training patients.
    """

    def __init__(self, recipe: Recipe, pretrained: Sequence[MagnetNetwork] = ()):
        self.recipe = recipe
        self.pretrained = pretrained

    def fit(
        self,
        cohort: Cohort,
        splits: list[tuple[np.ndarray, Cohort | np.ndarray | None]],
        *,
        seeds: list[int],
        device: torch.device,
        n_jobs: int | None = None,
        verbose: int = 0,
        checkpoint: Checkpoint | None = None,
    ) -> NetworkEnsemble:
        """Train each member on its split, then set the gates on held-out patients.

        A second call trains the same networks on.

        Parameters
        ----------
        cohort : Cohort
            All training patients.
        splits : list of (train, held_out)
            For each member the rows to learn from and the patients for early
            stopping: rows of `cohort`, a cohort of their own, or None.
        seeds : list of int
            One a member.
        device : torch.device
            Where to train.
        n_jobs : int, default=None
            Members trained at a time, in threads; 1 in several processes.
        verbose : int, default=0
            1 shows a progress bar.
        checkpoint : Checkpoint or None, default=None
            Where to keep the state of the training, and to go on from.

        Returns
        -------
        self : NetworkEnsemble
            The trained ensemble.
        """
        graph = self.recipe.graph
        self.graph_: PatientGraphBuilder | None = None
        if graph is not None:
            has_classes = isinstance(self.recipe.loss, ClassLoss)
            classes = cohort.target[:, 0].astype(int) if has_classes else None
            self.graph_ = clone(graph).fit(cohort.X, classes, cohort.groups)
        check_encoders(self.recipe.architecture["encoders"], cohort.X)
        trained = train_members(
            self.recipe,
            chain(getattr(self, "nets_", ()), cycle(self.pretrained or [None])),
            cohort,
            splits,
            seeds=seeds,
            device=device,
            n_jobs=n_jobs,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        splits = splits[: len(trained)]  # somebody may have interrupted
        self.nets_: list[MagnetNet] = [net for net, _ in trained]
        held_out = [
            cohort[held] if isinstance(held, np.ndarray) else held for _, held in splits
        ]
        paths = [paths for _, paths in trained]
        self._set_gates(held_out, paths)
        self._keep_held_out(splits, held_out, paths, cohort)
        self._keep_reference_states(cohort.X)
        if self.graph_ is not None:
            # a model that was trained on a GPU is to load without one
            self.graph_.set_params(device="cpu")
        return self

    def _set_gates(self, held_out, paths):
        """Open the paths as far as they help held-out patients, task by task."""
        n_paths = 1 + (self.nets_[0].module_.graph_head is not None)
        parts = self.recipe.loss.tasks()
        gates = np.ones((n_paths, len(parts)))
        if self.recipe.starts_at_offset and held_out[0] is not None:
            for column, part in enumerate(parts):
                deviance = partial(held_out_deviance, part, held_out, paths)
                gates[:, column] = fit_gates(deviance, n_paths)
        self.gates_ = gates if len(parts) > 1 else gates[:, 0]

    def _gates_of_outputs(self):
        """Gates of each path and output."""
        gates = self.gates_.reshape(len(self.gates_), -1)
        return np.repeat(
            gates, [part.loss.n_outputs for part in self.recipe.loss.tasks()], axis=1
        )

    def _keep_held_out(self, splits, held_out, paths, cohort):
        """Keep the outputs of patients by networks that have not learned from them."""
        self.held_out_ = np.full(cohort.offset.shape, np.nan)
        for (_, rows), part, path in zip(splits, held_out, paths, strict=True):
            if isinstance(rows, np.ndarray):
                added = np.einsum("npc,pc->nc", path, self._gates_of_outputs())
                self.held_out_[rows] = part.offset + added

    def _keep_reference_states(self, X):
        """Keep hidden states of the training patients: a query then needs no others."""
        self._states: list = []
        self._asked = {}
        if self.graph_ is not None:
            states = [
                reference_states(
                    net.module_, X, self.graph_.training_graph_, self.recipe.batch_size
                )
                for net in self.nets_
            ]
            kept = torch.from_numpy(self.graph_.references_)
            self._states = [
                torch.stack([state[kept] for state in layer])
                for layer in zip(*states, strict=True)
            ]

    @property
    def asked_graph(self) -> PatientGraphBuilder | None:
        """The patient graph; None where no path along it is open."""
        # without an own path the decoder is on the only one
        path = self.gates_[1:] if len(self.gates_) > 1 else self.gates_
        return self.graph_ if path.any() else None

    def outputs(self, X: MultiModalData, device: torch.device) -> np.ndarray | float:
        """Ask all members about new patients, if any of their paths is open.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.
        device : torch.device
            As in `answer`.

        Returns
        -------
        outputs : ndarray of shape (n_patients, n_outputs) or 0.0
            Those of the answer.
        """
        if not self.gates_.any():
            return 0.0
        return self.answer(X, device=device, batch_size=len(X)).outputs

    def answer(
        self, X: MultiModalData, *, device: torch.device, batch_size: int
    ) -> NetworkAnswer:
        """Ask all members about new patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.
        device : torch.device
            Where to compute, in double precision.
        batch_size : int
            Patients at a time; bounds the memory, never changes the answer.

        Returns
        -------
        answer : NetworkAnswer
            One row a patient.
        """
        parts = []
        builder = self.asked_graph
        if builder is not None and device.type != "cpu":
            builder = copy(builder).set_params(device=str(device))
        for rows in gen_batches(len(X), batch_size):
            graph = None if builder is None else builder.connect(X[rows])
            table = PatientTable.from_data(
                X[rows], graph, dtype=torch.float64, device=device
            )
            paths, embedding, *attention = self._members_on(device)(table.everybody())
            gates = torch.tensor(self._gates_of_outputs(), device=device)
            parts.append(
                (
                    torch.einsum("npc,pc->nc", paths.mean(dim=0), gates),
                    embedding.transpose(0, 1).flatten(1),
                    *(weights.mean(dim=0) for weights in attention),
                )
            )
        columns = [
            torch.cat(column).cpu().numpy() for column in zip(*parts, strict=True)
        ]
        return NetworkAnswer(*columns)

    def _members_on(self, device):
        """Return the members on a device, made ready at the first question."""
        device = torch.device(device)
        asked = self._asked.get(device)
        if asked is None:
            networks = [net.module_ for net in self.nets_]
            by_users = self.recipe.architecture["encoders"].values()
            together = networks[0].feature_encoder is None and not any(
                isinstance(encoder, torch.nn.Module) for encoder in by_users
            )
            asked = AskedMembers(networks, self._states, device, together=together)
            # at once, for threads may ask at the same time
            self._asked = {device: asked}
        return asked

    def __getstate__(self):
        # made again where it is needed: it may live on a GPU
        return self.__dict__ | {"_asked": {}}
