"""Small cohorts with missing modalities."""

import numpy as np
import pandas as pd

from magnet_sklearn import MultiModalData

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
    observed = PATTERNS[(np.arange(n_patients) + seed) % len(PATTERNS)]
    return hide(MultiModalData(blocks), observed), y


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
