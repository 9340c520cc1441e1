"""What the feature graph gains where it fits, loses where it does not, and costs.

    python examples/benchmarks/feature_graph.py            # accuracy, ten minutes
    python examples/benchmarks/feature_graph.py --cost     # time and memory

Accuracy: patients with genes in modules, the genes of a module connected. "planted":
the activity of one module makes the class. "scattered": as many genes from anywhere
make it, each by what it does not share with its module; the graph knows nothing then.
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.graph import FeatureGraph

N_GENES, N_MEMBERS, N_NOISE = 200, 20, 50


def make_cohort(planted, seed, n_patients=400):
    """Patients, classes, table of edges and names of the genes that matter."""
    rng = np.random.default_rng(seed)
    module = np.arange(N_GENES) // N_MEMBERS
    activity = rng.normal(size=(n_patients, module[-1] + 1))
    own = rng.normal(size=(n_patients, N_GENES))
    relevant = rng.choice(N_GENES, N_MEMBERS, replace=False)
    if planted:
        relevant, signal = np.flatnonzero(module == 0), activity[:, 0]
    else:
        signal = own[:, relevant].sum(axis=1) / np.sqrt(N_MEMBERS)
    y = (rng.random(n_patients) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    names = np.array([f"gene_{j}" for j in range(N_GENES)])
    ends = [
        (names[j], names[rng.choice(np.flatnonzero(module == module[j]))])
        for j in np.tile(np.arange(N_GENES), 4)
    ]
    genes = pd.DataFrame(0.6 * activity[:, module] + 1.2 * own, columns=names)
    X = MultiModalData({"rna": genes, "other": rng.normal(size=(n_patients, N_NOISE))})
    return X, y, pd.DataFrame(ends, columns=["source", "target"]), names[relevant]


def graphs(edges):
    """Feature graphs that are compared; None is the MLP encoder."""
    return {
        "MLP encoder": None,
        "known edges": FeatureGraph(edges=edges),
        "correlations": FeatureGraph(correlations=5),
    }


def measure_accuracy(n_seeds, ensemble_size):
    """Test AUROC, and share of the relevant genes among as many of top attention."""
    rows = []
    for planted, experts, seed in [
        (planted, experts, seed)
        for planted in (True, False)
        for experts in (None, "auto")
        for seed in range(n_seeds)
    ]:
        X, y, edges, relevant = make_cohort(planted, seed)
        train, test = np.arange(len(y)) % 2 == 0, np.arange(len(y)) % 2 == 1
        for name, graph in graphs(edges).items():
            clf = MagnetClassifier(
                feature_graph=graph,
                experts=experts,
                ensemble_size=ensemble_size,
                random_state=seed,
            ).fit(X[train], y[train])
            row = {
                "signal": "planted" if planted else "scattered",
                "experts": str(experts),
                "encoder": name,
                "auroc": roc_auc_score(y[test], clf.predict_proba(X[test])[:, 1]),
            }
            if graph is not None:
                weight = clf.feature_attention(X[test])["rna"].mean()
                top = weight.nlargest(len(relevant)).index
                row["top_share"] = np.isin(top, relevant).mean()
            rows.append(row)
    keys = ["signal", "experts", "encoder"]
    return pd.DataFrame(rows).groupby(keys, sort=False).agg(["mean", "std"]).round(3)


def measure_cost(n_patients, n_features, n_edges_per_feature, max_epochs=10):
    """CPU seconds of a fit, and peak memory of the process so far in GiB."""
    rng = np.random.default_rng(0)
    blocks = {
        name: pd.DataFrame(rng.normal(size=(n_patients, width))).add_prefix(f"{name}_")
        for name, width in n_features.items()
    }
    names = np.concatenate([block.columns for block in blocks.values()])
    n_edges = n_edges_per_feature * len(names) // 2
    edges = pd.DataFrame(
        {"source": rng.choice(names, n_edges), "target": rng.choice(names, n_edges)}
    )
    y = rng.integers(2, size=n_patients)
    clf = MagnetClassifier(
        feature_graph=FeatureGraph(edges=edges),
        experts=None,
        early_stopping=False,
        max_epochs=max_epochs,
        random_state=0,
    )
    start = time.process_time()
    clf.fit(blocks, y)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "patients": n_patients,
        "edges": n_edges,
        "cpu_s": seconds,
        "peak_gib": peak,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--ensemble-size", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.cost:
        features = {"rna": 1000, "protein": 500, "clinical": 50}
        settings = [(125, 10), (250, 10), (500, 5), (500, 10), (500, 20)]
        for n_patients, degree in settings:
            print(measure_cost(n_patients, features, degree), flush=True)
    else:
        table = measure_accuracy(arguments.seeds, arguments.ensemble_size)
        print(table.to_string())
