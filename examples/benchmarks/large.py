"""
Benchmark of larger tables
==========================

    python examples/benchmarks/large.py --rows 5000 --n-splits 3 --output large.csv

Tables of 5000 rows and more whose columns form natural groups, with 0, 30 and 60 % of
the blocks missing, disjoint groups, or loss at test: the default, the default without
its graph or its experts, boosting, random forest and late fusion. Scores, ranks, and
what the graph adds, paired by test patient. Development tables are those to choose by;
final ones are to be looked at when choices are made. Nothing is tuned.
"""

import argparse
import time
import warnings
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from baselines import Concatenation, LateFusion, logistic_regression
from large_tables import available_tables
from methods import boosting
from regression import PENALTIES, Columns, RidgeLateFusion
from scenarios import SCENARIOS
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline

from magnet_sklearn import (
    MagnetClassifier,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.metrics import concordance_index_censored

OURS = {
    "classes": MagnetClassifier,
    "numbers": MultiModalGNNRegressor,
    "survival": MagnetSurvivalAnalysis,
}
CELLS = ("missing-0", "missing-0.3", "missing-0.6", "disjoint-groups", "test-only-0.6")


def ours(kind, seed):
    """Return the default and its ablations."""
    make = OURS[kind]
    return {
        "default": make(random_state=seed),
        "graph=None": make(graph=None, random_state=seed),
        "experts=None": make(experts=None, random_state=seed),
    }


def of_classes(seed):
    """Baselines for classes."""
    forest = RandomForestClassifier(200, random_state=seed)
    return {
        "late fusion": LateFusion([logistic_regression()]),
        "random forest": Concatenation(make_pipeline(SimpleImputer(), forest)),
        "HistGradientBoosting": Concatenation(
            HistGradientBoostingClassifier(random_state=seed)
        ),
        **boosting(seed),
    }


def of_numbers(seed):
    """Baselines for numbers."""
    forest = RandomForestRegressor(200, random_state=seed)
    made = {
        "late fusion": RidgeLateFusion(),
        "ridge": Columns(make_pipeline(SimpleImputer(), RidgeCV(PENALTIES))),
        "random forest": Columns(make_pipeline(SimpleImputer(), forest)),
        "HistGradientBoosting": Columns(
            HistGradientBoostingRegressor(random_state=seed)
        ),
    }
    common = {"random_state": seed, "n_jobs": 1}
    if find_spec("xgboost"):
        from xgboost import XGBRegressor

        made["XGBoost"] = Columns(XGBRegressor(verbosity=0, **common))
    if find_spec("lightgbm"):
        from lightgbm import LGBMRegressor

        made["LightGBM"] = Columns(LGBMRegressor(verbosity=-1, **common))
    if find_spec("catboost"):
        from catboost import CatBoostRegressor

        quiet = {"verbose": 0, "allow_writing_files": False, "thread_count": 1}
        made["CatBoost"] = Columns(CatBoostRegressor(random_state=seed, **quiet))
    return made


def methods(kind, seed):
    """All methods for a kind of target, untrained."""
    others = {"classes": of_classes, "numbers": of_numbers}
    return ours(kind, seed) | others.get(kind, lambda seed: {})(seed)


def evaluate(kind, model, X, y):
    """Score a model; and loss of each patient, None where it has none."""
    if kind == "classes":
        p = model.predict_proba(X)
        loss = -np.log(np.clip(p[np.arange(len(y)), y], 1e-12, None))
        area = roc_auc_score(y, p[:, 1])
        return {"score": area, "log_loss": log_loss(y, p)}, loss
    predicted = model.predict(X)
    if kind == "numbers":
        loss = (predicted - y) ** 2 / np.var(y)
        return {"score": r2_score(y, predicted)}, loss
    return {"score": concordance_index_censored(y, predicted)}, None


def run_cell(table, scenario, n_rows, n_test, split, wanted):
    """Yield a row per method; the graph's gain once both models are there."""
    X, y = table.load(n_rows + n_test, split)
    n_test = min(n_test, max(len(X) - n_rows, len(X) // 3))
    parts = np.arange(len(X) - n_test), np.arange(len(X) - n_test, len(X))
    rng = np.random.default_rng(split)
    changes = SCENARIOS[scenario].change_train, SCENARIOS[scenario].change_test
    train, test = (
        change(X[rows], rng, split) for rows, change in zip(parts, changes, strict=True)
    )
    labels = [y.iloc[rows] if hasattr(y, "iloc") else y[rows] for rows in parts]
    losses = {}
    for name, model in methods(table.kind, split).items():
        if not any(fnmatch(name, pattern) for pattern in wanted):
            continue
        start = time.process_time()
        model.fit(train, labels[0])
        row = {
            "table": table.name,
            "role": table.role,
            "kind": table.kind,
            "scenario": scenario,
            "rows": len(train),
            "split": split,
            "method": name,
            "fit_seconds": time.process_time() - start,
        }
        scores, losses[name] = evaluate(table.kind, model, test, labels[1])
        if name == "graph=None" and losses[name] is not None and "default" in losses:
            gained = losses[name] - losses["default"]
            spread = gained.std(ddof=1) / np.sqrt(len(gained))
            row |= {"gain_of_graph": gained.mean(), "gain_error": spread}
        yield row | scores


def report(rows):
    """Print scores, ranks, lost cells and what the graph adds."""
    cell = ["role", "table", "scenario", "rows"]
    table = rows.pivot_table("score", cell, "method")
    print(f"AUROC, R2 or C\n{table.round(3).to_string()}\n")
    if "log_loss" in rows:
        losses = rows.dropna(subset="log_loss").pivot_table("log_loss", cell, "method")
        print(f"log loss\n{losses.round(3).to_string()}\n")
    is_peer = ~table.columns.isin(["graph=None", "experts=None"])
    compared = table.loc[:, is_peer].dropna(axis=0)
    means = {"rank": compared.rank(axis=1, ascending=False).mean()}
    means["fit, CPU s"] = rows.groupby("method")["fit_seconds"].mean()
    print(f"{pd.DataFrame(means).round(2).to_string()}\n")
    if "default" in compared:
        others = compared.drop(columns="default")
        lost = (compared["default"] - others.max(axis=1)).rename("difference")
        lost = lost.to_frame().assign(best=others.idxmax(axis=1))
        lost = lost[lost["difference"] < 0]
        print(f"cells lost to the best other method\n{lost.round(3).to_string()}\n")
    if "gain_of_graph" in rows:
        gain = rows.dropna(subset="gain_of_graph").groupby(cell)
        gain = gain.agg(
            gain=("gain_of_graph", "mean"),
            half_width=("gain_error", lambda e: 1.96 * np.sqrt((e**2).sum()) / len(e)),
        )
        print(
            "loss saved by the graph (nats, or squared error in variances of y), with "
            f"the half width of its 95 % interval\n{gain.round(5).to_string()}"
        )


def main(arguments=None):
    """Command line."""
    tables = available_tables()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="+", default=list(tables), choices=tables)
    parser.add_argument("--role", default="*", help="development, final or check")
    parser.add_argument("--scenarios", nargs="+", default=CELLS, choices=SCENARIOS)
    parser.add_argument("--methods", nargs="+", default=["*"], help="name or pattern")
    parser.add_argument("--rows", type=int, nargs="+", default=[5000])
    parser.add_argument("--test-rows", type=int, default=4000)
    parser.add_argument("--n-splits", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("large.csv"))
    options = parser.parse_args(arguments)
    rows = []
    chosen = [tables[name] for name in options.tables]
    for table in [table for table in chosen if fnmatch(table.role, options.role)]:
        for n_rows in options.rows:
            for scenario in options.scenarios:
                for split in range(options.n_splits):
                    cell = table, scenario, n_rows, options.test_rows, split
                    for row in run_cell(*cell, options.methods):
                        rows.append(row)
                        pd.DataFrame(rows).to_csv(options.output, index=False)
    report(pd.DataFrame(rows))


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
