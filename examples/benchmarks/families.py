"""
Benchmark of the families of experts
====================================

    python examples/benchmarks/families.py --cells breast_cancer sparse_numbers

Each family of experts alone, "auto", and "auto" with one family more or less: AUROC
and log loss of classes, R2 of numbers, concordance of survival, mean and standard error
over splits, and the CPU seconds of a fit. Experts only: no networks. Families are
fitted once a split and combined in each of the ways.
"""

import argparse
import time
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
from cohorts import available_cohorts, load_cohort
from scipy.special import softmax
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from survival import glioma, glioma_official
from survival import synthetic as nonlinear_survival

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.experts import (
    ClassEvidence,
    ExpertCombination,
    ModalityExperts,
    NumberEvidence,
    SurvivalEvidence,
)
from magnet_sklearn.losses import ClassLoss, CoxLoss, NumberLoss
from magnet_sklearn.metrics import concordance_index_censored
from magnet_sklearn.preprocessing import DefaultPreprocessor

AUTO = ["linear", "kernel", "forest"]
EVIDENCE = {
    "classes": ClassEvidence(),
    "numbers": NumberEvidence(),
    "survival": SurvivalEvidence(),
}
SIGNALS = ("sparse", "diffuse", "interactions", "large")


def signal(kind, seed):
    """Two blocks, and a score of unit variance that they determine."""
    rng = np.random.default_rng(seed)
    n_patients = 3000 if kind == "large" else 400
    width = 250 if kind in ("sparse", "diffuse") else 10
    table = rng.normal(size=(n_patients, 2 * width))
    if kind == "sparse":
        score = table[:, [0, 1, 2, width, width + 1]].sum(axis=1)
    elif kind == "diffuse":
        score = table @ rng.normal(size=2 * width)
    else:
        a, b = table[:, :width], table[:, width:]
        score = np.tanh(3 * a[:, 0] * a[:, 1]) + np.abs(a[:, 2]) * np.sign(b[:, 0])
        score += np.where(b[:, 1] > 0, b[:, 2], -b[:, 2]) + 0.5 * a[:, 3]
    X = MultiModalData({"a": table[:, :width], "b": table[:, width:]})
    return X, (score - score.mean()) / score.std()


def target_of(score, kind, seed):
    """Classes, numbers or survival of patients, half of it noise."""
    rng = np.random.default_rng(seed + 1000)
    if kind == "classes":
        return (2 * score + rng.logistic(size=len(score)) > 0).astype(int)
    if kind == "numbers":
        return score + rng.normal(size=len(score))
    died, left = rng.exponential(np.exp(-score)), rng.exponential(2, len(score))
    event, stays = died < left, np.zeros(len(score))
    return np.column_stack([stays, np.minimum(died, left), event, stays])


def synthetic(name, kind):
    """Draw patients of a signal, half of them to test on."""

    def draw(seed):
        X, score = signal(name, seed)
        y = target_of(score, kind, seed)
        return X, y, *next(ShuffleSplit(1, test_size=0.5, random_state=seed).split(y))

    return draw


def cohort(name, rate):
    """Draw a split of a cohort, with blocks taken away."""

    def draw(seed):
        data = load_cohort(name)
        X, y = data.X, np.unique(data.y, return_inverse=True)[1]
        if name == "magnet_ov":
            part = data.splits[seed % 5]
            X = MultiModalData({key: X[key] for key in part.modalities})
            return X, y, part.train, part.test
        splitter = StratifiedShuffleSplit(1, test_size=0.3, random_state=seed)
        X = drop_modalities(X, rate, random_state=seed)
        return X, y, *next(splitter.split(y, y))

    return draw


def folds(load):
    """Draw a fold of a cohort of survival."""

    def draw(seed):
        X, y, splits = load()
        train, test = list(splits)[seed % 5]
        zero = np.zeros(len(y))
        return X, np.column_stack([zero, y["time"], y["event"], zero]), train, test

    return draw


