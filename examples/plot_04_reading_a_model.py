"""
What a model says, and who says it
==================================

Two tables: one whose modalities add up, where the gates of the networks close, and one
where only products of two modalities count, where they open. The words are explained in
the user guide, under "Reading a model".
"""

# %%
# Modalities that add up
# ----------------------
# The breast cancer table of scikit-learn, 40 % of its blocks missing.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.datasets import load_breast_cancer

X, y = load_breast_cancer(missing=0.4, random_state=0)
y = y.map({0: "malignant", 1: "benign"})
model = MagnetClassifier(random_state=0).fit(X[:400], y[:400])
summary = model.summary_
summary.round(2)

# %%
# Where weight lies
# -----------------
shown = summary[summary["part"].isin(["family", "trust in modality", "gate"])]
labels = shown["part"] + ": " + shown["name"]
plt.figure(figsize=(6, 3))
plt.barh(labels, shown["value"])
plt.gca().invert_yaxis()
plt.xlabel("weight")
plt.tight_layout()
plt.show()

# %%
# Contributions of modalities
# ---------------------------
# With two classes they are log-odds of the second, here "malignant". With the baseline
# they sum to the log-odds that the model predicts. A missing modality has exactly 0.


def stacked(parts, baseline):
    """One bar per patient, a colour per part; dots are the sums."""
    parts = parts.loc[:, (parts != 0).any()]
    axis = parts.plot.bar(stacked=True, figsize=(7, 3.5), width=0.7)
    total = parts.sum(axis=1) + baseline
    axis.plot(np.arange(len(parts)), total, "ko", label="prediction")
    axis.axhline(baseline, color="grey", ls="--", lw=1, label="baseline")
    axis.set_ylabel("log-odds")
    axis.legend(frameon=False, bbox_to_anchor=(1, 1))
    plt.tight_layout()
    plt.show()


parts = model.contributions(X[400:])
stacked(parts.iloc[[0, 1, 2, 3, 8, 20, 40, 51]], model.baseline_)

# %%
# Modalities that only count together
# -----------------------------------
# The class depends on the product of two scores, one from each modality. Linear experts
# know nothing of it; so the networks do, and both gates open. Networks take part in
# `contributions` as one part each: they are not a sum over modalities.

rng = np.random.default_rng(0)
rna, protein = rng.normal(size=(1500, 10)), rng.normal(size=(1500, 10))
log_odds = 6 * rna.sum(axis=1) * protein.sum(axis=1) / 10
y = (rng.random(1500) < 1 / (1 + np.exp(-log_odds))).astype(int)
X = MultiModalData({"rna": rna, "protein": protein})
train, test = slice(0, 1000), slice(1000, None)
settings = {
    "linear experts, gates learned": {"experts": "linear"},
    "linear experts, gate=0": {"experts": "linear", "gate": 0.0},
    "default": {},
    "default, gate=1": {"gate": 1.0},
    "networks alone": {"experts": None},
}
models, rows = {}, {}
for name, parameters in settings.items():
    clf = MagnetClassifier(random_state=0, **parameters)
    models[name] = clf.fit(X[train], y[train])
    rows[name] = {
        **dict(zip(("gate of network", "of graph"), clf.gates_, strict=True)),
        "log loss": log_loss(y[test], clf.predict_proba(X[test])),
    }
pd.DataFrame(rows).T.round(2)

# %%
# The same picture, of the model with linear experts and open gates
# -----------------------------------------------------------------
clf = models["linear experts, gates learned"]
stacked(clf.contributions(X[test])[:8], clf.baseline_)
