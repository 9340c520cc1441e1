"""
MagnetClassifier and simple baselines, on real data
======================================================

The breast cancer table of scikit-learn, its 30 columns taken as three modalities
(mean, standard error and worst value of ten measures), with 40 % of the blocks dropped
at random. Cross-validated; every method sees the same folds.
"""

import argparse
import time

import numpy as np
import pandas as pd
from benchmarks.baselines import baselines
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities

SHOWN = (
    "late fusion, LR",
    "product of experts, LR",
    "concatenation, LR",
    "random forest",
    "HistGradientBoosting",
)


def load():
    """Breast cancer as MultiModalData with missing blocks, and the diagnosis."""
    table, y = load_breast_cancer(return_X_y=True, as_frame=True)
    blocks = {
        "mean": table.filter(regex="^mean "),
        "error": table.filter(regex=" error$"),
        "worst": table.filter(regex="^worst "),
    }
    X = drop_modalities(MultiModalData(blocks), rate=0.4, random_state=0)
    return X, y.map({0: "malignant", 1: "benign"}).to_numpy()


def methods():
    """Our classifier with and without graph, and the baselines."""
    simple = baselines()
    return {
        "MagnetClassifier": MagnetClassifier(random_state=0),
        "MagnetClassifier, graph=None": MagnetClassifier(graph=None, random_state=0),
        **{name: simple[name] for name in SHOWN},
    }


def scores(model, X, y, train, test):
    """Fit on one fold and score the other patients."""
    start = time.process_time()
    model.fit(X[train], y[train])
    seconds = time.process_time() - start
    probability = model.predict_proba(X[test])
    return {
        "AUROC": roc_auc_score(y[test], probability[:, 1]),
        "log loss": log_loss(y[test], probability),
        "accuracy": accuracy_score(y[test], model.predict(X[test])),
        "fit CPU s": seconds,
    }


def main():
    """Print the data and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5)
    n_splits = parser.parse_args().folds
    X, y = load()
    print(X, end="\n\n")
    folds = StratifiedKFold(n_splits, shuffle=True, random_state=0)
    rows = [
        {"method": name, **scores(model, X, y, train, test)}
        for name, model in methods().items()
        for train, test in folds.split(np.zeros(len(y)), y)
    ]
    by_method = pd.DataFrame(rows).groupby("method", sort=False)
    mean, spread = by_method.mean(), by_method.std()
    table = mean.round(3).astype(str) + " +- " + spread.round(3).astype(str)
    print(f"Mean and standard deviation over {n_splits} folds")
    print(table.to_string())


if __name__ == "__main__":
    main()
