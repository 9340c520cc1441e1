"""Faithfulness of explanations: deletion curves of held-out patients.

Blocks, and features where there are three modalities or fewer, are taken away in the
order of attribution, of the networks' attention, and at random. A lower mean output of
the predicted class is better; differences have a 95 % interval over patients, and the
mean over cohorts one over cohorts. `--gate 1` lets the networks speak everywhere.

    python examples/benchmarks/faithfulness.py --output faithfulness --splits 3 --gate 1
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from cohorts import folder, load_cohort
from scenarios import SCENARIOS, make_data, make_splits
from scipy import stats

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.explain import deletion_curve, feature_attribution

REAL = ("magnet_ov", "rosmap", "tcga_brca_diablo", "uci_mfeat")
N_RANDOM = 5


def random_orders(patients, parts, n_orders=N_RANDOM):
    """Yield frames of random importance."""
    rng = np.random.default_rng(0)
    for _ in range(n_orders):
        values = rng.random((len(patients), len(parts)))
        yield pd.DataFrame(values, patients.index, parts)


def mean_output(model, patients, importance, n_steps):
    """Mean over the deletion curve of each patient."""
    return deletion_curve(model, patients, importance, n_steps=n_steps).mean(axis=1)


def orders(model, patients):
    """Yield level, order and the mean output of each patient."""
    explanation = feature_attribution(model, patients)
    blocks = explanation.by_modality()
    n_blocks = len(blocks.parts)
    yield "blocks", "attribution", mean_output(model, patients, blocks, n_blocks)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All gates of this")
        attention = model.attention_weights(patients)
    yield "blocks", "attention", mean_output(model, patients, attention, n_blocks)
    for number, order in enumerate(random_orders(patients, blocks.parts)):
        yield "blocks", number, mean_output(model, patients, order, n_blocks)
    if n_blocks <= 3:
        yield "features", "attribution", mean_output(model, patients, explanation, 10)
        for number, order in enumerate(random_orders(patients, explanation.parts)):
            yield "features", number, mean_output(model, patients, order, 10)


def differences(name, n_patients, gate, seed):
    """Yield rows: what attribution takes away more than the other orders."""
    cohort = load_cohort(name)
    scenario = SCENARIOS["missing-0.3"]
    split = make_splits(cohort, scenario, seed + 1)[seed]
    train, test = make_data(cohort, scenario, seed, split)
    model = MagnetClassifier(random_state=seed, gate=gate)
    model.fit(train, cohort.y[split.train])
    test = test[np.flatnonzero(test.mask.sum(axis=1) > 1)[:n_patients]]
    curves = {(level, order): mean for level, order, mean in orders(model, test)}
    for level in dict.fromkeys(level for level, _ in curves):
        chance = [
            mean
            for (own, order), mean in curves.items()
            if own == level and isinstance(order, int)
        ]
        others = {"random": sum(chance) / len(chance)}
        if (level, "attention") in curves:
            others["attention"] = curves[level, "attention"]
        for other, mean in others.items():
            gain = mean - curves[level, "attribution"]
            yield {
                "cohort": name,
                "split": seed,
                "parts": level,
                "against": other,
                "gates": np.round(model.gates_, 2).tolist(),
                "patients": len(gain),
                "mean": gain.mean(),
                "half width": 1.96 * gain.std() / np.sqrt(len(gain)),
            }


def pooled(table):
    """Mean over cohorts of the means over splits, and a t interval over cohorts."""
    means = table.groupby(["parts", "against", "cohort"])["mean"].mean()
    found = means.groupby(level=[0, 1]).agg(["mean", "sem", "count"])
    found["half width"] = found["sem"] * stats.t.ppf(0.975, found["count"] - 1)
    return found


def main():
    """Measure, print and write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", nargs="+", default=None)
    parser.add_argument("--patients", type=int, default=100)
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--gate", type=float, default=None)
    parser.add_argument("--output", type=Path, default=Path("faithfulness"))
    args = parser.parse_args()
    real = REAL if folder().is_dir() else ()
    args.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in args.cohorts or [*real, "breast_cancer", "digits"]:
        for seed in range(args.splits):
            rows += differences(name, args.patients, args.gate, seed)
            table = pd.DataFrame(rows)
            table.to_csv(args.output / "faithfulness.csv", index=False)
    print(table.round(3).to_string(index=False))
    print(pooled(table).round(3).to_string())


if __name__ == "__main__":
    main()
