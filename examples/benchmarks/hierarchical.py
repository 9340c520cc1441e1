"""
Ablation of the hierarchical network
====================================

    python examples/benchmarks/hierarchical.py --n-splits 3

Survival and tumour type of `tcga_glioma` by the networks alone, without experts: with
all parts (feature graph within and between modalities, cross-attention fusion,
contrastive loss, both tasks at once) and with each part taken away; beside them the
default, which has experts and none of these parts. Features are the 200 of each
modality that vary most among the training patients.
"""

import argparse
import time
import warnings

import pandas as pd
from cohorts import folder
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from magnet_sklearn import MagnetMultiTask, MultiModalData
from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.metrics import concordance_index_censored

SETTINGS = {"experts": None, "ensemble_size": 2, "max_epochs": 40}
WHOLE = {"fusion": "cross", "contrastive_weight": 0.1}


def methods(seed):
    """Name, estimator, and whether it learns one task at a time."""
    graph = FeatureGraph(correlations=3)
    whole = {**SETTINGS, **WHOLE, "feature_graph": graph, "random_state": seed}
    changes = {
        "all parts": {},
        "no feature graph": {"feature_graph": None},
        "no inter-modality fusion": {"fusion": "mean"},
        "no contrastive loss": {"contrastive_weight": 0.0},
        "no patient graph": {"graph": None},
    }
    for name, change in changes.items():
        yield name, MagnetMultiTask(**{**whole, **change}), False
    yield "no multi-task", MagnetMultiTask(**whole), True
    yield "default", MagnetMultiTask(random_state=seed), False


def glioma():
    """Patients, and a frame of survival and tumour type."""
    X, labels = MultiModalData.from_folder(folder() / "tcga_glioma")
    known = labels[["event", "time_years", "project"]].notna().all(axis=1).to_numpy()
    labels = labels[known]
    survival = labels[["event", "time_years"]].set_axis(["event", "time"], axis=1)
    kind = pd.DataFrame({"": (labels["project"] == "GBM").astype(float)})
    return X[known], pd.concat({"survival": survival, "kind": kind}, axis=1)


def varying(X, train, n_features=200):
    """The columns that vary most among the training patients."""
    blocks = {}
    for name, block in X.items():
        if name != "clinical" and block.shape[1] > n_features:
            order = block.iloc[train].var().sort_values(ascending=False).index
            block = block[order[:n_features]]
        blocks[name] = block
    return MultiModalData(blocks, X.index)


def scores(model, X, y, task):
    """Score of one task."""
    if task == "survival":
        return concordance_index_censored(
            y["survival"], model.predict(X)["survival"].to_numpy()
        )
    probability = model.predict_proba(X)["kind"].iloc[:, -1]
    return roc_auc_score(y["kind"].to_numpy().ravel(), probability)


def evaluate(n_splits):
    """Yield a row a split and method."""
    X, y = glioma()
    strata = y["kind"].to_numpy().ravel() * 2 + y["survival"]["event"].to_numpy()
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(strata, strata)
    for split, (train, test) in list(enumerate(folds))[:n_splits]:
        chosen = varying(X, train)
        for name, model, is_single in methods(split):
            row, start = {"method": name, "split": split}, time.process_time()
            for task in ("survival", "kind"):
                if is_single or task == "survival":
                    model.fit(
                        chosen[train],
                        y.iloc[train][[task]] if is_single else y.iloc[train],
                    )
                row[task] = scores(model, chosen[test], y.iloc[test], task)
            row["fit_seconds"] = time.process_time() - start
            print(row, flush=True)
            yield row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-splits", type=int, default=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pd.DataFrame(evaluate(parser.parse_args().n_splits))
    table = rows.drop(columns="split").groupby("method", sort=False)
    print(table.agg(["mean", "std"]).round(3).to_string())
