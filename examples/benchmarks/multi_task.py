"""
One model for several targets against one for each
==================================================

    python examples/benchmarks/multi_task.py --n-seeds 3

Synthetic patients with a class, a number and a survival time; half of the labels of
each task are missing in training. "shared": one signal makes all three. "apart": the
class has a signal of its own. Scores are accuracy, R2 and concordance on patients with
all labels.
"""

import argparse
import warnings

import numpy as np
import pandas as pd

from magnet_sklearn import MagnetMultiTask, MultiModalData
from magnet_sklearn.data import drop_modalities

TASKS = ("response", "dose", "survival")
N_TRAIN, N_TEST = 250, 150


def make_cohort(is_shared, seed):
    """Patients and targets, labels of training patients missing by half."""
    rng = np.random.default_rng(seed)
    n = N_TRAIN + N_TEST
    a, b = rng.normal(size=(2, n, 20))
    signal = np.tanh(1.5 * a[:, 0] * b[:, 0]) + a[:, 1] + b[:, 1]
    other = signal if is_shared else a[:, 5] - b[:, 6]
    died, left = rng.exponential(np.exp(-other)), rng.exponential(3, n)
    response = (signal + 0.7 * rng.normal(size=n) > 0).astype(float)
    survival = {"event": (died < left).astype(float), "time": np.minimum(died, left)}
    frames = {
        "response": pd.DataFrame({"": response}),
        "dose": pd.DataFrame({"": other + 0.7 * rng.normal(size=n)}),
        "survival": pd.DataFrame(survival),
    }
    for frame in frames.values():
        frame[np.r_[rng.random(N_TRAIN) < 0.5, np.zeros(N_TEST, bool)]] = np.nan
    X = drop_modalities(MultiModalData({"a": a, "b": b}), 0.2, random_state=seed)
    return X, pd.concat(frames, axis=1)


def evaluate(n_seeds):
    """Yield a row a seed, kind of signal and way."""
    train, test = np.arange(N_TRAIN), np.arange(N_TRAIN, N_TRAIN + N_TEST)
    for seed in range(n_seeds):
        for is_shared in (True, False):
            X, y = make_cohort(is_shared, seed)
            key = {"signal": "shared" if is_shared else "apart", "seed": seed}
            model = MagnetMultiTask(random_state=0).fit(X[train], y.iloc[train])
            scores = model.score_tasks(X[test], y.iloc[test])
            yield key | {"way": "together"} | scores.to_dict()
            alone = {}
            for task in TASKS:
                known = train[y[[task]].iloc[train].notna().all(axis=1)]
                model = MagnetMultiTask(random_state=0)
                model.fit(X[known], y[[task]].iloc[known])
                alone[task] = model.score(X[test], y[[task]].iloc[test])
            yield key | {"way": "one by one"} | alone


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-seeds", type=int, default=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = pd.DataFrame(evaluate(parser.parse_args().n_seeds))
    table = rows.drop(columns="seed").groupby(["signal", "way"])
    print(table.agg(["mean", "std"]).round(3).to_string())
