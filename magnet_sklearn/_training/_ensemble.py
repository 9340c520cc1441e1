"""Networks that share one task, each with patients of its own held out."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import partial
from itertools import chain, cycle
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.utils import gen_batches
from torch import Tensor

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._config import EnsembleConfig, Execution
from magnet_sklearn._training._encoder_check import check_encoders
from magnet_sklearn._training._gates import (
    held_out_gain,
    held_out_scores,
    learned_gates,
    learns_gates,
)
from magnet_sklearn._training._inference import (
    EnsembleInference,
    EnsembleOutput,
    ensemble_states,
)
from magnet_sklearn._training._member_graphs import fit_graph
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn._training._sequential import (
    N_FIRST,
    further_members_may_count,
    trains_all_members,
)
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.nn import MagnetNetwork

if TYPE_CHECKING:
    from magnet_sklearn._training._member import Split
    from magnet_sklearn._training._net import MagnetNet


class NetworkEnsemble:
    """Members that learn from different folds of a cohort, and their gates.

    Parameters
    ----------
    config : EnsembleConfig
        What all members share.
    pretrained : list of MagnetNetwork, default=()
        Networks whose encoders and fusion the members start from, in turn.

    Attributes
    ----------
    nets_ : list of MagnetNet
        One per member.
    gates_ : ndarray of shape (n_branches,) or (n_branches, n_tasks)
        Weight of each branch of the networks; 0 is closed.
    gain_ : ndarray of shape (n_tasks, 2)
        What the gated networks add to the held-out log-likelihood of each task, in
        nats, and its standard error; NaN without held-out patients.
    gain_of_graph_ : ndarray of shape (n_tasks, 2) or None
        The same of the branch along the graph, beside the other one.
    held_out_ : ndarray of shape (n_patients, n_outputs)
        Outputs of training patients by networks that have not learned from them; NaN
        where no member held the patient out.
    graph_ : PatientGraphBuilder or None
        Fitted on all training patients.
    graph_summary_ : dict or None
        Its figures.
    reference_states_ : list of Tensors of shape (n_members, n_references, hidden_dim)
        Input of each convolution for the reference patients; empty without a graph.
    """

    # models that earlier versions pickled have none
    gain_of_graph_: np.ndarray | None = None

    def __init__(
        self, config: EnsembleConfig, pretrained: Sequence[MagnetNetwork] = ()
    ) -> None:
        self.config = config
        self.pretrained = pretrained

    def continued(self, config: EnsembleConfig) -> NetworkEnsemble:
        """Return an ensemble that trains these networks on; its nets are the same."""
        ensemble = copy(self)
        ensemble.config = config
        return ensemble

    def fit(
        self,
        cohort: Cohort,
        splits: Sequence[Split],
        seeds: Sequence[int],
        execution: Execution,
    ) -> NetworkEnsemble:
        """Train each member on its split, then set the gates on held-out patients.

        Only two are trained where they tell that no gate of all would open. A second
        call trains the same networks on.

        Parameters
        ----------
        cohort : Cohort
            All training patients.
        splits : list of (train, held_out)
            For each member the rows to learn from and the patients for early
            stopping: rows of `cohort`, a cohort of their own, or None.
        seeds : list of int
            One per member.
        execution : Execution
            Where to train.

        Returns
        -------
        self : NetworkEnsemble
            The trained ensemble.
        """
        # skorch and PyG take seconds to import, and inference needs neither
        from magnet_sklearn._training._member import fit_members

        self.graph_, graphs = fit_graph(self.config, cohort, splits, execution.verbose)
        check_encoders(self.config.architecture.encoders, cohort.X)
        earlier = getattr(self, "nets_", ())
        starts = chain(earlier, cycle(self.pretrained or [None]))
        members = fit_members(
            self.config,
            starts,
            cohort,
            splits,
            seeds,
            execution,
            n_first=max(N_FIRST, len(earlier)),
            goes_on=partial(self._goes_on, cohort, splits),
            graphs=graphs,
        )
        splits = splits[: len(members)]  # others do not count, or were interrupted
        self.nets_: list[MagnetNet] = [net for net, _ in members]
        self.n_members = len(members)
        held_out = _held_out(cohort, splits)
        branches = [outputs for _, outputs in members]
        gates = learned_gates(self.config, held_out, branches)
        self.gates_ = gates if gates.shape[1] > 1 else gates[:, 0]
        gained = self.config.loss, held_out, branches, gates
        self.gain_ = held_out_gain(*gained)
        self.gain_of_graph_ = held_out_gain(*gained, n_before=1)
        self._keep_held_out(splits, held_out, branches, cohort)
        self._keep_reference_states(cohort.everybody)
        self.graph_summary_ = None
        if self.graph_ is not None:
            self.graph_summary_ = self.graph_.graph_summary_
            # a model that was trained on a GPU is to load without one
            self.graph_.set_params(device="cpu")
        return self

    def _goes_on(self, cohort, splits, members):
        """Whether members beyond these may open a gate of any task."""
        held_out = _held_out(cohort, splits[: len(members)])
        if trains_all_members(len(cohort)) or not learns_gates(self.config, held_out):
            return True
        branches = [outputs for _, outputs in members]
        return any(
            further_members_may_count(
                held_out_scores(task, held_out, branches), len(splits)
            )
            for task in self.config.loss.tasks()
        )

    @property
    def output_gates(self) -> np.ndarray:
        """Gates of shape (n_branches, n_outputs)."""
        gates = self.gates_.reshape(len(self.gates_), -1)
        n_outputs = [task.loss.n_outputs for task in self.config.loss.tasks()]
        return np.repeat(gates, n_outputs, axis=1)

    def _keep_held_out(self, splits, held_out, branches, cohort):
        """Keep the outputs of patients by networks that have not learned from them."""
        self.held_out_ = np.full(cohort.offset.shape, np.nan)
        for (_, rows), held, outputs in zip(splits, held_out, branches, strict=True):
            if isinstance(rows, np.ndarray):
                added = np.einsum("nbc,bc->nc", outputs, self.output_gates)
                self.held_out_[rows] = held.offset + added

    def _keep_reference_states(self, X: MultiModalData) -> None:
        """Keep hidden states of the training patients: a query then needs no others."""
        self._inference: EnsembleInference | None = None
        self.reference_states_: list[Tensor] = []
        if self.graph_ is not None:
            networks = [net.module_ for net in self.nets_]
            self.reference_states_ = ensemble_states(
                networks, X, self.graph_, self.config.optimisation.batch_size
            )

    @property
    def inference_graph(self) -> PatientGraphBuilder | None:
        """The patient graph; None where no branch along it is open."""
        # without a branch of its own the decoder is on the only one
        branch = self.gates_[1:] if len(self.gates_) > 1 else self.gates_
        return self.graph_ if branch.any() else None

    @property
    def branch_names(self) -> list[str]:
        """What each branch is called: without and with the patient graph."""
        network = self.nets_[0].module_
        if network.graph_head is not None:
            return ["network", "graph"]
        return ["network" if network.decoder is None else "graph"]

    def branches(self, X: MultiModalData, device: torch.device) -> np.ndarray | float:
        """Compute gated branches alone, if any is open.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks, of one batch.
        device : torch.device
            As in `predict`.

        Returns
        -------
        branches : ndarray of shape (n_patients, n_branches, n_outputs) or 0.0
            As in `EnsembleOutput`.
        """
        if not self.gates_.any():
            return 0.0
        return self.predict(X, device=device, batch_size=len(X)).branches

    def predict(
        self, X: MultiModalData, *, device: torch.device, batch_size: int
    ) -> EnsembleOutput:
        """Predict new patients with all members.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.
        device : torch.device
            Where to compute, in double precision.
        batch_size : int
            Patients at a time; bounds the memory, never changes a prediction.

        Returns
        -------
        output : EnsembleOutput
            One row per patient.
        """
        builder = self.inference_graph
        if builder is not None and device.type != "cpu":
            builder = copy(builder).set_params(device=str(device))
        batches = [
            self._predict_batch(X[rows], builder, device)
            for rows in gen_batches(len(X), batch_size)
        ]
        columns = [
            torch.cat(column).cpu().numpy() for column in zip(*batches, strict=True)
        ]
        return EnsembleOutput(*columns)

    def _predict_batch(self, X, builder, device):
        """Fields of an EnsembleOutput as tensors."""
        graph = None if builder is None else builder.connect(X)
        table = PatientTable.from_data(X, graph, dtype=torch.float64, device=device)
        logits, embedding, *attention = self._inference_on(device)(table.everybody())
        gates = torch.tensor(self.output_gates, device=device)
        return (
            logits.mean(dim=0) * gates,
            embedding.transpose(0, 1).flatten(1),
            *(weights.mean(dim=0) for weights in attention),
        )

    def _inference_on(self, device: torch.device) -> EnsembleInference:
        """Return the members on a device, made ready at the first prediction."""
        inference = self._inference
        if inference is None or inference.device != device:
            networks = [net.module_ for net in self.nets_]
            by_users = self.config.architecture.encoders.values()
            together = networks[0].feature_encoder is None and not any(
                isinstance(encoder, torch.nn.Module) for encoder in by_users
            )
            inference = EnsembleInference(
                networks, self.reference_states_, device, together=together
            )
            # at once, for several threads may predict
            self._inference = inference
        return inference

    def __getstate__(self):
        # made again where it is needed: it may live on a GPU
        return self.__dict__ | {"_inference": None}


def _held_out(cohort: Cohort, splits: Sequence[Split]) -> list[Cohort | None]:
    """Held-out patients of each member."""
    return [
        cohort[held] if isinstance(held, np.ndarray) else held for _, held in splits
    ]
