"""
Explaining predictions with pictures
====================================

Who speaks in a model, what made the prediction for one patient, and whether the
probabilities can be relied on: the breast cancer table of scikit-learn, cut into three
modalities, 30 % of the blocks missing.
"""

# %%
# Data and model
# --------------
import matplotlib.pyplot as plt

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.datasets import load_breast_cancer
from magnet_sklearn.plotting import (
    FeatureImportanceDisplay,
    LearningCurvesDisplay,
    MissingPatternDisplay,
    ModalityImportanceDisplay,
    NeighborhoodDisplay,
    PatientMapDisplay,
    ReliabilityDisplay,
    ScoreByPatternDisplay,
    SummaryDisplay,
    WaterfallDisplay,
)

X, y = load_breast_cancer(missing=0.3, random_state=0)
y = y.map({0: "malignant", 1: "benign"}).rename("diagnosis")
X_train, X_test, y_train, y_test = X[:400], X[400:], y[:400], y[400:]
model = MagnetClassifier(random_state=0).fit(X_train, y_train)

# %%
# Which modalities are observed together
# --------------------------------------
MissingPatternDisplay.from_data(X)
plt.show()

# %%
# Who speaks
# ----------
SummaryDisplay.from_estimator(model)
plt.show()

# %%
# Importance of modalities
# ------------------------
ModalityImportanceDisplay.from_estimator(model, X_test)
plt.show()

# %%
# One patient
# -----------
# From the baseline to the prediction, in log-odds of the second class, "malignant".
WaterfallDisplay.from_estimator(model, X_test[[0]], parts="features")
plt.show()

# %%
# The most similar training patients
# ----------------------------------
NeighborhoodDisplay.from_estimator(model, X_test[[0]], y_train, max_neighbors=10)
plt.show()

# %%
# Features
# --------
# A point is a patient; its colour is the value of the feature.
FeatureImportanceDisplay.from_estimator(model, X_test, max_features=10)
plt.show()

# %%
# Patients by what the parts of the model say
# -------------------------------------------
PatientMapDisplay.from_estimator(model, X_test, y_test)
plt.show()

# %%
# Calibration
# -----------
ReliabilityDisplay.from_estimator(model, X_test, y_test, n_bins=5)
plt.show()

# %%
# Accuracy by pattern of missing modalities
# -----------------------------------------
ScoreByPatternDisplay.from_estimator(model, X_test, y_test)
plt.show()

# %%
# Training of the networks
# ------------------------
LearningCurvesDisplay.from_estimator(model)
plt.show()
