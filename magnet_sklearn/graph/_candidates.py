"""Approximate nearest references: only those in the nearest cells of the space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.utils import gen_batches

from magnet_sklearn.graph._neighbors import (
    DECIMALS,
    Similarity,
    best_of_tile,
    groups_on,
    progress,
    sorted_best,
)
from magnet_sklearn.graph._vectors import PatientVectors

_CELL_SIZE = 256  # references per cell, about
_LEARNED_FROM = 64  # references per cell that the centers are learned from


@dataclass(frozen=True, eq=False)
class Cells:
    """Partition of the references by their nearest center (an inverted file [1]_).

    Centers are whole numbers, as the patients' coordinates are: sums of products are
    then exact, and the cells of a patient do not depend on the batch.

    Parameters
    ----------
    centers : Tensor of shape (n_cells, n_coordinates)
        Centers of the cells, of the same length but for the rounding; on the CPU.
    members : list of int64 Tensor
        References of each cell, ascending; on the CPU.

    References
    ----------
    .. [1] H. Jegou, M. Douze, C. Schmid: Product quantization for nearest neighbor
       search. IEEE TPAMI 33, 2011.
    """

    centers: torch.Tensor
    members: list[torch.Tensor]

    @classmethod
    def fit(cls, references: PatientVectors) -> Cells:
        """Learn centers from some references and assign all of them.

        Parameters
        ----------
        references : PatientVectors
            Patients, absent modalities 0.

        Returns
        -------
        cells : Cells
            The partition.
        """
        # slow to import, and not needed for small cohorts
        from sklearn.cluster import MiniBatchKMeans

        n_cells = max(len(references) // _CELL_SIZE, 1)
        n_learned = min(len(references), _LEARNED_FROM * n_cells)
        rng = np.random.default_rng(0)
        rows = torch.from_numpy(rng.choice(len(references), n_learned, replace=False))
        kmeans = MiniBatchKMeans(
            n_cells, batch_size=4096, n_init=1, max_iter=10, random_state=0
        ).fit(_directions(references.values[rows]).cpu().numpy())
        centers = _directions(torch.from_numpy(kmeans.cluster_centers_))
        centers = (centers.double() * 2.0**10).round()
        cell = nearest_centers(references, centers, 1)[:, 0].cpu()
        order = cell.argsort(stable=True)
        sizes = torch.bincount(cell, minlength=len(centers))
        return cls(centers, list(order.split(sizes.tolist())))


def nearest_centers(
    patients: PatientVectors,
    centers: torch.Tensor,
    n_probes: int,
    chunk_size: int = 8192,
) -> torch.Tensor:
    """Return the cells of largest cosine for each patient.

    Parameters
    ----------
    patients : PatientVectors
        Patients.
    centers : Tensor of shape (n_cells, n_coordinates)
        Centers.
    n_probes : int
        Cells per patient.
    chunk_size : int, default=8192
        Patients at a time.

    Returns
    -------
    cells : int64 Tensor of shape (n_patients, n_probes)
        Fewer columns where there are fewer cells.
    """
    n_probes = min(n_probes, len(centers))
    centers = centers.to(patients.values.device)
    parts = [
        (patients.values[rows] @ centers.T).topk(n_probes, dim=1).indices
        for rows in gen_batches(len(patients), chunk_size)
    ]
    return torch.cat(parts)


def nearest_candidates(
    queries: PatientVectors,
    references: PatientVectors,
    similarity: Similarity,
    n_neighbors: int,
    cells: Cells,
    n_probes: int,
    groups: tuple[np.ndarray, np.ndarray] | None = None,
    has_bar: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return neighbors and similarities as `nearest_references` does.

    A query is compared with the references of its `n_probes` nearest cells, each pair
    as exactly as in a full search.
    """
    device = queries.values.device
    best_values = queries.values.new_zeros((len(queries), n_neighbors))
    best = torch.full_like(best_values, -1, dtype=torch.int64)
    own = groups_on(device, groups)
    probed = nearest_centers(queries, cells.centers, n_probes)
    query = torch.arange(len(queries), device=device).repeat_interleave(probed.shape[1])
    order = probed.flatten().argsort(stable=True)
    n_queries = torch.bincount(probed.flatten(), minlength=len(cells.members))
    queries_of_cells = query[order].split(n_queries.tolist())
    for cell, columns in enumerate(progress(cells.members, has_bar)):
        rows = queries_of_cells[cell]
        if len(rows) == 0 or len(columns) == 0:
            continue
        columns = columns.to(device)
        tile_values, tile_columns = best_of_tile(
            similarity(queries[rows], references[columns]),
            n_neighbors,
            None if own is None else (own[0][rows], own[1][columns]),
        )
        best_values[rows], best[rows] = sorted_best(
            torch.cat([best_values[rows], tile_values], dim=1),
            torch.cat([best[rows], columns[tile_columns]], dim=1),
            n_neighbors,
        )
    best[best_values <= 0] = -1
    values = best_values.clamp_(min=0.0).cpu().numpy() / 10.0**DECIMALS
    return best.cpu().numpy(), values


def _directions(values: torch.Tensor) -> torch.Tensor:
    """Vectors of unit length in single precision."""
    return torch.nn.functional.normalize(values.to(torch.float32), dim=1)
