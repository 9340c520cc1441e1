"""Patient graphs: one for predictions, and those of the members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._config import EnsembleConfig
from magnet_sklearn.graph import PatientGraph, PatientGraphBuilder, fit_with_spares
from magnet_sklearn.losses import ClassLoss

if TYPE_CHECKING:
    from magnet_sklearn._training._member import Split

# Edges from the patients a member learns from to themselves, and to held-out ones.
MemberGraphs = tuple[PatientGraph | None, PatientGraph | None]


def fit_graph(
    config: EnsembleConfig, cohort: Cohort, splits: Sequence[Split], verbose: int
) -> tuple[PatientGraphBuilder | None, Iterator[MemberGraphs | None]]:
    """Search a graph among all patients; of a large cohort, of the members, too.

    Parameters
    ----------
    config : EnsembleConfig
        What all members share.
    cohort : Cohort
        All training patients.
    splits : list of (train, held_out)
        As in `NetworkEnsemble.fit`.
    verbose : int
        1 shows a progress bar.

    Returns
    -------
    builder : PatientGraphBuilder or None
        Fitted on all.
    graphs : iterator of MemberGraphs or None
        For each member; None where it has to search on its own.
    """
    own: Iterator[MemberGraphs | None] = iter([None] * len(splits))
    if config.graph is None:
        return None, own
    has_classes = isinstance(config.loss, ClassLoss)
    builder, held_out = clone(config.graph).set_params(verbose=verbose), splits[0][1]
    is_large = len(cohort) > config.optimisation.batch_size
    if is_large and isinstance(held_out, np.ndarray) and cohort.unlabelled is None:
        # by far most of the time of a search is spent on comparing patients
        classes = cohort.target[:, 0].astype(int) if has_classes else None
        share = len(held_out) / len(cohort)
        found = fit_with_spares(builder, cohort.X, classes, cohort.groups, share)
        own = _parts(found, splits, builder.n_neighbors)
    else:
        cohort.link(builder, has_classes=has_classes)
    return builder.set_params(verbose=0), own


def _parts(found, splits, n_neighbors):
    """Cut the members' graphs out of one with spare neighbours."""
    for rows, held_out in splits:
        of_rows = (
            found.part(queries, rows, n_neighbors) for queries in (rows, held_out)
        )
        yield tuple(of_rows)


def search_graphs(
    config: EnsembleConfig, train: Cohort, held_out: Cohort | None, progress: str | None
) -> MemberGraphs:
    """Search the graphs of one member.

    Parameters
    ----------
    config : EnsembleConfig
        What all members share.
    train, held_out : Cohort, Cohort or None
        Patients to learn from, and others.
    progress : str or None
        Not None shows a progress bar.

    Returns
    -------
    graphs : tuple of PatientGraph or None
        None without a graph, and without held-out patients.
    """
    if config.graph is None:
        return None, None
    builder = clone(config.graph).set_params(verbose=int(progress is not None))
    graph = train.link(builder).training_graph_
    if held_out is None:
        return graph, None
    found = builder.connect(held_out.X)
    return graph, found.among(builder.references_, graph.n_references)
