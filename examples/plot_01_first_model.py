"""
How much does a model lose when modalities go missing?
======================================================

The breast cancer table of scikit-learn as three modalities. We drop more and more of
their blocks and compare :class:`~magnet_sklearn.MagnetClassifier` with logistic
regression on the imputed table.
"""

# %%
# Blocks and missing rows
# -----------------------
# A modality is missing where its whole row is NaN.

import matplotlib.pyplot as plt
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.datasets import load_breast_cancer

complete, y = load_breast_cancer()
print(drop_modalities(complete, rate=0.6, random_state=0))

# %%
# Scores against the share of missing blocks
# ------------------------------------------
# ``MultiModalData`` goes through cross-validation as an array does.

rates = [0.0, 0.3, 0.6]
folds = StratifiedKFold(3, shuffle=True, random_state=0)
imputed = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
losses: dict[str, list[float]] = {"MagnetClassifier": [], "imputed table, LR": []}
for rate in rates:
    X = drop_modalities(complete, rate=rate, random_state=0)
    for name, model, data in [
        ("MagnetClassifier", MagnetClassifier(ensemble_size=3, random_state=0), X),
        ("imputed table, LR", imputed, X.to_frame().to_numpy()),
    ]:
        score = cross_val_score(model, data, y, cv=folds, scoring="neg_log_loss")
        losses[name].append(-score.mean())

for name, values in losses.items():
    plt.plot(rates, values, "o-", label=name)
plt.xlabel("share of dropped blocks")
plt.ylabel("log loss (lower is better)")
plt.legend()
plt.show()

# %%
# Attention and gates
# -------------------
# Attention describes the networks, and is 0 where a modality is missing. Gates are the
# weights of the network branches; where they are 0, predictions come from the experts,
# simple models of single modalities, and attention has no influence.

model = MagnetClassifier(ensemble_size=3, random_state=0).fit(X, y)
print("gates of the networks without and with the graph:", model.gates_.round(2))
print(model.attention_weights(X[:5]).round(2))
