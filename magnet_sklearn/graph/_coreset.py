"""A sample of patients as references (a coreset)."""

import numpy as np
import torch

from magnet_sklearn.graph._candidates import Cells
from magnet_sklearn.graph._vectors import PatientVectors


def spread_rows(patients: PatientVectors, n_rows: int) -> torch.Tensor:
    """Choose patients so that every region of the space keeps its share.

    A systematic sample, stratified by cell: patients are ordered by cell, at random
    within each, and taken at equal intervals.

    Parameters
    ----------
    patients : PatientVectors
        All patients.
    n_rows : int
        How many to choose; no more than there are.

    Returns
    -------
    rows : int64 Tensor of shape (n_rows,)
        Ascending, on the CPU.
    """
    rng = np.random.default_rng(0)
    members = [rng.permutation(cell) for cell in Cells.fit(patients).members]
    by_cell = torch.from_numpy(np.concatenate(members))
    chosen = torch.arange(n_rows) * len(by_cell) // n_rows
    return by_cell[chosen].sort().values
