"""Small cohorts with missing modalities."""

import numpy as np
import pandas as pd

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import as_sets, as_time_series

# Every way in which three modalities can be there or not, but for none at all.
PATTERNS = np.array(
    [[p & 1, p & 2, p & 4] for p in range(1, 8)],
    dtype=bool,
)


def make_blocks(n_patients=42, *, n_classes=2, seed=0):
    """Complete blocks (two arrays and a frame with a category) and classes."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_patients) % n_classes
    centres = rng.normal(size=(n_classes, 6))
    protein = rng.normal(size=(n_patients, 4)) - centres[y, :4]
    protein[::5, 1] = np.nan
    clinical = pd.DataFrame(
        {
            "age": rng.normal(60, 10, n_patients).round() - 5 * y,
            "stage": np.array(["I", "II", "III"])[
                (y + rng.integers(2, size=len(y))) % 3
            ],
        }
    )
    clinical.loc[::6, "age"] = np.nan
    rna = rng.normal(size=(n_patients, 6)) + centres[y]
    return {"rna": rna, "protein": protein, "clinical": clinical}, y


def make_patients(n_patients=42, *, n_classes=2, seed=0):
    """MultiModalData in which all patterns of missing blocks occur, and classes."""
    blocks, y = make_blocks(n_patients, n_classes=n_classes, seed=seed)
    return _in_all_patterns(blocks, seed), y


def make_kinds(n_patients=42, *, seed=0):
    """Images, time series with times and sets, in all patterns; and two classes."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_patients) % 2
    images = rng.normal(size=(n_patients, 1, 4, 4)) + y[:, None, None, None]
    lengths = rng.integers(1, 6, n_patients)
    steps = [rng.normal(size=(n, 2)) + y[row] for row, n in enumerate(lengths)]
    for own in steps[::3]:
        own[0, 1] = np.nan
    times = [np.sort(rng.uniform(0, 48, n)) for n in lengths]
    cells = [rng.normal(size=(n, 3)) + y[row] for row, n in enumerate(lengths)]
    blocks = {
        "ct": images,
        "vitals": as_time_series(steps, times),
        "cells": as_sets(cells),
    }
    return _in_all_patterns(blocks, seed), y


def make_notes(n_patients=42, *, seed=0):
    """The patients of `make_patients` with free text in place of proteins."""
    blocks, y = make_blocks(n_patients, seed=seed)
    rng = np.random.default_rng(seed)
    words = np.array(
        [
            "cough",
            "fever",
            "rash",
            "pain",
            "stable",
            "chronic",
            "acute",
            "mild",
            "edema",
        ]
    )
    notes = [" ".join(rng.choice(words[own : own + 8], 7)) for own in y]
    del blocks["protein"]
    return _in_all_patterns({**blocks, "notes": pd.Series(notes, name="note")}, seed), y


def _in_all_patterns(blocks, seed):
    X = MultiModalData(blocks)
    return hide(X, PATTERNS[(np.arange(len(X)) + seed) % len(PATTERNS)])


def growing_cohort():
    """Noise, then with a modality that tells the classes; and the classes."""
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    before = {"rna": rng.normal(size=(80, 5)), "protein": rng.normal(size=(80, 3))}
    image = rng.normal(size=(80, 4)) + y[:, None]
    return (
        MultiModalData(before),
        MultiModalData({**before, "image": image}),
        y,
    )


def hide(X, observed):
    """Copy of X without the blocks that `observed` (bool, one column each) denies."""
    blocks = {}
    for column, (name, block) in enumerate(X.items()):
        block = block.copy()
        gone = ~np.asarray(observed, dtype=bool)[:, column]
        if isinstance(block, pd.DataFrame):
            block.loc[gone] = np.nan
        else:
            block[gone] = np.nan
        blocks[name] = block
    return MultiModalData(blocks, index=X.index)


def without_data(X, n_patients=1):
    """X followed by patients who have no modality at all."""
    rows = np.append(np.arange(len(X)), np.zeros(n_patients, dtype=int))
    observed = np.append(X.mask, np.zeros((n_patients, X.shape[1]), bool), axis=0)
    return hide(X[rows], observed)
