"""Cohorts to score methods on: real ones from a folder, and scikit-learn's tables."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from magnet_sklearn import MultiModalData
from magnet_sklearn.datasets import load_breast_cancer, load_digits, load_wine


@dataclass(frozen=True)
class Split:
    """Rows to train and test on, and the modalities to use (None: all)."""

    train: np.ndarray
    test: np.ndarray
    modalities: tuple | None = None


@dataclass(frozen=True)
class Cohort:
    """Patients, their classes and, where there are any, groups and official splits."""

    name: str
    X: MultiModalData
    y: np.ndarray
    groups: np.ndarray | None = None
    splits: tuple | None = None


def folder():
    """Folder of the real cohorts."""
    return Path(os.environ.get("MAGNET_SKLEARN_DATA", "no-data-folder"))


def _read(name):
    return MultiModalData.from_folder(folder() / name)


def _official(part):
    part = np.asarray(part)
    return Split(np.flatnonzero(part != "test"), np.flatnonzero(part == "test"))


def rosmap():
    """Alzheimer's disease, three complete omics blocks, official split."""
    X, labels = _read("rosmap")
    splits = (_official(labels["official_split"]),)
    return Cohort("rosmap", X, labels["AD"].to_numpy(), splits=splits)


def tcga_brca_diablo():
    """Breast cancer subtypes; no official test patient has the protein block."""
    X, labels = _read("tcga_brca_diablo")
    splits = (_official(labels["official_split"]),)
    return Cohort("tcga_brca_diablo", X, labels["subtype"].to_numpy(), splits=splits)


def magnet_ov():
    """Ovarian cancer, two blocks; each official split has mRNA features of its own.

    As published, validation patients are training patients to methods without
    tuning. The 55 patients without any block are kept: a method has to predict
    them, too.
    """
    X, labels = _read("magnet_ov")
    parts = pd.read_csv(folder() / "magnet_ov" / "splits.csv", index_col=0)
    parts = parts.reindex(labels.index)
    splits = []
    for name in ("split10", "split20", "split30", "split40", "split50"):
        split = _official(parts[name])
        splits.append(Split(split.train, split.test, (f"mrna_{name}", "mirna")))
    y = labels["Class"].to_numpy()
    return Cohort("magnet_ov", X, y, splits=tuple(splits))


def tcga_glioma():
    """Glioma types, five blocks with real missingness, grouped by hospital."""
    X, labels = _read("tcga_glioma")
    labelled = labels["oncotree"].notna().to_numpy()
    labels = labels[labelled]
    site = labels.index.str.split("-").str[1].to_numpy()
    y = labels["oncotree"].to_numpy(dtype=str)
    return Cohort("tcga_glioma", X[labelled], y, groups=site)


def uci_mfeat(n_images=500):
    """Handwritten digits in six views, a stratified sample of the 2000."""
    X, labels = _read("uci_mfeat")
    y = labels["digit"].to_numpy()
    rows = _subsample(y, n_images)
    return Cohort("uci_mfeat", X[rows], y[rows])


def _subsample(y, n_rows, random_state=0):
    rows = np.arange(len(y))
    rows, _ = train_test_split(
        rows, train_size=n_rows, stratify=y, random_state=random_state
    )
    return np.sort(rows)


def _breast_cancer():
    X, y = load_breast_cancer()
    return X, 1 - y.to_numpy()  # 1 = malignant


def blank(block, lacking):
    """Frame with NaN in the rows where `lacking` is True."""
    return block.mask(np.broadcast_to(lacking[:, None], block.shape))


def breast_cancer():
    """Breast cancer table as three blocks of ten columns."""
    return Cohort("breast_cancer", *_breast_cancer())


def breast_cancer_imbalanced():
    """All benign patients and so many malignant ones that they are 5 %."""
    X, y = _breast_cancer()
    benign, malignant = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    n_malignant = round(len(benign) * 0.05 / 0.95)
    chosen = np.random.default_rng(0).choice(malignant, n_malignant, replace=False)
    rows = np.sort(np.concatenate([benign, chosen]))
    return Cohort("breast_cancer_imbalanced", X[rows], y[rows])


def breast_cancer_tiny():
    """Forty patients."""
    X, y = _breast_cancer()
    rows = _subsample(y, 40)
    return Cohort("breast_cancer_tiny", X[rows], y[rows])


def breast_cancer_sites():
    """Five simulated hospitals with shifted measures, each short of one block."""
    X, y = _breast_cancer()
    blocks = dict(X.items())
    rng = np.random.default_rng(0)
    site = rng.integers(5, size=len(y))
    for m, (name, block) in enumerate(blocks.items()):
        shift = rng.normal(scale=0.5, size=(5, block.shape[1])) * block.std().to_numpy()
        rate = np.where(site % 3 == m, 0.7, 0.1)
        lacking = rng.random(len(y)) < rate
        if name == "worst":
            lacking &= ~np.isnan(blocks["mean"].iloc[:, 0].to_numpy())
        blocks[name] = blank(block + shift[site], lacking)
    return Cohort("breast_cancer_sites", MultiModalData(blocks), y, groups=site)


def digits():
    """500 images of ten digits, their quadrants as four blocks."""
    X, y = load_digits()
    rows = _subsample(y, 500)
    return Cohort("digits", X[rows], y.to_numpy()[rows])


def digits_5():
    """250 images of the digits 0 to 4."""
    X, y = load_digits()
    rows = np.flatnonzero(y < 5)
    rows = rows[_subsample(y[rows], 250)]
    return Cohort("digits_5", X[rows], y.to_numpy()[rows])


def wine():
    """Wine table, three classes, its 13 columns as three blocks."""
    X, y = load_wine()
    return Cohort("wine", X, y.to_numpy())


FROM_FOLDER = (rosmap, magnet_ov, tcga_brca_diablo, tcga_glioma, uci_mfeat)
BUNDLED = (
    breast_cancer,
    breast_cancer_imbalanced,
    breast_cancer_tiny,
    breast_cancer_sites,
    digits,
    digits_5,
    wine,
)
_LOADERS = {load.__name__: load for load in (*FROM_FOLDER, *BUNDLED)}


@cache
def load_cohort(name):
    """Cohort of that name, read once per process."""
    return _LOADERS[name]()


def available_cohorts():
    """Names of the cohorts at hand; says in one line which are not."""
    names = list(_LOADERS)
    absent = [load.__name__ for load in FROM_FOLDER]
    absent = [name for name in absent if not (folder() / name).is_dir()]
    if absent:
        where = "the folder that MAGNET_SKLEARN_DATA names"
        print(f"Left out, as not in {where}: {', '.join(absent)}")
    return [name for name in names if name not in absent]
