"""
Glioma: from five modalities to a report of one patient
=======================================================

Survival of patients with a brain tumour, of whom only some have RNA, mutations, copy
numbers or an MRI: how good the predictions are, how risk groups fared, how long a
patient will live at least, and all of it in a file for one patient.

The folder ``tcga_glioma`` in ``MAGNET_SKLEARN_DATA`` is read if it is there, of its RNA
only the genes that are among the mutations and copy numbers, to be quick. Without it
the example makes up patients, from whom nothing is to be learned about gliomas.
"""

# %%
# Patients
# --------
import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, cross_val_score

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.explain import ConformalPredictor
from magnet_sklearn.plotting import MissingPatternDisplay, SurvivalCurvesDisplay
from magnet_sklearn.reports import patient_report


def made_up_patients():
    """Age, mutations and some of the genes determine the risk."""
    rng = np.random.default_rng(0)
    n, ids = 400, [f"patient {number}" for number in range(1, 401)]
    age, male = rng.normal(50, 15, n).round(), rng.random(n) < 0.5
    clinical = pd.DataFrame({"age_years": age, "gender_male": male.astype(float)})
    mutated = rng.random((n, 3)) < [0.5, 0.3, 0.2]
    mut = pd.DataFrame(mutated.astype(float), columns=["IDH1", "TP53", "PTEN"])
    rna = pd.DataFrame(rng.normal(size=(n, 60))).add_prefix("gene")
    mri = pd.DataFrame(rng.normal(size=(n, 10))).add_prefix("texture")
    risk = 0.05 * (age - 50) - 1.5 * mut["IDH1"] + 0.5 * rna.iloc[:, :4].sum(axis=1)
    years = rng.exponential(3 * np.exp(-risk)) + 0.01
    followed = rng.exponential(5, n) + 0.01
    for block, observed in ((mut, 0.8), (rna, 0.8), (mri, 0.3)):
        block[rng.random(n) > observed] = np.nan
    blocks = {"clinical": clinical, "mri": mri, "mut": mut, "rna": rna}
    y = pd.DataFrame({"event": years <= followed, "time": np.minimum(years, followed)})
    X = {name: block.set_axis(ids) for name, block in blocks.items()}
    return MultiModalData(X), y.set_axis(ids)


folder = Path(os.environ.get("MAGNET_SKLEARN_DATA", "")) / "tcga_glioma"
if folder.is_dir():
    X, labels = MultiModalData.from_folder(folder)
    y = labels[["event", "time_years"]]
    blocks = dict(X.items())
    gene = blocks["rna"].columns.str.split("_").str[0]
    altered = [name.split("_")[0] for name in [*blocks["mut"], *blocks["cnv"]]]
    blocks["rna"] = blocks["rna"].loc[:, gene.isin(altered)]
    X = MultiModalData(blocks)
else:
    X, y = made_up_patients()
y = y.set_axis(["event", "time"], axis=1)
MissingPatternDisplay.from_data(X)
plt.show()

# %%
# How good the predictions are
# ----------------------------
# Concordance index in four folds; .5 is chance. Linear experts without networks take a
# second; with the default, and all RNA, it is a little better and takes a quarter of a
# minute for each of the models below.
model = MagnetSurvivalAnalysis(
    experts="linear", gate=0.0, max_epochs=1, ensemble_size=1, random_state=0
)
folds = StratifiedKFold(4, shuffle=True, random_state=0)
folds = list(folds.split(X.mask, y["event"]))
scores = cross_val_score(model, X, y, cv=folds)
print(f"concordance {scores.mean():.3f}, standard deviation {scores.std():.3f}")

# %%
# How risk groups fared
# ---------------------
# Thirds of the predicted risk, of patients who were held out; Kaplan-Meier curves of
# what happened to them.
train, test = folds[0]
X_train, X_test, y_train, y_test = X[train], X[test], y.iloc[train], y.iloc[test]
model.fit(X_train, y_train)
SurvivalCurvesDisplay.from_estimator(model, X_test, y_test, time_unit="years")
plt.show()

# %%
# How long at least
# -----------------
# A time that nine of ten patients outlive, or are followed up to, whatever the model is
# worth (see the user guide on conformal prediction).
conformal = ConformalPredictor(model, random_state=0).fit(X_train, y_train)
bound = conformal.predict_lower_bound(X_test, alpha=0.1)
outlived = y_test["time"] >= bound
print(f"{outlived.mean():.0%} of {len(test)} held-out patients reach their bound")
order = np.argsort(bound.to_numpy())
event = y_test["event"].to_numpy(bool)[order]
time, place = y_test["time"].to_numpy()[order], np.arange(len(test))
plt.scatter(time[event], place[event], s=12, label="died")
plt.scatter(time[~event], place[~event], s=14, marker=">", label="last seen")
plt.plot(bound.to_numpy()[order], place, color="black", label="lower bound, 90 %")
plt.xscale("log")
plt.xlabel("years")
plt.ylabel("held-out patients, by bound")
plt.legend(frameon=False)
plt.show()

# %%
# One patient
# -----------
# The one with the highest predicted risk of those who lack something.
incomplete = np.flatnonzero(~X_test.mask.all(axis=1))
riskiest = incomplete[model.predict(X_test)[incomplete].argmax()]
report = patient_report(
    model,
    X_test[[riskiest]],
    references=X_train,
    y_references=y_train,
    conformal=conformal,
    next_modality=True,
    times=[1, 3, 5],
    units={"survival": "years"},
)
report.save(Path(tempfile.mkdtemp()) / "patient.html")  # or patient.json
(outcome,) = report.content["outcomes"]
print(f"median survival {outcome['prediction']:.1f} years; log-hazard by modality:")
for part in outcome["contributions"]["parts"]:
    print(f"{part['value']:+.2f} {part['label']}")

# %%
# In a notebook the report shows itself:
report  # noqa: B018
