"""Sensitivity of the networks to their parameters.

Without experts, whose gates would hide it: each parameter is changed alone, the others
keep their defaults. Same patients and dropped blocks for all.

    python examples/benchmarks/sensitivity.py --output sensitivity
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
from cohorts import folder, load_cohort
from scenarios import SCENARIOS, make_data, make_splits
from sklearn.metrics import log_loss, roc_auc_score

from magnet_sklearn import MagnetClassifier

GRID = {
    "n_neighbors": (3, 10, 30),
    "similarity_weight": (0.0, 0.1, 1.0),
    "n_heads": (1, 4, 16),
    "hidden_dim": (16, 64, 256),
}
DEFAULT = {"n_neighbors": 10, "similarity_weight": 0.0, "n_heads": 4, "hidden_dim": 64}
COHORTS = ("rosmap", "tcga_brca_diablo", "breast_cancer")


def settings():
    """Default first, then every other value of one parameter at a time."""
    yield "default", "", {}
    for name, values in GRID.items():
        for value in values:
            if value != DEFAULT[name]:
                yield name, str(value), {name: value}


def score(cohort, split, seed, changed):
    """AUROC and log loss on one split with 30 % of the blocks dropped."""
    train, test = make_data(cohort, SCENARIOS["missing-0.3"], seed, split)
    clf = MagnetClassifier(experts=None, random_state=seed, **changed)
    clf.fit(train, cohort.y[split.train])
    probability, y = clf.predict_proba(test), cohort.y[split.test]
    binary = len(clf.classes_) == 2
    return {
        "AUROC": roc_auc_score(
            y, probability[:, 1] if binary else probability, multi_class="ovr"
        ),
        "log loss": log_loss(y, probability, labels=clf.classes_),
    }


def runs(names, n_seeds):
    """Yield a row per cohort, seed and setting."""
    for name, seed in itertools.product(names, range(n_seeds)):
        cohort = load_cohort(name)
        split = make_splits(cohort, SCENARIOS["missing-0.3"], n_seeds)[seed]
        for parameter, value, changed in settings():
            row = {"cohort": name, "seed": seed, "parameter": parameter}
            yield {**row, "value": value, **score(cohort, split, seed, changed)}


def table(rows):
    """Means over seeds, a column per cohort: AUROC / log loss."""
    keys = ["parameter", "value", "cohort"]
    mean = rows.groupby(keys, sort=False)[["AUROC", "log loss"]].mean()
    cells = [f"{auroc:.3f} / {loss:.3f}" for auroc, loss in mean.to_numpy()]
    return pd.Series(cells, mean.index).unstack(sort=False)


def draw(rows, path):
    """Difference of log loss to the default, per parameter and cohort."""
    import matplotlib.pyplot as plt

    keys = ["cohort", "seed"]
    default = rows[rows["parameter"] == "default"].set_index(keys)["log loss"]
    figure, axes = plt.subplots(1, len(GRID), figsize=(12, 3), sharey=True)
    for axis, (name, values) in zip(axes, GRID.items(), strict=True):
        for cohort, changed in rows[rows["parameter"] == name].groupby("cohort"):
            gain = changed.set_index([*keys, "value"])["log loss"].unstack()
            gain = gain.sub(default.loc[gain.index], axis=0)
            gain[str(DEFAULT[name])] = 0.0
            gain = gain[[str(value) for value in values]]
            axis.errorbar(
                np.arange(len(values)), gain.mean(), gain.sem(), fmt="o-", label=cohort
            )
        axis.set_xticks(np.arange(len(values)), values)
        axis.set_xlabel(name)
        axis.axhline(0, color="grey", lw=0.5)
    axes[0].set_ylabel("log loss less that of the default")
    axes[-1].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


def main():
    """Score, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", nargs="+", default=COHORTS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("sensitivity"))
    options = parser.parse_args()
    names = [
        name
        for name in options.cohorts
        if name == "breast_cancer" or (folder() / name).is_dir()
    ]
    options.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for row in runs(names, options.seeds):
        print(row, flush=True)
        rows.append(row)
        pd.DataFrame(rows).to_csv(options.output / "sensitivity.csv", index=False)
    rows = pd.DataFrame(rows)
    print(table(rows).to_string())
    draw(rows, options.output / "sensitivity.png")


if __name__ == "__main__":
    main()
