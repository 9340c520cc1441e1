"""
Images, time series and sets as modalities
==========================================

Does a second modality help when it is no table? Handwritten digits of scikit-learn,
seen in three ways: the upper half as an **image**, the ink in the lower half row by row
as a **time series**, and the dark pixels of the lower half as a **set** of points, as
many as there are. Every digit lacks each of them with a probability of 30 %.

Nothing is said about how to read them: each kind has an encoder for the networks and
features for the experts.
"""

# %%
# Three kinds of block
# --------------------
# An array of four dimensions is images, one of three is time series, and a list of
# arrays, one per patient, is sets.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.plotting import ModalityImportanceDisplay

digits = load_digits()
lower = digits.images[:, 4:]
ink = lower.sum(axis=2)
centre = (lower * np.arange(8)).sum(axis=2) / np.where(ink > 0, ink, np.nan)
blocks = {
    "upper": digits.images[:, None, :4],
    "rows": np.stack([ink, centre], axis=2),  # no ink, no centre: NaN
    "points": [np.argwhere(image > 8.0) for image in lower],
}
X = drop_modalities(MultiModalData(blocks), 0.3, random_state=0)
X_train, X_test = X[:300], X[300:800]
y_train, y_test = digits.target[:300], digits.target[300:800]
print(X)

# %%
# What each modality adds
# -----------------------
# The same patients, with one modality more each time. Without experts of a modality
# (None) only the networks would know of it.
names = ["upper", "rows", "points"]
variants = {
    "image": (["upper"], "auto"),
    "image + series": (["upper", "rows"], "auto"),
    "image + series + set": (names, "auto"),
    "all, but experts see the image only": (
        names,
        {"rows": None, "points": None, "joint": None},
    ),
}
scores, models = {}, {}
for label, (kept, experts) in variants.items():
    model = MagnetClassifier(experts=experts, ensemble_size=2, random_state=0)
    model.fit({name: X_train[name] for name in kept}, y_train)
    probability = model.predict_proba({name: X_test[name] for name in kept})
    predicted = model.classes_[probability.argmax(axis=1)]
    scores[label] = accuracy_score(y_test, predicted), log_loss(y_test, probability)
    models[label] = model
    print(
        f"{label:36} accuracy {scores[label][0]:.3f}  log loss {scores[label][1]:.3f}"
    )

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True, layout="constrained")
for axis, column, title in zip(axes, (0, 1), ("Accuracy", "Log loss"), strict=True):
    values = [score[column] for score in scores.values()]
    bars = axis.barh(list(scores), values, color=["C0", "C0", "C0", "C7"])
    axis.bar_label(bars, fmt="%.2f", padding=3)
    axis.set(title=title, xlim=(0, 1.15 * max(values)))
    axis.spines[["top", "right"]].set_visible(False)
axes[0].invert_yaxis()
plt.show()

# %%
# What the model uses
# -------------------
# Importance and contributions do not care about the kind of a modality.
ModalityImportanceDisplay.from_estimator(models["image + series + set"], X_test[:100])
plt.show()

# %%
# Nothing comes from a modality that is missing: log-odds of the digit 3.
contributions = models["image + series + set"].contributions(X_test)
print(contributions.xs(3, axis=1, level=-1).head().round(2))
print(X_test.mask[:5])
