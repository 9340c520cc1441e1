"""What `EHRConnector.predict` returns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from magnet_sklearn.io.fhir._cohort import FHIRCohort


@dataclass(frozen=True, repr=False)
class EHRPrediction:
    """Predictions of patients, and the records they are based on.

    Made by `EHRConnector.predict`.

    Parameters
    ----------
    values : DataFrame of shape (n_patients, n_outcomes)
        Probabilities of classes, labels and events, or numbers, as the estimator
        predicts them; rows are patient ids.
    cohort : FHIRCohort
        What was read: `data`, `index_dates`, `report`, `provenance`, `trace`.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.io import EHRPrediction, read_fhir
    >>> person = {"resourceType": "Patient", "id": "a", "gender": "female"}
    >>> mapping = {"patient": {"sex": {"resource": "Patient", "value": "gender"}}}
    >>> cohort = read_fhir(person, mapping, index_date="2026-05-01")
    >>> EHRPrediction(pd.DataFrame({"relapse": [0.25]}, index=["a"]), cohort)
    EHRPrediction(1 patients, outcomes: relapse)
    """

    values: pd.DataFrame
    cohort: FHIRCohort

    def __repr__(self) -> str:
        outcomes = ", ".join(map(str, self.values.columns))
        return f"EHRPrediction({len(self.values)} patients, outcomes: {outcomes})"