def cells():
    """Each cell: kind of target, and a function of the split that draws it."""
    found = {
        f"{name}_{kind}": (kind, synthetic(name, kind))
        for name in SIGNALS
        for kind in EVIDENCE
    }
    for name in available_cohorts():
        rate = 0.3 if name == "breast_cancer" else 0.0
        found[name] = ("classes", cohort(name, rate))
    found["glioma_official"] = ("survival", folds(glioma_official))
    found["glioma_random"] = ("survival", folds(glioma))
    found["nonlinear_survival"] = ("survival", folds(nonlinear_survival))
    return found


def loss_of(kind, y):
    """Loss that judges a combination."""
    if kind == "classes":
        return ClassLoss(int(y.max()) + 1)
    return NumberLoss() if kind == "numbers" else CoxLoss()


def score(kind, y, outputs):
    """Scores of outputs for test patients."""
    if kind == "numbers":
        return {"R2": r2_score(y, outputs[:, 0])}
    if kind == "survival":
        y = pd.DataFrame({"event": y[:, 2] > 0, "time": y[:, 1]})
        return {"C": concordance_index_censored(y, outputs[:, 0])}
    probability = softmax(outputs, axis=1)
    labels = np.arange(probability.shape[1])
    if len(labels) == 2:
        area = roc_auc_score(y, probability[:, 1])
    else:
        area = roc_auc_score(y, probability, multi_class="ovr", labels=labels)
    return {"AUROC": area, "log loss": log_loss(y, probability, labels=labels)}


def combinations(families):
    """What is compared: each family alone, "auto", with one more, and with one less."""
    alone = {name: [name] for name in families}
    more = {f"auto + {name}": [*AUTO, name] for name in families if name not in AUTO}
    less = {f"auto - {name}": [own for own in AUTO if own != name] for name in AUTO}
    return {**alone, "auto": AUTO, **more, **less}


def evaluate(kind, draw, seed, families):
    """Yield a row a combination of families."""
    X, y, train, test = draw(seed)
    preprocessor = DefaultPreprocessor().fit(X[train])
    known, queries = (preprocessor.transform(X[rows]) for rows in (train, test))
    loss, weight = loss_of(kind, y), np.ones(len(train))
    target = y[train].reshape(len(train), -1).astype(float)
    fitted, seconds = {}, {}
    for name in families:
        start = time.process_time()
        experts = ModalityExperts(name, evidence=EVIDENCE[kind], random_state=seed)
        experts.fit(
            known,
            target,
            n_outputs=loss.n_outputs,
            fold_labels=loss.fold_labels(target),
        )
        seconds[name] = time.process_time() - start
        fitted[name] = experts.training_evidence_, experts.predict_evidence(queries)
    for method, names in combinations(families).items():
        training, asked = (
            replace(
                fitted[names[0]][place],
                values=np.concatenate([fitted[name][place].values for name in names]),
                available=None,
            )
            for place in range(2)
        )
        combination = ExpertCombination().fit(training, target, weight, loss=loss)
        yield {
            "method": method,
            "split": seed,
            **score(kind, y[test], combination.combine(asked)),
            "weight of the last": combination.family_weights_[-1],
            "CPU s": sum(seconds[name] for name in names),
        }


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", nargs="*")
    parser.add_argument("--families", nargs="*", default=["sparse", "boosting"])
    parser.add_argument("--n-splits", type=int, default=5)
    options = parser.parse_args()
    every = cells()
    for cell in options.cells or every:
        kind, draw = every[cell]
        families = [*AUTO, *options.families]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = [
                row
                for seed in range(options.n_splits)
                for row in evaluate(kind, draw, seed, families)
            ]
        table = pd.DataFrame(rows).drop(columns="split").groupby("method", sort=False)
        print(
            f"\n{cell}",
            table.agg(["mean", "sem"]).round(4).to_string(),
            sep="\n",
            flush=True,
        )


if __name__ == "__main__":
    main()
