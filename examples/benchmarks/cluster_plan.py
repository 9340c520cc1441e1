"""
Plan for a cluster, simulated
=============================

    python examples/benchmarks/cluster_plan.py --patients 20000 50000 --workers 4 16

The scaling page plans a cohort of a hundred million patients on a cluster. Here the
workers are simulated in one process on a smaller cohort: each holds a share of the
patients and of the cells of the search. Memory and traffic per worker are counted and
stand beside what the plan's formulas say, for patients spread at random and for
patients who live where their cell does.
"""

import argparse

import numpy as np
import pandas as pd
import torch
from scaling import BASE, make_cohort

from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.graph._candidates import nearest_centers
from magnet_sklearn.preprocessing import DefaultPreprocessor

COORDINATES = 150 * 2  # bytes per patient: 50 per modality, half precision
EMBEDDING = 64 * 2
RESULT = 10 * 8  # bytes from each worker contacted: positions and similarities
FAN_OUT = 5


class Cohort:
    """Search structure and neighbours of one cohort, the same for all clusters."""

    def __init__(self, n_patients):
        X, _ = make_cohort(**{**BASE, "n": n_patients})
        X = DefaultPreprocessor().fit(X).transform(X)
        builder = PatientGraphBuilder(method="approximate").fit(X)
        vectors, cells = builder._reference_vectors(), builder._cells
        self.neighbors = builder.training_graph_.neighbors
        self.probed = nearest_centers(vectors, cells.centers, builder.n_probes).numpy()
        self.cell = np.empty(n_patients, int)
        for number, members in enumerate(cells.members):
            self.cell[members.numpy()] = number
        self.order = _along_a_line(cells.centers)


def _along_a_line(centers):
    """Rank of each cell along the first principal axis: near cells, near ranks."""
    centered = centers - centers.mean(dim=0)
    axis = torch.linalg.svd(centered, full_matrices=False).Vh[0]
    return (centered @ axis).argsort().argsort().numpy()


def simulate(cohort, n_workers, placement):
    """Megabytes that the busiest worker holds and sends."""
    n_patients, n_cells = len(cohort.cell), len(cohort.order)
    owner_of_cell = cohort.order * n_workers // n_cells
    home = owner_of_cell[cohort.cell]
    if placement == "at random":
        home = np.random.default_rng(0).integers(n_workers, size=n_patients)
    contacted = np.zeros((n_patients, n_workers), bool)
    np.put_along_axis(contacted, owner_of_cell[cohort.probed], True, axis=1)
    contacted[np.arange(n_patients), home] = False
    queries = np.bincount(home, weights=contacted.sum(axis=1), minlength=n_workers)
    drawn = cohort.neighbors[:, :FAN_OUT]
    patients, ranks = np.nonzero(drawn >= 0)
    sources = drawn[patients, ranks]
    remote = home[sources] != home[patients]
    # a worker fetches each patient once an epoch
    pairs = np.unique(home[patients[remote]] * n_patients + sources[remote])
    fetched = np.bincount(pairs // n_patients, minlength=n_workers)
    cells_held = np.bincount(owner_of_cell[cohort.cell], minlength=n_workers)
    return {
        "coordinates held": cells_held.max() * COORDINATES,
        "search, sent": queries.max() * COORDINATES,
        "search, results": contacted.sum(axis=0).max() * RESULT,
        "epoch, fetched": fetched.max() * EMBEDDING,
    }


def planned(n_patients, n_workers):
    """The same by the formulas of the plan: all that can be remote is."""
    share = n_patients / n_workers
    n_contacted = (n_workers - 1) * (1 - (1 - 1 / n_workers) ** 32)
    return {
        "coordinates held": share * COORDINATES,
        "search, sent": share * n_contacted * COORDINATES,
        "search, results": share * n_contacted * RESULT,
        "epoch, fetched": share * FAN_OUT * EMBEDDING * (1 - 1 / n_workers),
    }


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[20_000, 50_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[4, 16, 64])
    options = parser.parse_args()
    rows = []
    for n_patients in options.patients:
        cohort = Cohort(n_patients)
        for n_workers in options.workers:
            key = {"patients": n_patients, "workers": n_workers}
            rows.append({**key, "patients live": "(plan)", **planned(**_named(key))})
            for placement in ("at random", "with their cell"):
                found = simulate(cohort, n_workers, placement)
                rows.append({**key, "patients live": placement, **found})
    table = pd.DataFrame(rows).set_index(["patients", "workers", "patients live"])
    print("MB of the busiest worker")
    print((table / 1e6).round(2).to_string())


def _named(key):
    return {f"n_{name}": value for name, value in key.items()}


if __name__ == "__main__":
    main()
