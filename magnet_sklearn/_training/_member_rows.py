"""Patients of one member, on a device, with those whom they learn of."""

from __future__ import annotations

import torch

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._config import EnsembleConfig
from magnet_sklearn._training._member_graphs import MemberGraphs
from magnet_sklearn._training._patients import (
    FAN_OUT,
    PatientRows,
    PatientTable,
    cohort_rows,
    home_of,
)
from magnet_sklearn._training._reference_states import ReferenceStates
from magnet_sklearn._training.runtime import _processes as processes


def member_rows(
    config: EnsembleConfig,
    train: Cohort,
    held_out: Cohort | None,
    graphs: MemberGraphs,
    seed: int,
    device: torch.device,
) -> tuple[PatientRows, PatientRows | None]:
    """Training patients, and held-out ones who have only those as references."""
    training_graph, query_graph = graphs
    batch_size, everybody = config.optimisation.batch_size, None
    if training_graph is not None and train.unlabelled is not None:
        everybody = PatientTable.from_data(
            train.everybody,
            training_graph,
            dtype=torch.float32,
            device=home_of(train.everybody, device),
        )
        training_graph = training_graph.of_queries(len(train))
    training = cohort_rows(
        train,
        training_graph,
        device,
        batch_size,
        fan_out=FAN_OUT,
        generator=torch.Generator().manual_seed(processes.own_seed(seed)),
    )
    references = None
    if config.graph is not None:
        references = ReferenceStates(everybody or training.table, batch_size, device)
    if everybody or not training.is_whole or processes.world_size() > 1:
        training.references = references
    if held_out is None:
        return training, None
    queries = cohort_rows(
        held_out, query_graph, device, batch_size, references=references
    )
    return training, queries
