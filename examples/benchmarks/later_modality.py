"""
A modality that comes later, and the cost of many
=================================================

    python examples/benchmarks/later_modality.py

The last modality of each cohort is added to a fitted classifier with `add_modality`,
with the other encoders frozen or not, and compared with a fit from scratch: test AUROC,
log loss and CPU seconds. Then CPU seconds of fits with 2 to 32 modalities and their
growth exponent.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from cohorts import available_cohorts, load_cohort
from metrics import scores
from sklearn.model_selection import train_test_split

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities

COHORTS = ("rosmap", "tcga_brca_diablo", "uci_mfeat", "breast_cancer", "digits_5")


def timed(call, *arguments, **keywords):
    """What a call returns, and its CPU seconds."""
    start = time.process_time()
    result = call(*arguments, **keywords)
    return result, time.process_time() - start


def compare(n_splits, experts):
    """Yield a row per cohort, split and way."""
    for name in [name for name in COHORTS if name in available_cohorts()]:
        cohort = load_cohort(name)
        _, y = np.unique(cohort.y, return_inverse=True)
        known = list(cohort.X)[:-1]
        for split in range(n_splits):
            X = drop_modalities(cohort.X, 0.3, random_state=split)
            train, test = train_test_split(
                np.arange(len(y)), test_size=0.3, stratify=y, random_state=split
            )
            before = MultiModalData({name: X[name] for name in known})
            for way in ("before", "from scratch", "added", "added, frozen"):
                model = MagnetClassifier(experts=experts, random_state=split)
                if way in ("before", "from scratch"):
                    seen = before if way == "before" else X
                    _, seconds = timed(model.fit, seen[train], y[train])
                else:
                    model.fit(before[train], y[train])
                    freeze = way == "added, frozen"
                    _, seconds = timed(
                        model.add_modality, X[train], y[train], freeze=freeze
                    )
                found = scores(
                    y[test],
                    model.predict_proba(X[test] if way != "before" else before[test]),
                )
                row = {"cohort": name, "way": way, "fit_seconds": seconds}
                yield row | {k: found[k] for k in ("auroc", "log_loss")}


def cost(n_patients=300, n_features=50):
    """CPU seconds of a fit and of an addition by number of modalities."""
    rng = np.random.default_rng(0)
    y = np.arange(n_patients) % 2
    rows = []
    for n_modalities in (2, 4, 8, 16, 32):
        blocks = {
            f"m{i}": rng.normal(size=(n_patients, n_features)) + 0.1 * y[:, None]
            for i in range(n_modalities + 1)
        }
        X = drop_modalities(MultiModalData(blocks), 0.3, random_state=0)
        first = MultiModalData({name: X[name] for name in list(X)[:-1]})
        settings = {"early_stopping": False, "max_epochs": 20, "random_state": 0}
        model, fit_seconds = timed(MagnetClassifier(**settings).fit, first, y)
        _, add_seconds = timed(model.add_modality, X, y)
        rows.append((n_modalities, fit_seconds, add_seconds))
    return pd.DataFrame(rows, columns=["n_modalities", "fit", "add_modality"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-splits", type=int, default=3)
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for experts in ("auto", None):
            rows = pd.DataFrame(compare(options.n_splits, experts))
            print(f"\nexperts={experts!r}")
            print(rows.groupby(["cohort", "way"]).mean().round(3).unstack().to_string())
            print(rows.drop(columns="cohort").groupby("way").mean().round(3))
        table = cost()
    print(f"\nCPU seconds\n{table.round(2).to_string(index=False)}")
    for column in ("fit", "add_modality"):
        exponent = np.polyfit(np.log(table["n_modalities"]), np.log(table[column]), 1)
        print(f"{column}: exponent {exponent[0]:.2f}")
