"""What a reader has to know before relying on a report, in plain words."""

from __future__ import annotations

from typing import Any

from magnet_sklearn.reports._formatting import listed, number

# Evaluations need about 100 events and as many patients without one: G. Collins, E.
# Ogundimu, D. Altman, Statistics in Medicine 35 (2016).
_FEW_EVENTS = 100
_ALWAYS = (
    "This is the output of a statistical model. It is not a diagnosis and does not "
    "replace the judgement of the treating clinicians."
)
_NOT_CAUSES = (
    "Contributions say what the model used, not what causes the disease: changing a "
    "value need not change the outcome."
)


def patient_limits(content: dict[str, Any]) -> list[str]:
    """Return the limits of what a report says of one patient.

    Parameters
    ----------
    content : dict
        The report without limits.
    """
    limits = [_ALWAYS, *_of_data(content["modalities"])]
    for outcome in content["outcomes"]:
        limits += _of_outcome(outcome)
    outside = sorted(
        {
            f"{row['feature']} ({row['modality']})"
            for outcome in content["outcomes"]
            for row in outcome["features"] or ()
            if row["reference"] and row["reference"]["position"] in ("below", "above")
        }
    )
    if outside:
        limits.append(
            "The model has seen few patients with such values: "
            f"{listed(outside)} outside the reference range."
        )
    return [*limits, _NOT_CAUSES]


def _of_data(modalities):
    """Limits by what is missing."""
    missing = [row["name"] for row in modalities if not row["is_present"]]
    if len(missing) == len(modalities):
        yield (
            "No data of this patient are known: the prediction is the average of the "
            "training patients."
        )
    elif missing:
        yield f"The prediction is made without {listed(missing)}, which is missing."
    for row in modalities:
        if row["n_missing_values"]:
            yield (
                f"{row['n_missing_values']} value(s) of {row['name']} are missing and "
                "were replaced by typical ones."
            )


def _of_outcome(outcome):
    """Limits by kind of outcome."""
    name = outcome["name"]
    if outcome["kind"] == "classification" and outcome["prediction_set"] is None:
        yield (
            f"The probabilities of {name} are the model's own. How well they agree "
            "with what happened to new patients stands in the report of the model."
        )
    if outcome["kind"] == "number" and outcome["interval"] is None:
        yield f"The uncertainty of {name} is not known: the model has no intervals."
    if outcome["kind"] == "survival":
        yield (
            f"Of {name} nothing is known beyond {number(outcome['last_event_time'])}, "
            "the last event among the training patients."
        )


def model_limits(content: dict[str, Any]) -> list[str]:
    """Return the limits of what a report says of a model."""
    cohort = content["cohort"]
    limits = [
        "Scores hold for patients like those evaluated here. They are honest only if "
        "nobody of them had a part in fitting the model or in choosing its parameters."
    ]
    if cohort["n_in_training"]:
        limits.append(
            f"{cohort['n_in_training']} of {cohort['n_patients']} patients have "
            "exactly the data of training patients: scores may be too good."
        )
    least = content["resampling"]["min_patients"]
    for outcome in content["outcomes"]:
        limits += _of_evaluation(outcome, least)
    groups = {row["group"] for row in content["outcomes"][0]["scores"]}
    if groups <= {"all", "pattern", "site"}:
        limits.append("Whether it is equally good in subgroups was not examined.")
    return [*limits, _NOT_CAUSES]


def _of_evaluation(outcome, least):
    """Limits by numbers of patients and events."""
    name, described = outcome["name"], outcome["described"]
    events = [described["n_patients"]]
    if outcome["kind"] == "classification":
        events = [row["n_patients"] for row in described["classes"]]
    elif outcome["kind"] == "survival":
        events = [described["n_events"]]
    if min(events) < _FEW_EVENTS:
        yield (
            f"{name} has {min(events)} patients in its smallest class or with an"
            f" event: below {_FEW_EVENTS} scores and calibration are uncertain."
        )
    small = sum(row["n_patients"] < least for row in outcome["scores"])
    if small:
        yield (
            f"{small} group(s) of fewer than {least} patients were not scored for "
            f"{name}."
        )
