"""
Benchmark of genome-wide blocks
===============================

    python examples/benchmarks/wide.py --n-seeds 3

Classes of synthetic patients with 20 000 genes, 27 000 methylation sites and 8000
proteins, 30 % of the blocks missing, and survival on `tcga_glioma` at full width: the
default and variants of its experts against penalised regression on the imputed
concatenation, with and without screening. Screening and penalties are chosen inside
the training part.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_classif, f_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from survival import glioma, glioma_official

from magnet_sklearn import MagnetClassifier, MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.metrics import concordance_index_censored

WIDTHS = {"rna": 20_000, "methylation": 27_000, "protein": 8000}
N_TRAIN, N_TEST, N_FACTORS, N_PLANTED = 280, 300, 20, 3
CS = np.logspace(-5, 1, 7)
PLAIN = {"max_epochs": 1, "graph": None}  # experts alone


def blocks(signal, seed, scale):
    """Patients whose columns share factors, and a score of unit variance.

    A planted signal lies in what a few columns do not share, a diffuse one in the
    factors, so that every column has a little of it.
    """
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(N_TRAIN + N_TEST, N_FACTORS))
    score = factors @ rng.normal(size=N_FACTORS) if signal == "diffuse" else 0.0
    X = {}
    for name, width in WIDTHS.items():
        own = rng.normal(size=(len(factors), int(width * scale)))
        if signal == "planted":
            score = score + own[:, : N_PLANTED // len(WIDTHS)].sum(axis=1)
        X[name] = factors @ rng.normal(size=(N_FACTORS, own.shape[1])) * 0.3 + own
    return MultiModalData(X), score / score.std()


def synthetic(signal):
    """Draw training and test patients of two classes."""

    def draw(seed, scale):
        X, score = blocks(signal, seed, scale)
        X = drop_modalities(X, 0.3, random_state=seed)
        noise = np.random.default_rng(seed + 1000).logistic(size=len(score))
        y = (3 * score + noise > 0).astype(int)
        return X[:N_TRAIN], y[:N_TRAIN], X[N_TRAIN:], y[N_TRAIN:]

    return draw


def folds(load):
    """Draw a fold of a cohort of survival."""

    def draw(seed, scale):
        X, y, parts = load()
        train, test = list(parts)[seed % 5]
        return X[train], y.iloc[train], X[test], y.iloc[test]

    return draw


def side_by_side(X):
    """All columns in one table; NaN where the block is missing."""
    return X.to_frame().to_numpy(dtype=float)


def null_residuals(y):
    """Martingale residuals of the survival model without any column."""
    event, time_of_exit = np.asarray(y, dtype=float).T
    order = np.argsort(time_of_exit)
    event = event[order]
    hazard = np.cumsum(event / np.arange(len(y), 0, -1))
    residuals = np.empty(len(y))
    residuals[order] = event - hazard
    return residuals


def on_concatenation(model, score_columns=None, n_kept=300):
    """Impute, standardise and maybe screen the concatenation before a model."""
    screening = [] if score_columns is None else [SelectKBest(score_columns, k=n_kept)]
    return make_pipeline(
        FunctionTransformer(side_by_side),
        SimpleImputer(),
        StandardScaler(),
        *screening,
        model,
    )


def score_survival(table, y):
    """Screening by the correlation with martingale residuals, the score test of Cox."""
    return f_regression(table, null_residuals(y))


def classifiers(seed):
    """Each method for classes."""
    ridge = LogisticRegressionCV(Cs=CS, cv=5, scoring="neg_log_loss", max_iter=1000)
    elastic = LogisticRegressionCV(
        Cs=np.logspace(-2, 0, 4),
        cv=5,
        penalty="elasticnet",
        l1_ratios=[0.5],
        solver="saga",
        scoring="neg_log_loss",
        max_iter=200,
        random_state=seed,
    )
    own = {"random_state": seed}
    return {
        "MagnetClassifier": MagnetClassifier(**own),
        "with experts 'sparse'": MagnetClassifier(experts="sparse", **own),
        "with experts 'auto' and 'sparse'": MagnetClassifier(
            experts=["auto", "sparse"], **own
        ),
        # a ridge solution does not depend on the axes
        "ridge": on_concatenation(make_pipeline(PCA(), ridge)),
        "ridge, 300 columns screened": on_concatenation(ridge, f_classif),
        "elastic net": on_concatenation(
            MagnetClassifier(experts="sparse", **PLAIN, **own)
        ),
        "elastic net, 300 columns screened": on_concatenation(elastic, f_classif),
    }


def survival_models(seed):
    """Each method for survival."""

    def cox(experts, **parameters):
        return MagnetSurvivalAnalysis(experts=experts, random_state=seed, **parameters)

    ridge, elastic = cox("linear", **PLAIN), cox("sparse", **PLAIN)
    return {
        "MagnetSurvivalAnalysis": cox("auto"),
        "with experts 'sparse'": cox("sparse"),
        "with experts 'auto' and 'sparse'": cox(["auto", "sparse"]),
        "ridge Cox": on_concatenation(ridge),
        "ridge Cox, 300 columns screened": on_concatenation(ridge, score_survival),
        "elastic net Cox": on_concatenation(elastic),
        "elastic net Cox, 300 columns screened": on_concatenation(
            elastic, score_survival
        ),
    }


CELLS = {
    "planted": (synthetic("planted"), classifiers),
    "diffuse": (synthetic("diffuse"), classifiers),
    "glioma, official folds": (folds(glioma_official), survival_models),
    "glioma, random folds": (folds(glioma), survival_models),
}


def scores(model, X, y):
    """Scores for test patients."""
    if isinstance(y, pd.DataFrame):
        return {"C": concordance_index_censored(y, model.predict(X))}
    probability = model.predict_proba(X)
    return {
        "AUROC": roc_auc_score(y, probability[:, 1]),
        "log loss": log_loss(y, probability),
    }


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", nargs="*", default=list(CELLS))
    parser.add_argument("--methods", nargs="*")
    parser.add_argument("--n-seeds", type=int, default=5, help="or folds of a cohort")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the columns")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for cell in options.cells:
        draw, methods = CELLS[cell]
        rows = []
        for seed in range(options.n_seeds):
            X, y, X_test, y_test = draw(seed, options.scale)
            for name, model in methods(seed).items():
                if options.methods and name not in options.methods:
                    continue
                start = time.process_time()
                model.fit(X, y)
                row = {"method": name, "fit, CPU s": time.process_time() - start}
                rows.append({**row, **scores(model, X_test, y_test)})
                print(cell, seed, rows[-1], flush=True)
        table = pd.DataFrame(rows).groupby("method", sort=False).agg(["mean", "std"])
        print(f"\n{cell}", table.round(3).to_string(), sep="\n", flush=True)


if __name__ == "__main__":
    main()
