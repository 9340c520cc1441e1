"""Targets and clinical features of TCGA patients, and one cohort of all tables."""

from collections.abc import Sequence

import pandas as pd

from magnet_sklearn.data import MultiModalData, did_you_mean, quoted

ENDPOINTS = ("OS", "DSS", "DFI", "PFI")

# Known at diagnosis. The table has outcomes, too, such as days_to_death.
CLINICAL_FEATURES = (
    "age_at_initial_pathologic_diagnosis",
    "gender",
    "pathologic_stage",
    "pathologic_T",
    "pathologic_N",
    "pathologic_M",
    "clinical_stage",
    "neoplasm_histologic_grade",
    "histological_type",
    "breast_carcinoma_estrogen_receptor_status",
    "breast_carcinoma_progesterone_receptor_status",
    "lab_proc_her2_neu_immunohistochemistry_receptor_status",
    "tobacco_smoking_history",
    "karnofsky_performance_score",
)


def outcome(
    target: str, clinical: pd.DataFrame, survival: pd.DataFrame, cohort: str
) -> pd.DataFrame | pd.Series:
    """Target of the patients who have one and were not redacted.

    Parameters
    ----------
    target : str
        An endpoint, or a column of the clinical table.
    clinical, survival : DataFrame with n_patients rows
        Tables of text, with patients as row labels.
    cohort : str
        For messages.

    Returns
    -------
    y : DataFrame with columns such as OS and OS.time, or Series
    """
    if target not in ENDPOINTS and target not in clinical:
        known = [*ENDPOINTS, *clinical.columns]
        raise ValueError(
            f"target={target!r} is neither one of {quoted(ENDPOINTS)} nor a column of "
            f"the clinical table of {cohort!r}.{did_you_mean(target, known)} The table "
            "is in the Bunch that return_X_y=False gives."
        )
    if target in ENDPOINTS:
        columns = [target, f"{target}.time"]
        absent = [name for name in columns if name not in survival]
        if absent:
            raise ValueError(
                f"The survival table of {cohort!r} has no column {quoted(absent)}. It "
                f"has {quoted(survival.columns, 20)}."
            )
        y = survival[columns].apply(pd.to_numeric).dropna()
    else:
        y = _as_numbers(clinical[target].dropna())
    if "Redaction" in survival:
        redacted = survival.index[survival["Redaction"].notna()]
        y = y[~y.index.isin(redacted)]
    if not len(y):
        raise ValueError(f"No patient of {cohort!r} has a value of target={target!r}.")
    return y


def baseline(
    clinical: pd.DataFrame, features: Sequence[str] | None, target: str
) -> pd.DataFrame:
    """Clinical features, numbers where all values are numbers."""
    if features is None:
        features = [name for name in CLINICAL_FEATURES if name in clinical]
        features = [name for name in features if clinical[name].notna().any()]
        features = [name for name in features if name != target]
    for name in features:
        if name not in clinical or name == target:
            why = "is the target" if name == target else "is not in the clinical table"
            raise ValueError(
                f"clinical_features has {name!r}, which {why}."
                f"{did_you_mean(name, clinical.columns)}"
            )
    if not len(features):
        raise ValueError(
            "The clinical table has none of the features that are chosen by default. "
            f"Choose clinical_features from {quoted(clinical.columns, 20)}."
        )
    return clinical[list(features)].apply(_as_numbers)


def same_patients(
    blocks: dict[str, pd.DataFrame], y: pd.DataFrame | pd.Series
) -> tuple[MultiModalData, pd.DataFrame | pd.Series]:
    """Patients with a target and at least one block, sorted by id."""
    measured = {
        patient
        for block in blocks.values()
        for patient in block.index[block.notna().any(axis=1)]
    }
    patients = pd.Index(sorted(measured & set(y.index)), name="patient")
    if not len(patients):
        raise ValueError(
            f"None of {len(measured)} patients with data is among the {len(y)} with a "
            "target."
        )
    aligned = {name: block.reindex(patients) for name, block in blocks.items()}
    return MultiModalData(aligned), y.loc[patients]


def _as_numbers(column: pd.Series) -> pd.Series:
    try:
        return pd.to_numeric(column)
    except ValueError:
        return column
