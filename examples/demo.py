"""
What happens when modalities get lost
=====================================

Two tables that come with scikit-learn: digits (500 images, their quadrants are four
modalities) and breast cancer (569 patients; mean, standard error and worst value of ten
measures are three modalities), in three situations:

complete    every modality is there, in training and in prediction
deployment  trained on complete data; in prediction 60 % of the blocks are missing
disjoint    half of the patients have every other modality only, the rest the others

Every method sees the same patients and blocks. Means over folds.
"""

import argparse
import time

import numpy as np
import pandas as pd
from benchmarks.baselines import baselines
from benchmarks.cohorts import breast_cancer, digits
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.data import drop_modalities

SHOWN = ("concatenation, LR", "late fusion, LR", "random forest")


def deployment(X_train, X_test, seed):
    """Leave the training data as they are; drop 60 % of the other blocks."""
    return X_train, drop_modalities(X_test, 0.6, random_state=seed)


def disjoint(X_train, X_test, seed):
    """Give each patient either the first, third, ... modality or the others."""
    return tuple(_halves(X, seed + part) for part, X in enumerate((X_train, X_test)))


def _halves(X, seed):
    in_second = np.random.default_rng(seed).random(len(X)) < 0.5
    second = np.arange(X.shape[1]) % 2 == 1
    lacking = in_second[:, None] != second
    blocks = {
        name: block.mask(np.broadcast_to(lacking[:, [m]], block.shape))
        for m, (name, block) in enumerate(X.items())
    }
    return type(X)(blocks)


def complete(X_train, X_test, seed):
    """Change nothing."""
    return X_train, X_test


def scores(model, train, test):
    """Fit, and score patients that the model has not seen."""
    start = time.perf_counter()
    model.fit(*train)
    seconds = time.perf_counter() - start
    probability = model.predict_proba(test[0])
    shown = probability[:, 1] if probability.shape[1] == 2 else probability
    return {
        "AUROC": roc_auc_score(test[1], shown, multi_class="ovr"),
        "log loss": log_loss(test[1], probability),
        "fit, s": seconds,
    }


def rows(cohort, n_folds):
    """Yield a row per situation, fold and method."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    parts = list(folds.split(np.zeros(len(cohort.y)), cohort.y))[:n_folds]
    for situation in (complete, deployment, disjoint):
        for fold, (train, test) in enumerate(parts):
            X_train, X_test = situation(cohort.X[train], cohort.X[test], 10 * fold)
            simple = baselines()
            methods = {"MagnetClassifier": MagnetClassifier(random_state=0)}
            methods |= {name: simple[name] for name in SHOWN}
            for name, model in methods.items():
                result = scores(
                    model, (X_train, cohort.y[train]), (X_test, cohort.y[test])
                )
                yield {"situation": situation.__name__, "method": name, **result}


def show(frame):
    """Print a line per situation and a column per method."""
    methods = list(frame["method"].unique())
    for score in ("AUROC", "log loss", "fit, s"):
        table = frame.pivot_table(score, "situation", "method", sort=False)[methods]
        print(f"{score}\n{table.round(3).to_string(header=score == 'AUROC')}\n")


def main():
    """Print the scores of both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=2, choices=range(1, 6))
    n_folds = parser.parse_args().folds
    print(__doc__.split("\n\n", 1)[1])
    # Libraries are loaded at the first fit; that should not count.
    MagnetClassifier(max_epochs=1, ensemble_size=1).fit(np.eye(30), [0, 1] * 15)
    for cohort in (digits(), breast_cancer()):
        print(cohort.name, "-" * len(cohort.name), sep="\n")
        show(pd.DataFrame(rows(cohort, n_folds)))


if __name__ == "__main__":
    main()
