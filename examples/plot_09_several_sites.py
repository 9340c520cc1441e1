"""
What does a model do at a site it has not seen?
===============================================

Six hospitals whose assays shift and stretch every feature. We leave out one at a time,
and compare a model of the values as they are with one of values that
:class:`~magnet_sklearn.preprocessing.ComBat` has harmonised. The new site's effects are
learned from half of its patients, without their labels; the other half is scored.
"""

# %%
# A cohort of which we know everything
# ------------------------------------
# The site is a column of a modality, so that it goes through pipelines with X.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from sklearn.model_selection import LeaveOneGroupOut

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.datasets import make_multimodal_classification
from magnet_sklearn.preprocessing import ComBat, ModalityTransformer

cohort = make_multimodal_classification(
    300,
    n_features=40,
    class_sep=0.4,
    missing=0.2,
    n_sites=6,
    site_effect=1.0,
    return_X_y=False,
    random_state=1,
)
y, sites = cohort.target, cohort.sites
X = MultiModalData({**dict(cohort.data.items()), "clinical": sites.to_frame()})
print(X)

# %%
# Before and after
# ----------------
# Two features that carry no signal, coloured by site.

harmonised = ComBat(("clinical", "site")).fit_transform(X)
informative = set(cohort.informative_features["rna"])
first, second = [name for name in X["rna"] if name not in informative][:2]
figure, axes = plt.subplots(1, 2, figsize=(8, 3.5), sharex=True, sharey=True)
for axis, data, title in zip(
    axes, (X, harmonised), ("measured", "ComBat"), strict=True
):
    colours = sites.astype("category").cat.codes
    axis.scatter(data["rna"][first], data["rna"][second], c=colours, cmap="Set2", s=12)
    axis.set(title=title, xlabel=first, ylabel=second)
plt.tight_layout()

# %%
# Leave one site out
# ------------------
# Quick parameters, so that this page is built in seconds.


def loss(transformer, train, test):
    """Log loss of a model of training patients on those of a new site."""
    model = MagnetClassifier(ensemble_size=1, max_epochs=1, random_state=0)
    model.fit(transformer.transform(X[train]), y[train])
    return log_loss(y[test], model.predict_proba(transformer.transform(X[test])))


rows = {}
for train, test in LeaveOneGroupOut().split(np.zeros(len(y)), y, sites):
    sample, scored = test[::2], test[1::2]
    as_they_are = ModalityTransformer({"clinical": "drop"}).fit(X[train])
    combat = ComBat(("clinical", "site")).fit(X[train]).add_sites(X[sample])
    rows[sites[test[0]]] = {
        "as measured": loss(as_they_are, train, scored),
        "ComBat": loss(combat, train, scored),
        "Bayes' rule": log_loss(y[scored], cohort.optimal_prediction[scored]),
    }
losses = pd.DataFrame(rows).T
losses.plot.bar(
    rot=0, figsize=(8, 3.5), ylim=(0, 1), xlabel="site left out", ylabel="log loss"
)
plt.legend(ncols=3)
plt.tight_layout()

# %%
# Mean and spread over sites: the spread tells what to expect at the next one.
losses.agg(["mean", "std"]).round(2)
