"""
A search in several processes
=============================

    python examples/optuna_search.py --storage search.log --n-trials 10 &
    python examples/optuna_search.py --storage search.log --n-trials 10 &

All processes add to one study, in a file that is only appended to: a process that is
killed loses no more than its current trial. The folds are the same in every trial.
"""

import argparse

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold, cross_val_score

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities


def cohort():
    """The breast cancer table as three modalities, 40 % of the blocks missing."""
    table, y = load_breast_cancer(return_X_y=True)
    blocks = np.hsplit(table, 3)
    X = MultiModalData(dict(zip(("mean", "error", "worst"), blocks, strict=True)))
    return drop_modalities(X, 0.4, random_state=0), y


def objective(trial, X, y):
    """Mean log-likelihood over three folds; higher is better."""
    clf = MagnetClassifier(
        hidden_dim=trial.suggest_categorical("hidden_dim", [32, 64, 128]),
        n_neighbors=trial.suggest_int("n_neighbors", 5, 30),
        dropout=trial.suggest_float("dropout", 0.0, 0.5),
        ensemble_size=2,
        max_epochs=50,
        random_state=0,
    )
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return cross_val_score(clf, X, y, cv=folds, scoring="neg_log_loss").mean()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storage", default="search.log")
    parser.add_argument("--n-trials", type=int, default=10)
    options = parser.parse_args()
    study = optuna.create_study(
        study_name="magnet",
        storage=JournalStorage(JournalFileBackend(options.storage)),
        direction="maximize",
        load_if_exists=True,
    )
    X, y = cohort()
    study.optimize(lambda trial: objective(trial, X, y), n_trials=options.n_trials)
    print(
        f"{len(study.trials)} trials, best {study.best_value:.4f}: {study.best_params}"
    )
