"""
Benchmark of regression with missing modalities
===============================================

    python examples/benchmarks/regression.py --n-splits 5

Prints R2 and MAE (in standard deviations of the target) of the default and of simple
baselines, mean and spread over splits. Nothing is tuned outside the training part.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from baselines import Concatenation
from cohorts import folder
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import (
    load_diabetes,
    make_friedman1,
    make_friedman2,
    make_friedman3,
)
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline

from magnet_sklearn import MultiModalData, MultiModalGNNRegressor
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.preprocessing import DefaultPreprocessor

PENALTIES = np.logspace(-2, 5, 15)


class RidgeLateFusion(RegressorMixin, BaseEstimator):
    """Mean of ridge regressions, one per observed modality."""

    def fit(self, X, y):
        """Fit on the patients who have each modality."""
        self.preprocessor_ = DefaultPreprocessor().fit(X)
        X = self.preprocessor_.transform(X)
        self.mean_, self.models_ = np.mean(y), {}
        for (name, block), seen in zip(X.items(), X.mask.T, strict=True):
            if seen.sum() > 2:
                self.models_[name] = RidgeCV(PENALTIES).fit(block[seen], y[seen])
        return self

    def predict(self, X):
        """Mean of the training patients where nothing is observed."""
        X = self.preprocessor_.transform(X)
        total, count = np.zeros(len(X)), np.zeros(len(X))
        for (name, block), seen in zip(X.items(), X.mask.T, strict=True):
            if name in self.models_ and seen.any():
                total[seen] += self.models_[name].predict(block[seen])
                count += seen
        return np.where(count > 0, total / np.maximum(count, 1), self.mean_)


class Columns(Concatenation):
    """A regressor on all columns side by side."""

    def fit(self, X, y):
        """Fit on the table."""
        self.preprocessor_ = DefaultPreprocessor().fit(X)
        table = self.preprocessor_.transform(X).to_frame().to_numpy()
        self.kept_ = ~np.isnan(table).all(axis=0)
        self.model_ = self.estimator.fit(table[:, self.kept_], y)
        return self

    def predict(self, X):
        """Ask the model."""
        table = self.preprocessor_.transform(X).to_frame().to_numpy()
        return self.model_.predict(table[:, self.kept_])


def methods(seed):
    """Ours and the baselines, untrained."""
    imputer = SimpleImputer(keep_empty_features=True)
    forest = RandomForestRegressor(300, random_state=seed)
    return {
        "MultiModalGNNRegressor": MultiModalGNNRegressor(random_state=seed),
        "graph=None": MultiModalGNNRegressor(graph=None, random_state=seed),
        "late fusion, ridge": RidgeLateFusion(),
        "concatenation, ridge": Columns(make_pipeline(imputer, RidgeCV(PENALTIES))),
        "random forest": Columns(make_pipeline(imputer, forest)),
        "HistGradientBoosting": Columns(
            HistGradientBoostingRegressor(random_state=seed)
        ),
    }


def _cut(table, n_blocks):
    """Columns in blocks of about the same width."""
    parts = np.array_split(np.arange(table.shape[1]), n_blocks)
    return MultiModalData({f"block_{i}": table[:, p] for i, p in enumerate(parts)})


def cohorts():
    """Bundled and synthetic tables as modalities, and age from the omics of glioma."""
    table, y = load_diabetes(return_X_y=True)
    yield "diabetes", _cut(table, 3), y
    made = (
        (make_friedman1, 3, 1.0),
        (make_friedman2, 2, 50.0),
        (make_friedman3, 2, 0.1),
    )
    for make, n_blocks, noise in made:
        table, y = make(400, noise=noise, random_state=0)
        yield make.__name__[5:], _cut(table, n_blocks), y
    if (folder() / "tcga_glioma").is_dir():
        X, _ = MultiModalData.from_folder(folder() / "tcga_glioma")
        age = X["clinical"]["age_years"].to_numpy()
        omics = MultiModalData({k: v for k, v in X.items() if k != "clinical"})
        known = ~np.isnan(age) & omics.mask.any(axis=1)
        yield "glioma age", omics[known], age[known]


def run(n_splits):
    """Yield a row per cohort, missing rate, split and method."""
    for name, X, y in cohorts():
        for rate in (0.0, 0.3, 0.6):
            folds = KFold(5, shuffle=True, random_state=0).split(y)
            for split, (train, test) in list(enumerate(folds))[:n_splits]:
                dropped = drop_modalities(X, rate, random_state=split)
                for method, model in methods(split).items():
                    start = time.process_time()
                    model.fit(dropped[train], y[train])
                    seconds = time.process_time() - start
                    predicted = model.predict(dropped[test])
                    yield {
                        "cohort": name,
                        "rate": rate,
                        "split": split,
                        "method": method,
                        "R2": r2_score(y[test], predicted),
                        "MAE": mean_absolute_error(y[test], predicted) / y.std(),
                        "fit_seconds": seconds,
                    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-splits", type=int, default=5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pd.DataFrame(run(parser.parse_args().n_splits))
    for score in ("R2", "MAE"):
        table = rows.groupby(["cohort", "rate", "method"])[score].agg(["mean", "std"])
        text = table.apply(lambda row: f"{row['mean']:.3f} ± {row['std']:.3f}", axis=1)
        print(f"\n{score}\n{text.unstack().to_string()}")
    print(rows.groupby("method")[["R2", "MAE", "fit_seconds"]].mean().round(3))
