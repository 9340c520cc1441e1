"""
From one cohort to another
==========================

    python examples/benchmarks/transfer.py --n-seeds 3

A source model learns from one part of a cohort: half of its classes, or half of its
patients. From the rest 20, 50 and 100 labelled patients are drawn. Test AUROC and log
loss of a fit from scratch, with `init_from`, and with the source's outputs as a
modality; by networks alone and by the default.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from cohorts import available_cohorts, load_cohort
from metrics import align, scores
from sklearn.model_selection import train_test_split

from magnet_sklearn import MagnetClassifier, MultiModalData

COHORTS = ("rosmap", "tcga_brca_diablo", "tcga_glioma", "uci_mfeat", "digits")
NEW_CLASSES = {"uci_mfeat": 5, "digits": 5, "tcga_glioma": 3}
WAYS = ("scratch", "init_from", "source as modality")


def parts(name):
    """Patients of the source and of the target, and what is transferred."""
    cohort = load_cohort(name)
    _, y = np.unique(cohort.y, return_inverse=True)
    if name in NEW_CLASSES:
        first = y < NEW_CLASSES[name]
        return cohort.X, y, first, f"{name}, other classes"
    rows = np.arange(len(y))
    half, _ = train_test_split(rows, train_size=0.5, stratify=y, random_state=0)
    return cohort.X, y, np.isin(rows, half), f"{name}, other patients"


def fit(way, experts, source, X, y, seed):
    """Fitted classifier of the target cohort."""
    model = MagnetClassifier(experts=experts, random_state=seed)
    return model.fit(X, y, init_from=source if way == "init_from" else None)


def with_outputs(source, X):
    """Patients with the source's outputs as a modality."""
    outputs = source.decision_function(X).reshape(len(X), -1)
    return MultiModalData({**dict(X.items()), "source": outputs}, X.index)


def evaluate(names, n_seeds, experts):
    """Yield a row per cohort, number of labels, seed and way."""
    for name in [name for name in names if name in available_cohorts()]:
        X, y, first, task = parts(name)
        source = MagnetClassifier(experts=experts, random_state=0).fit(
            X[np.flatnonzero(first)], y[first]
        )
        rest = X[np.flatnonzero(~first)]
        more = with_outputs(source, rest)
        classes, target = np.unique(y[~first], return_inverse=True)
        for n_labels in (20, 50, 100):
            for seed in range(n_seeds):
                train, test = train_test_split(
                    np.arange(len(target)),
                    train_size=n_labels,
                    stratify=target,
                    random_state=seed,
                )
                for way in WAYS:
                    seen = more if way == "source as modality" else rest
                    model = fit(way, experts, source, seen[train], target[train], seed)
                    probability = model.predict_proba(seen[test])
                    probability = align(
                        probability, model.classes_, range(len(classes))
                    )
                    found = scores(target[test], probability)
                    row = {"task": task, "labels": n_labels, "seed": seed, "way": way}
                    row |= {"auroc": found["auroc"], "log_loss": found["log_loss"]}
                    taken = model.transferred_
                    row["taken"] = taken is not None and taken["taken"].any()
                    print(row, flush=True)
                    yield row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", nargs="+", default=COHORTS)
    parser.add_argument("--n-seeds", type=int, default=3)
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for experts in (None, "auto"):
            rows = pd.DataFrame(evaluate(options.cohorts, options.n_seeds, experts))
            grouped = rows.drop(columns="seed").groupby(["task", "labels", "way"])
            print(f"\nexperts={experts!r}")
            print(grouped.agg(["mean", "std"]).round(3).to_string())
