"""
A search in several processes
=============================

    pip install ".[tune]"
    python examples/optuna_search.py --storage search.log --n-trials 10 &
    python examples/optuna_search.py --storage search.log --n-trials 10 &

All processes add to one study, in a file that is only appended to: a process that is
killed loses no more than its current trial. The folds are the same in every trial.

Parameters of the networks matter where the networks do. Beside experts their gates are
often closed, and every trial would have the same score; so this search is over networks
alone (``experts=None``), on the quadrants of digits. The first trial are the defaults.
"""

import argparse
from itertools import accumulate

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities

DEFAULTS = {
    "hidden_dim": 64,
    "n_heads": 4,
    "dropout": 0.3,
    "learning_rate": 1e-3,
    "similarity_weight": 0.0,
}


def cohort():
    """300 images, their quadrants as four modalities, 40 % of the blocks missing."""
    images, y = load_digits().images, load_digits().target
    images, _, y, _ = train_test_split(
        images, y, train_size=300, stratify=y, random_state=0
    )
    halves = {"upper": images[:, :4], "lower": images[:, 4:]}
    quadrants = {
        f"{name}_{side}": half[:, :, columns].reshape(len(y), -1)
        for name, half in halves.items()
        for side, columns in (("left", slice(4)), ("right", slice(4, 8)))
    }
    return drop_modalities(MultiModalData(quadrants), 0.4, random_state=0), y


def log_likelihood(clf, X, y):
    """Mean over three folds; higher is better."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return cross_val_score(clf, X, y, cv=folds, scoring="neg_log_loss").mean()


def objective(trial, X, y):
    """Score networks without experts."""
    clf = MagnetClassifier(
        experts=None,
        hidden_dim=trial.suggest_categorical("hidden_dim", [32, 64, 128, 256]),
        n_heads=trial.suggest_categorical("n_heads", [1, 4, 16]),
        dropout=trial.suggest_float("dropout", 0.0, 0.5),
        learning_rate=trial.suggest_float("learning_rate", 3e-4, 1e-2, log=True),
        similarity_weight=trial.suggest_float("similarity_weight", 0.0, 1.0),
        ensemble_size=2,
        random_state=0,
    )
    return log_likelihood(clf, X, y)


def show(study):
    """Print the curve of the search: each trial, and the best so far."""
    done = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    best = accumulate((trial.value for trial in done), max)
    for trial, value in zip(done, best, strict=True):
        bar = "#" * round(60 * np.exp(value))
        print(f"{trial.number:3d}  {trial.value:8.4f}  best {value:8.4f}  {bar}")
    print("best:", study.best_params)
    if len(done) > 3:
        importance = optuna.importance.get_param_importances(study)
        print("importance:", {name: round(x, 2) for name, x in importance.items()})


def main():
    """Search, show the curve, compare with experts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storage", default="search.log")
    parser.add_argument("--n-trials", type=int, default=10)
    options = parser.parse_args()
    study = optuna.create_study(
        study_name="magnet",
        storage=JournalStorage(JournalFileBackend(options.storage)),
        direction="maximize",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(n_startup_trials=5),
    )
    study.enqueue_trial(DEFAULTS, skip_if_exists=True)
    X, y = cohort()
    study.optimize(lambda trial: objective(trial, X, y), n_trials=options.n_trials)
    show(study)
    with_experts = log_likelihood(MagnetClassifier(random_state=0), X, y)
    print(f"the default, which has experts: {with_experts:.4f}")


if __name__ == "__main__":
    main()
