"""
Can three hospitals train one model, and send its risks back?
=============================================================

Three hospitals keep records in FHIR. One has no imaging, one sends HbA1c in another
unit. They train one model without sharing a patient; a fourth patient's record then
becomes a prediction, a report and a RiskAssessment. All records here are synthetic:
the generator below makes them up.
"""

# %%
# Synthetic records
# -----------------
# A hidden severity shifts two blood values, the size of a lesion and the history.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.federated import ModalityFedAvg, federated_estimator, simulate
from magnet_sklearn.io import FHIRMapping, read_fhir, to_fhir
from magnet_sklearn.reports import patient_report

SYSTEMS = {"loinc": "http://loinc.org", "icd": "http://hl7.org/fhir/sid/icd-10-cm"}
HBA1C, CRP, SIZE = "4548-4", "1988-5", "21889-1"


def coded(system, code):
    return {"coding": [{"system": SYSTEMS[system], "code": code}]}


def observation(patient, code, value, unit):
    return {
        "resourceType": "Observation",
        "id": f"{patient}-{code}",
        "status": "final",
        "code": coded("loinc", code),
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2024-03-01",
        "valueQuantity": {
            "value": round(float(value), 2),
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
    }


def bundle(patient, severity, rng, *, has_imaging, in_mmol):
    """Make the record of one patient."""
    hba1c = 6.5 + 0.6 * severity + 0.5 * rng.normal()
    measured = (hba1c - 2.152) / 0.09148 if in_mmol else hba1c
    resources = [
        {
            "resourceType": "Patient",
            "id": patient,
            "gender": "female" if rng.random() < 0.5 else "male",
            "birthDate": f"{rng.integers(1935, 1990)}-06-01",
        },
        observation(patient, HBA1C, measured, "mmol/mol" if in_mmol else "%"),
        observation(patient, CRP, np.exp(1 + 0.4 * severity + rng.normal()), "mg/L"),
    ]
    if has_imaging:
        size = 20 + 8 * severity + 8 * rng.normal()
        resources.append(observation(patient, SIZE, size, "mm"))
    if rng.random() < 1 / (1 + np.exp(-severity)):
        resources.append(
            {
                "resourceType": "Condition",
                "id": f"{patient}-e11",
                "code": coded("icd", "E11.9"),
                "subject": {"reference": f"Patient/{patient}"},
                "onsetDateTime": "2019",
            }
        )
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def hospital(name, n_patients, *, has_imaging=True, in_mmol=False, seed=0):
    """Make bundles, and who was admitted again within a year."""
    rng = np.random.default_rng(seed)
    severity = rng.normal(size=n_patients)
    ids = [f"{name}-{number}" for number in range(n_patients)]
    records = [
        bundle(patient, own, rng, has_imaging=has_imaging, in_mmol=in_mmol)
        for patient, own in zip(ids, severity, strict=True)
    ]
    admitted = rng.random(n_patients) < 1 / (1 + np.exp(-1.5 * severity))
    return records, pd.Series(np.where(admitted, "admitted", "home"), ids, name="year")


# %%
# The same mapping at each hospital
# ---------------------------------
# Columns follow from the mapping alone, so no hospital has to see the data of another.

mapping = FHIRMapping(
    {
        "clinical": {
            "age": {"resource": "Patient", "value": "age"},
            "sex": {"resource": "Patient", "value": "gender"},
            "diabetes": {"resource": "Condition", "codes": "icd10cm|E11*"},
        },
        "labs": {
            "hba1c": {
                "codes": f"loinc|{HBA1C}",
                "unit": "%",
                "factors": {"mmol/mol": [0.09148, 2.152]},
            },
            "crp": {"codes": f"loinc|{CRP}", "unit": "mg/L"},
        },
        "imaging": {"size": {"codes": f"loinc|{SIZE}", "unit": "mm"}},
    }
)
made = {
    "north": hospital("north", 80, seed=1),
    "coast": hospital("coast", 60, in_mmol=True, seed=2),
    "valley": hospital("valley", 60, has_imaging=False, seed=3),
}
sites = {}
for name, (records, y) in made.items():
    cohort = read_fhir(records, mapping, index_date="2024-06-30")
    sites[name] = cohort.data, y.loc[cohort.data.index]
    print(name, cohort.data.mask.mean(axis=0).round(2), cohort.report["count"].sum())

# %%
# One model
# ---------
# Sums over patients and weights of networks travel, never a patient.

estimator = MagnetClassifier(random_state=0, ensemble_size=2, max_epochs=20)
clf, history = simulate(sites, estimator, strategy=ModalityFedAvg(n_rounds=2))
print(history.groupby("site").size())

# %%
# It is compared with each hospital on its own, on patients of a fourth one.

records, y_new = hospital("south", 600, seed=4)
new = read_fhir(records, mapping, index_date="2024-06-30")
y_new = y_new.loc[new.data.index]
models = {
    f"{name} alone": federated_estimator(estimator).fit(*site)
    for name, site in sites.items()
}
scores = pd.Series(
    {
        name: roc_auc_score(y_new == "admitted", model.predict_proba(new.data)[:, 0])
        for name, model in {**models, "together": clf}.items()
    }
)
print(scores.round(3))

figure, axis = plt.subplots(figsize=(6, 2.5), layout="constrained")
scores.plot.barh(ax=axis, color=["0.7", "0.7", "0.7", "tab:blue"])
axis.set(xlim=(0.5, 1), xlabel="AUROC at a fourth hospital")

# %%
# Back into the record
# --------------------
# A report for the clinician, and a RiskAssessment for the record.

patient = new.data[:1]
report = patient_report(clf, patient)
print(report.content["outcomes"][0]["kind"], len(report.to_html()) // 1000, "kB")

(assessment,) = to_fhir(clf, patient, outcomes={"admitted": "Readmission"})
print(assessment["resourceType"], assessment["prediction"][0]["probabilityDecimal"])

plt.show()
