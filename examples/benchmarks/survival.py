"""
Benchmark of survival analysis with missing modalities
======================================================

    python examples/benchmarks/survival.py --output calibration.png

Concordance on `tcga_glioma`, in its official and in random folds, and on synthetic
patients: the default, its experts alone, penalised Cox on the imputed concatenation,
and what the pattern of missing blocks gives away. Draws survival predicted and observed
(Kaplan-Meier) at fixed times.
"""

import argparse
import time
import warnings
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from cohorts import folder

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.metrics import (
    concordance_index_censored,
    concordance_index_ipcw,
    integrated_brier_score,
    missingness_shortcut_score,
)
from magnet_sklearn.model_selection import EventStratifiedKFold

YEARS = (1.0, 2.0, 3.0)


def glioma():
    """All patients, five blocks, real missingness; survival, and five random folds."""
    X, labels = MultiModalData.from_folder(folder() / "tcga_glioma")
    event, years = labels["event"].astype(bool), labels["time_years"]
    y = pd.DataFrame({"event": event, "time": years})
    return X, y, EventStratifiedKFold(5, shuffle=True, random_state=0).split(X, y)


def glioma_official():
    """The patients of the five official folds, and these folds."""
    X, y, _ = glioma()
    parts = pd.read_csv(folder() / "tcga_glioma" / "splits.csv", index_col=0)
    parts = parts.reindex(y.index)
    has_fold = parts.notna().all(axis=1).to_numpy()
    folds = [
        (np.flatnonzero(part == "train"), np.flatnonzero(part == "val"))
        for _, part in parts[has_fold].items()
    ]
    return X[has_fold], y[has_fold], folds


def synthetic():
    """Three blocks, nonlinear risks, censored by a third; five random folds."""
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(3, 500, 15))
    risk = a[:, 0] + np.tanh(2 * b[:, 0] * b[:, 1]) + c[:, 0] * a[:, 1]
    died, left = rng.exponential(np.exp(-risk)), rng.exponential(2, 500)
    y = pd.DataFrame({"event": died < left, "time": np.minimum(died, left)})
    X = MultiModalData({"a": a, "b": b, "c": c})
    return X, y, EventStratifiedKFold(5, shuffle=True, random_state=0).split(X, y)


def one_block(X):
    """All columns side by side, missing ones at their mean."""
    table = X.to_frame()
    return MultiModalData({"all": table.fillna(table.mean()).fillna(0).to_numpy()})


def methods(seed):
    """Each method and what it sees of the patients."""
    model = MagnetSurvivalAnalysis(random_state=seed)
    linear = MagnetSurvivalAnalysis(max_epochs=1, graph=None, random_state=seed)
    return {
        "MagnetSurvivalAnalysis": (model, lambda X: X),
        "experts alone": (linear, lambda X: X),
        "Cox on the concatenation": (linear, one_block),
    }


def evaluate(cohort, X, y, folds, rate, n_splits):
    """Yield a row a split and method, and survival predicted for test patients."""
    for split, (train, test) in list(enumerate(folds))[:n_splits]:
        dropped = drop_modalities(X, rate, random_state=split)
        for name, (model, view) in methods(split).items():
            seen = view(dropped)
            start = time.process_time()
            model.fit(seen[train], y.iloc[train])
            row = {"cohort": cohort, "rate": rate, "method": name, "split": split}
            row["fit_seconds"] = time.process_time() - start
            risk = model.predict(seen[test])
            curves = model.predict_survival_function(seen[test], times=YEARS)
            parts = y.iloc[train], y.iloc[test]
            row["C"] = concordance_index_censored(parts[1], risk)
            row["C (Uno)"] = concordance_index_ipcw(*parts, risk, tau=YEARS[-1])
            row["IBS"] = integrated_brier_score(*parts, curves, YEARS)
            yield row, curves.assign(method=name), parts[1]


def kaplan_meier(y, time):
    """Observed share without event at a time."""
    times = np.sort(y["time"][y["event"] & (y["time"] <= time)].to_numpy())
    at_risk = np.array([(y["time"] >= t).sum() for t in times])
    return np.prod(1 - 1 / at_risk)


def draw(curves, y, path):
    """Survival predicted by the default, in fifths, against survival observed."""
    figure, axes = plt.subplots(figsize=(5, 5))
    for year in YEARS:
        fifth = pd.qcut(curves[year].rank(method="first"), 5, labels=False)
        predicted = curves[year].groupby(fifth).mean()
        observed = [kaplan_meier(y[(fifth == i).to_numpy()], year) for i in range(5)]
        axes.plot(predicted, observed, "o-", label=f"after {year:g} y")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.set(xlabel="survival predicted", ylabel="survival observed (Kaplan-Meier)")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


COHORTS = {
    "glioma, official folds": glioma_official,
    "glioma, random folds": glioma,
    "synthetic": synthetic,
}


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-splits", type=int, default=5)
    parser.add_argument("--output", type=Path, default=Path("calibration.png"))
    options = parser.parse_args()
    rows, curves, times = [], [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for (name, make), rate in product(COHORTS.items(), (0.0, 0.3)):
            X, y, folds = make()
            shortcut = missingness_shortcut_score(X, y)
            print(f"{name}: pattern of missing blocks alone C {shortcut:.3f}")
            for row, predicted, observed in evaluate(
                name, X, y, folds, rate, options.n_splits
            ):
                rows.append(row)
                is_default = row["method"] == "MagnetSurvivalAnalysis"
                if is_default and rate == 0 and name == "glioma, official folds":
                    curves.append(predicted)
                    times.append(observed)
    table = pd.DataFrame(rows).drop(columns="split")
    table = table.groupby(["cohort", "rate", "method"], sort=False)
    print(table.agg(["mean", "std"]).round(3).to_string())
    draw(pd.concat(curves), pd.concat(times), options.output)
    print(f"Written: {options.output}")


if __name__ == "__main__":
    main()
