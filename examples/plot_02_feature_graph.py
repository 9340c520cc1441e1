"""
A pathway found by the feature graph
====================================

Genes belong to modules, and edges link the genes of a module. The activity of one
module determines the class; a single gene is only weakly associated with it.
"""

# %%
# Patients and edges
# ------------------
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.graph import FeatureGraph

rng = np.random.default_rng(0)
module = np.arange(120) // 15
activity = rng.normal(size=(300, 8))
genes = pd.DataFrame(0.5 * activity[:, module] + rng.normal(size=(300, 120)))
X = MultiModalData({"rna": genes.add_prefix("gene_")})
y = (activity[:, 0] + 0.8 * rng.normal(size=300) > 0).astype(int)
neighbor = [rng.choice(np.flatnonzero(module == module[j])) for j in range(120)]
edges = pd.DataFrame(
    {
        "source": X["rna"].columns.repeat(2),
        "target": [
            f"gene_{k}" for j in range(120) for k in (neighbor[j], j // 15 * 15)
        ],
        "relation": "interacts_with",
    }
)

# %%
# With and without the graph
# --------------------------
# Without experts (simple models of single modalities), so that the networks have to
# find the signal themselves.
scores = {}
for name, graph in {"no graph": None, "graph": FeatureGraph(edges=edges)}.items():
    clf = MagnetClassifier(
        feature_graph=graph,
        experts=None,
        ensemble_size=2,
        max_epochs=50,
        random_state=0,
    ).fit(X[:150], y[:150])
    scores[name] = roc_auc_score(y[150:], clf.predict_proba(X[150:])[:, 1])
print({name: round(score, 3) for name, score in scores.items()})

# %%
# What the network attends to
# ---------------------------
attention = clf.feature_attention(X[150:])["rna"].mean()
plt.figure(figsize=(7, 3))
plt.bar(np.arange(120), attention, color=np.where(module == 0, "tab:red", "tab:grey"))
plt.xlabel("gene (red: the module that determines the class)")
plt.ylabel("mean attention")
plt.tight_layout()
plt.show()
