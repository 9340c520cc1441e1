"""
Reports of a patient and of a model
===================================

Survival, response and toxicity of patients with RNA, proteins and clinical data, most
of whom lack something: a report of the model for those who judge it, and a report of
one patient for those who treat. The user guide explains them under "Reports".
"""

# %%
# Patients
# --------
# Synthetic ones, somewhat like those with glioma: the older and the higher the grade,
# the shorter the survival. All modalities but the clinical one are missing in places.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from magnet_sklearn import MagnetMultiTask, MultiModalData
from magnet_sklearn.data import drop_modalities
from magnet_sklearn.reports import model_report, patient_report

rng = np.random.default_rng(0)
n = 300
ids = [f"patient {number}" for number in range(1, n + 1)]
genes = ["IDH1", "EGFR", "TP53", "PTEN", "ATRX", "MGMT", "CDKN2A", "NF1"]
clinical = pd.DataFrame(
    {"age": rng.normal(52, 13, n).round(), "grade": rng.choice(["II", "III", "IV"], n)}
)
rna = pd.DataFrame(rng.normal(8, 2, (n, len(genes))).round(2), columns=genes)
protein = pd.DataFrame(
    rng.normal(size=(n, 4)), columns=["p53", "EGFR_p", "PTEN_p", "AKT"]
)
risk = (
    0.04 * (clinical["age"] - 52)
    + 0.8 * (clinical["grade"] == "IV")
    - 0.35 * (rna["IDH1"] - 8)
    + 0.5 * protein["EGFR_p"]
)
years, censored = rng.exponential(3 * np.exp(-risk)), rng.exponential(7, n)
response = rng.random(n) < 1 / (1 + np.exp(-0.6 * (rna["MGMT"] - 8)))
toxicity = rng.random(n) < 1 / (1 + np.exp(2 - 0.06 * (clinical["age"] - 52)))
y = pd.concat(
    {
        "survival": pd.DataFrame(
            {
                "event": years < censored,
                "time": np.minimum(years, censored).round(2) + 0.01,
            }
        ),
        "response": pd.DataFrame({"": np.where(response, "responds", "none")}),
        "toxicity": pd.DataFrame({"": np.where(toxicity, "severe", "mild")}),
    },
    axis=1,
).set_axis(ids)
blocks = {"clinical": clinical, "rna": rna, "protein": protein}
X = MultiModalData({name: block.set_axis(ids) for name, block in blocks.items()})
X = drop_modalities(X, 0.25, random_state=0)
train, test = np.arange(200), np.arange(200, n)

model = MagnetMultiTask(experts="linear", random_state=0)
model.fit(X[train], y.iloc[train])

# %%
# The report of the model
# -----------------------
# From patients who were held out, with subgroups and sites. Opened in a browser it has
# calibration, decision curves and a model card; here are the scores.
units = {"survival": "years"}
of_model = model_report(
    model,
    X[test],
    y.iloc[test],
    subgroups=pd.DataFrame({"age": clinical["age"].to_numpy()[test]}, X.index[test]),
    times=[1, 3],
    units=units,
    card={"3b": "Adults with glioma, before treatment."},
)
for outcome in of_model.content["outcomes"]:
    score = outcome["scores"][0]["scores"][0]
    print(
        f"{outcome['name']}: {score['name']} {score['value']:.2f} "
        f"({score['lower']:.2f} to {score['upper']:.2f})"
    )

# %%
# Where somebody would treat by the model
# ---------------------------------------
curve = of_model.content["outcomes"][0]["decision_curves"][1]
plt.plot(curve["threshold"], curve["model"], label="by the model")
plt.plot(curve["threshold"], curve["treat_all"], "--", label="treat all")
plt.axhline(0, color="grey", linestyle=":", label="treat none")
plt.ylim(-0.05, 0.8)
plt.xlabel("threshold probability of an event within three years")
plt.ylabel("net benefit")
plt.legend(frameon=False)
plt.show()

# %%
# The report of one patient
# -------------------------
# Recommendations come from a table of rules that *you* write: the model gives none.
rules = pd.DataFrame(
    [
        {
            "what": "probability",
            "outcome": "toxicity",
            "class": "severe",
            "min": 0.1,
            "text": "Blood count twice a week",
            "source": "house rule 7",
        },
        {
            "what": "feature",
            "modality": "clinical",
            "feature": "age",
            "min": 70,
            "text": "Geriatric assessment before treatment",
        },
    ]
)
of_patient = patient_report(
    model,
    X.loc[["patient 234"]],
    references=X[train],
    y_references=y.iloc[train],
    next_modality=True,
    times=[1, 3, 5],
    units=units,
    rules=rules,
)
folder = Path(tempfile.mkdtemp())
of_patient.save(folder / "patient.html")  # one file: open it, print it, send it
of_patient.save(folder / "patient.json")  # the same for programs
for outcome in of_patient.content["outcomes"]:
    parts = sorted(
        outcome["contributions"]["parts"], key=lambda part: -abs(part["value"])
    )
    print(f"{outcome['name']}: {outcome['prediction']}; most from {parts[0]['label']}")
print([row["text"] for row in of_patient.content["recommendations"]["applying"]])

# %%
# In a notebook the report shows itself:
of_patient  # noqa: B018
