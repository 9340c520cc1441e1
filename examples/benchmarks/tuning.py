"""
Tuned against default, nested and paired
========================================

    python examples/benchmarks/tuning.py --n-splits 2 --n-trials 15

A search inside each training part (`tune` with three inner folds), and the default
fitted to the same patients; both are scored on patients that neither has seen. Mean
gain, its standard error over splits, and the CPU seconds of both.
"""

import argparse
import time
import warnings

import numpy as np
import optuna
import pandas as pd
from cohorts import available_cohorts, load_cohort
from metrics import align, scores
from sklearn.model_selection import StratifiedKFold

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.tuning import tune

COHORTS = (
    "rosmap",
    "tcga_brca_diablo",
    "breast_cancer",
    "wine",
    "digits_5",
    "uci_mfeat",
    "tcga_glioma",
)


def tuned(model, X, y, n_trials):
    """Estimator that a search has chosen, fitted, and what it chose."""
    result = tune(
        model, X, y, cv=3, scoring="neg_log_loss", n_trials=n_trials, random_state=0
    )
    return result.best_estimator_, result


def timed(call, *arguments):
    """What a call returns, and its CPU seconds."""
    start = time.process_time()
    return call(*arguments), time.process_time() - start


def evaluate(names, n_splits, n_trials, missing):
    """Yield a row per cohort and split."""
    for name in [name for name in names if name in available_cohorts()]:
        cohort = load_cohort(name)
        classes, y = np.unique(cohort.y, return_inverse=True)
        X = drop_modalities(cohort.X, missing, random_state=0)
        folds = StratifiedKFold(n_splits, shuffle=True, random_state=0)
        for split, (train, test) in enumerate(folds.split(y, y)):
            model = MagnetClassifier(random_state=split)
            default, default_seconds = timed(model.fit, X[train], y[train])
            (best, result), seconds = timed(tuned, model, X[train], y[train], n_trials)
            row = {"cohort": name, "split": split}
            for kind, fitted in (("default", default), ("tuned", best)):
                probability = fitted.predict_proba(X[test])
                probability = align(probability, fitted.classes_, range(len(classes)))
                found = scores(y[test], probability)
                row |= {f"{s} {kind}": found[s] for s in ("auroc", "log_loss")}
            row |= {
                "chosen": str(result.best_params_),
                "inner score": result.best_score_,
                "reused": result.reused_,
                "CPU s default": default_seconds,
                "CPU s tuned": seconds,
            }
            print(row, flush=True)
            yield row


def gains(rows):
    """Paired differences: mean and standard error over splits, per cohort and all."""
    differences = pd.DataFrame(
        {
            "cohort": rows["cohort"],
            "auroc": rows["auroc tuned"] - rows["auroc default"],
            "log_loss": rows["log_loss tuned"] - rows["log_loss default"],
        }
    )
    everywhere = differences.assign(cohort="all")
    both = pd.concat([differences, everywhere])
    return both.groupby("cohort", sort=False).agg(["mean", "sem"]).round(4)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", nargs="+", default=COHORTS)
    parser.add_argument("--n-splits", type=int, default=2)
    parser.add_argument("--n-trials", type=int, default=15)
    parser.add_argument("--missing", type=float, default=0.3)
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pd.DataFrame(
            evaluate(
                options.cohorts, options.n_splits, options.n_trials, options.missing
            )
        )
    means = rows.groupby("cohort", sort=False).mean(numeric_only=True)
    print(means.drop(columns="split").round(3).to_string())
    print(gains(rows).to_string())
