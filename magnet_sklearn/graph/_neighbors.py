"""Exact nearest references, tile by tile, so that no n x n matrix is in memory."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from tqdm.auto import tqdm

from magnet_sklearn.graph._vectors import PatientVectors

Similarity = Callable[[PatientVectors, PatientVectors], torch.Tensor]

DECIMALS = 9


def nearest_references(
    queries: PatientVectors,
    references: PatientVectors,
    similarity: Similarity,
    n_neighbors: int,
    chunk_size: int,
    groups: tuple[np.ndarray, np.ndarray] | None = None,
    has_bar: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return neighbors and similarities, both of shape (n_queries, n_neighbors).

    Most similar first, equal ones by position; -1 and 0.0 where there is none. With
    `groups`, integers of the queries and of the references, no neighbour is of the
    query's group; `has_bar` shows the progress over the queries.
    """
    neighbors = np.full((len(queries), n_neighbors), -1, dtype=np.int64)
    values = np.zeros((len(queries), n_neighbors))
    own = groups_on(queries.values.device, groups)
    for start in progress(range(0, len(queries), chunk_size), has_bar):
        rows = slice(start, start + chunk_size)
        best_values, best = _nearest_of_chunk(
            queries[rows],
            references,
            similarity,
            n_neighbors,
            chunk_size,
            None if own is None else (own[0][rows], own[1]),
        )
        neighbors[rows, : best.shape[1]] = best.cpu().numpy()
        values[rows, : best.shape[1]] = best_values.cpu().numpy()
    neighbors[values <= 0] = -1
    values[values <= 0] = 0.0
    return neighbors, values / 10.0**DECIMALS


def progress(parts: Sequence, is_shown: bool) -> tqdm:
    """Show how many parts of the patients have found their neighbours."""
    return tqdm(parts, desc="patient graph", unit="part", disable=not is_shown)


def _nearest_of_chunk(queries, references, similarity, n_neighbors, chunk_size, groups):
    best_values = queries.values.new_zeros((len(queries), 0))
    best = torch.zeros_like(best_values, dtype=torch.int64)
    # few queries are compared with many references at a time, in the same memory
    width = max(chunk_size, chunk_size**2 // len(queries))
    for start in range(0, len(references), width):
        columns = slice(start, start + width)
        tile_values, tile_columns = best_of_tile(
            similarity(queries, references[columns]),
            n_neighbors,
            None if groups is None else (groups[0], groups[1][columns]),
        )
        best_values, best = sorted_best(
            torch.cat([best_values, tile_values], dim=1),
            torch.cat([best, tile_columns + start], dim=1),
            n_neighbors,
        )
    return best_values, best


def groups_on(
    device: torch.device, groups: tuple[np.ndarray, np.ndarray] | None
) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Return groups of queries and references as tensors."""
    if groups is None:
        return None
    queries, references = (torch.from_numpy(part).to(device) for part in groups)
    return queries, references


def best_of_tile(
    tile: torch.Tensor,
    n_neighbors: int,
    groups: tuple[torch.Tensor, torch.Tensor] | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the largest similarities of each row, as whole numbers, and their columns.

    `groups` are those of the rows and of the columns; the tile is overwritten.
    """
    # Rounded, so that equal patients stay equal whatever the device's last bit.
    tile.mul_(10.0**DECIMALS).round_()
    if groups is not None:
        tile.masked_fill_(groups[0][:, None] == groups[1][None, :], 0.0)
    return _largest(tile, n_neighbors)


def _largest(tile: torch.Tensor, n_neighbors: int) -> tuple[torch.Tensor, torch.Tensor]:
    n_kept = min(n_neighbors, tile.shape[1])
    # topk takes any of several equal values; where these do not all fit in, the
    # first ones have to be taken, and a stable sort does that.
    values, columns = tile.topk(min(n_kept + 1, tile.shape[1]), dim=1)
    last, values, columns = values[:, n_kept:], values[:, :n_kept], columns[:, :n_kept]
    ambiguous = ((last == values[:, -1:]) & (last > 0)).any(dim=1)
    if ambiguous.any():
        ranked = tile[ambiguous].sort(dim=1, descending=True, stable=True)
        values[ambiguous] = ranked.values[:, :n_kept]
        columns[ambiguous] = ranked.indices[:, :n_kept]
    return values, columns


def sorted_best(
    values: torch.Tensor, positions: torch.Tensor, n_neighbors: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the best of each row: largest first, equal ones by position."""
    positions, order = positions.sort(dim=1)
    values, rank = values.gather(1, order).sort(dim=1, descending=True, stable=True)
    return values[:, :n_neighbors], positions.gather(1, rank)[:, :n_neighbors]
