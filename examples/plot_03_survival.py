"""
Survival curves with missing modalities
=======================================

Two blocks of features determine the risk; each is missing in a third of the patients.
"""

# %%
# Patients
# --------
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.metrics import concordance_index_censored
from magnet_sklearn.plotting import SurvivalCurvesDisplay

rng = np.random.default_rng(0)
rna, protein = rng.normal(size=(300, 30)), rng.normal(size=(300, 20))
risk = rna[:, :5].mean(axis=1) * 2 + protein[:, :5].mean(axis=1) * 2
years = rng.exponential(3 * np.exp(-risk))
censored = rng.exponential(6, size=300)
y = pd.DataFrame({"event": years < censored, "time": np.minimum(years, censored)})
X = drop_modalities(
    MultiModalData({"rna": rna, "protein": protein}), 0.3, random_state=0
)

# %%
# Risks and curves
# ----------------
# A higher risk means shorter survival; curves are a frame with a column per time.
model = MagnetSurvivalAnalysis(ensemble_size=2, random_state=0).fit(X[:200], y[:200])
predicted = model.predict(X[200:])
print(f"concordance: {concordance_index_censored(y[200:], predicted):.3f}")
times = np.linspace(0, 8, 100)
curves = model.predict_survival_function(X[200:], times)

# %%
# By thirds of predicted risk
# ---------------------------
third = pd.qcut(predicted, 3, labels=["low", "middle", "high"])
for name, group in curves.groupby(third, observed=True):
    plt.plot(times, group.mean(), label=f"{name} risk")
plt.xlabel("years")
plt.ylabel("mean predicted survival")
plt.ylim(0, 1)
plt.legend(frameon=False)
plt.show()

# %%
# What was observed in these thirds
# ---------------------------------
SurvivalCurvesDisplay.from_predictions(y[200:], predicted, time_unit="years")
plt.show()
