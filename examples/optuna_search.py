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
alone (``experts=None``), on the quadrants of digits. The first trial are the defaults,
and hopeless trials are given up after some epochs.
"""

import argparse

import optuna
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.tuning import tune

FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)


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


def show(result):
    """Print the trials, what was chosen, and which parameters matter."""
    print(result.to_frame().round(4).to_string(index=False))
    print("chosen:", result.best_params_, round(result.best_score_, 4))
    done = result.study_.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    if len(done) > 3:
        importance = optuna.importance.get_param_importances(result.study_)
        print("importance:", {name: round(x, 2) for name, x in importance.items()})


def main():
    """Search, show the trials, compare with experts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storage", default="search.log")
    parser.add_argument("--n-trials", type=int, default=10)
    options = parser.parse_args()
    X, y = cohort()
    networks = MagnetClassifier(experts=None, ensemble_size=2, random_state=0)
    result = tune(
        networks,
        X,
        y,
        cv=FOLDS,
        scoring="neg_log_loss",
        n_trials=options.n_trials,
        storage=options.storage,
        refit=False,
    )
    show(result)
    default = MagnetClassifier(random_state=0)
    scores = cross_val_score(default, X, y, cv=FOLDS, scoring="neg_log_loss")
    print(f"the default, which has experts: {scores.mean():.4f}")


if __name__ == "__main__":
    main()
