"""
Breast cancer subtypes: from three omics to pathways
====================================================

RNA, microRNA and proteins of 220 tumours, a third of them without proteins: which
subtype, which modality says so, which genes, and in which gene sets these are.

The folder ``tcga_brca_diablo`` in ``MAGNET_SKLEARN_DATA`` is read if it is there
(tables of the R package mixOmics, as ``MultiModalData.from_folder`` takes them).
Without it the example makes up tumours of the same shape, whose genes mean nothing.
"""

# %%
# Tumours
# -------
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.explain import feature_attribution, pathway_enrichment
from magnet_sklearn.plotting import (
    EnrichmentDisplay,
    FeatureImportanceDisplay,
    MissingPatternDisplay,
    ModalityImportanceDisplay,
)


def made_up_tumours():
    """Twelve programs of genes; two of them depend on the subtype."""
    rng = np.random.default_rng(0)
    subtype = rng.choice(["Basal", "Her2", "LumA"], 220, p=[0.3, 0.2, 0.5])
    programs = rng.normal(size=(220, 12))
    programs[:, 0] += 1.5 * (subtype == "Basal")
    programs[:, 1] += 1.5 * (subtype == "Her2")
    blocks = {}
    for name, n_columns in {"mirna": 184, "mrna": 200, "protein": 142}.items():
        of_program = rng.integers(12, size=n_columns)
        block = programs[:, of_program] + rng.normal(size=(220, n_columns))
        columns = [f"{name}{number}" for number in range(n_columns)]
        blocks[name] = pd.DataFrame(block, columns=columns)
    blocks["protein"].iloc[::3] = np.nan
    return MultiModalData(blocks), pd.Series(subtype, name="subtype")


folder = Path(os.environ.get("MAGNET_SKLEARN_DATA", "")) / "tcga_brca_diablo"
if folder.is_dir():
    X, labels = MultiModalData.from_folder(folder)
    y = labels["subtype"]
else:
    X, y = made_up_tumours()
MissingPatternDisplay.from_data(X)
plt.show()

# %%
# Which subtype
# -------------
# Beside logistic regression on all columns, in which missing blocks are means; three
# folds.
logistic = make_pipeline(
    FunctionTransformer(MultiModalData.to_frame),
    SimpleImputer(),
    StandardScaler(),
    LogisticRegression(max_iter=1000),
)
model = MagnetClassifier(random_state=0)
scoring = {"AUROC": "roc_auc_ovr", "log loss": "neg_log_loss"}
for name, method in {"MagnetClassifier": model, "logistic": logistic}.items():
    folds = cross_validate(method, X, y, cv=3, scoring=scoring)
    means = {score: abs(folds[f"test_{score}"].mean()) for score in scoring}
    print(name, {score: f"{mean:.3f}" for score, mean in means.items()})

# %%
# Which modality
# --------------
# Shapley values of the blocks that each tumour has, for each subtype, of tumours that
# the model has not seen.
train, test = train_test_split(
    np.arange(len(y)), test_size=0.3, stratify=y, random_state=0
)
X_train, X_test, y_train = X[train], X[test], y.iloc[train]
model.fit(X_train, y_train)
ModalityImportanceDisplay.from_estimator(
    model, X_test, method="shapley", per_output=True
)
plt.show()

# %%
# Which genes
# -----------
# What speaks for the first subtype: a point is a tumour, its colour the measured value.
attribution = feature_attribution(model, X_test)
subtype = attribution.outputs[0]
FeatureImportanceDisplay.from_explanation(attribution, output=subtype, max_features=12)
plt.show()

# %%
# Which gene sets
# ---------------
# Pathways are yours to bring: set ``MAGNET_SKLEARN_GMT`` to a GMT file of gene symbols,
# such as those of MSigDB, Reactome or WikiPathways. Without one, the sets here are
# **no pathways** but genes that rise and fall together in the training tumours,
# whatever their subtype.
gene_sets = os.environ.get("MAGNET_SKLEARN_GMT")
if gene_sets is None:
    rna = X_train["mrna"].dropna()
    tree = linkage(rna.T.to_numpy(), method="average", metric="correlation")
    cluster = pd.Series(fcluster(tree, 20, "maxclust"), rna.columns)
    gene_sets = {
        f"with {genes.index[0]}": list(genes.index)
        for _, genes in cluster.groupby(cluster)
        if len(genes) >= 4
    }
enrichment = pathway_enrichment(
    attribution, gene_sets, modality="mrna", output=subtype, top=30
)
table = enrichment.to_frame()
print(table[["size", "overlap", "p_value", "p_adjusted"]].head().to_string())
print(f"{enrichment.n_mapped} of {len(enrichment.genes)} genes are in a set")
EnrichmentDisplay.from_frame(table, max_sets=10)
plt.show()

# %%
# May these p-values be believed?
# -------------------------------
# They take genes for independent. Those of a set are not: a model that knows nothing
# and happens to use one gene uses its companions too. So permute the subtypes, take the
# same steps with a quick model, and count how often some set passes for significant.
# Nominal is one time in twenty.
quick = MagnetClassifier(
    experts="linear", gate=0.0, graph=None, max_epochs=1, ensemble_size=1
)
rng = np.random.default_rng(0)
smallest = []
for _ in range(10):
    nonsense = quick.set_params(random_state=0).fit(X_train, rng.permutation(y_train))
    found = pathway_enrichment(
        feature_attribution(nonsense, X_test),
        gene_sets,
        modality="mrna",
        output=subtype,
        top=30,
    )
    smallest.append(found.to_frame()["p_adjusted"].min())
n_significant = sum(p <= 0.05 for p in smallest)
print(f"some set has p <= .05 in {n_significant} of ten permutations of the subtypes")
print(f"smallest p {min(smallest):.1g}, here {table['p_adjusted'].min():.1g}")

# %%
# An enriched set describes the model, then. For a test of a set, pass the scores of a
# hundred permuted models or more as ``permutations=``; see the user guide on pathways.
