"""
Contrastive pre-training where few patients have labels
=======================================================

    python examples/benchmarks/few_labels.py --n-splits 3

Test AUROC and log loss after `fit` on few labelled patients: without other patients,
after `pretrain` on all training patients, and with the contrastive loss beside the
task's; by networks alone and with experts.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from cohorts import available_cohorts, load_cohort
from metrics import align, scores
from sklearn.model_selection import train_test_split

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.data import drop_modalities

COHORTS = ("rosmap", "tcga_brca_diablo", "uci_mfeat", "breast_cancer", "digits_5")
WAYS = ("labelled only", "pretrained", "auxiliary loss")


def fit(way, experts, X, y, labelled, seed):
    """Fitted classifier that has seen the labels of some training patients."""
    weight = 0.1 if way == "auxiliary loss" else 0.0
    model = MagnetClassifier(
        experts=experts, contrastive_weight=weight, random_state=seed
    )
    if way == "pretrained":
        model.pretrain(X)
    return model.fit(X[labelled], y[labelled])


def evaluate(n_splits, n_labelled):
    """Yield a row per cohort, split, kind of model and way."""
    for name in [name for name in COHORTS if name in available_cohorts()]:
        cohort = load_cohort(name)
        classes, y = np.unique(cohort.y, return_inverse=True)
        for split in range(n_splits):
            X = drop_modalities(cohort.X, 0.3, random_state=split)
            train, test = train_test_split(
                np.arange(len(y)), test_size=0.3, stratify=y, random_state=split
            )
            labelled, _ = train_test_split(
                np.arange(len(train)),
                train_size=n_labelled * len(classes),
                stratify=y[train],
                random_state=split,
            )
            for experts in (None, "auto"):
                for way in WAYS:
                    start = time.process_time()
                    model = fit(way, experts, X[train], y[train], labelled, split)
                    seconds = time.process_time() - start
                    probability = model.predict_proba(X[test])
                    probability = align(probability, model.classes_, np.unique(y))
                    found = scores(y[test], probability)
                    row = {"cohort": name, "experts": str(experts), "way": way}
                    row |= {k: found[k] for k in ("auroc", "log_loss")}
                    print(row, round(seconds, 1), flush=True)
                    yield row | {"fit_seconds": seconds}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-splits", type=int, default=3)
    parser.add_argument("--n-labelled", type=int, default=10, help="per class")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pd.DataFrame(evaluate(options.n_splits, options.n_labelled))
    table = rows.groupby(["experts", "cohort", "way"]).mean().round(3)
    print(table.unstack().to_string())
    print(rows.drop(columns="cohort").groupby(["experts", "way"]).mean().round(3))
