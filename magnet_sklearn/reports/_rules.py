"""Recommendations by a table of rules that the user supplies; nothing is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData, did_you_mean, quoted
from magnet_sklearn.reports._formatting import number, percent
from magnet_sklearn.reports._outcomes import (
    ClassOutcome,
    NumberOutcome,
    Outcome,
    SurvivalOutcome,
    label_text,
)
from magnet_sklearn.reports._predictions import PatientOutputs, feature_frame

_WHAT = {
    "probability": ("classification", ("class",)),
    "class": ("classification", ()),
    "number": ("number", ()),
    "survival": ("survival", ("time",)),
    "feature": (None, ("modality", "feature")),
}
_COLUMNS = {
    *("text", "source", "rule", "what", "outcome", "class", "time"),
    *("modality", "feature", "min", "max", "equals"),
}


@dataclass(frozen=True)
class Answers:
    """What conditions of rules ask for.

    Parameters
    ----------
    outcomes : list of Outcome
        What the model predicts.
    patient : PatientOutputs
        Outputs of the model.
    X : MultiModalData of shape (1, n_modalities)
        The patient.
    """

    outcomes: Sequence[Outcome]
    patient: PatientOutputs
    X: MultiModalData

    def value(self, condition: Mapping[str, Any]) -> tuple[str, Any]:
        """Return the name of a quantity, and its value; None if it is missing."""
        if condition["what"] == "feature":
            part = str(condition["modality"]), condition["feature"]
            cell = self._cell(*part)
            return f"{part[1]} ({part[0]})", cell
        outcome = self._outcome(condition)
        outputs = self.patient.outputs
        of = f" ({outcome.name})" if len(self.outcomes) > 1 else ""
        if isinstance(outcome, ClassOutcome):
            probability = outcome.probability(outputs)[0]
            if condition["what"] == "class":
                best = outcome.classes[int(probability.argmax())]
                return f"the prediction of {outcome.name}", best
            label = label_text(condition["class"])
            place = _place(label, outcome.classes, "class")
            return f"the probability of {label}{of}", probability[place]
        if isinstance(outcome, NumberOutcome):
            return f"the predicted {outcome.name}", outcome.value(outputs)[0]
        assert isinstance(outcome, SurvivalOutcome)
        time = float(condition["time"])
        survival = outcome.survival(outputs, np.array([time]))[0, 0]
        return f"the probability of no event until {number(time)}{of}", survival

    def _outcome(self, condition):
        """Find the outcome of a condition, which may leave out the only one."""
        kind = _WHAT[condition["what"]][0]
        fitting = [outcome for outcome in self.outcomes if outcome.kind == kind]
        names = [outcome.name for outcome in fitting]
        name = condition.get("outcome", names[0] if len(names) == 1 else None)
        return fitting[_place(name, names, f"{kind} outcome")]

    def _cell(self, modality, feature):
        """Return the value of a feature."""
        frame = feature_frame(self.X)
        _place(modality, [*self.X], "modality")
        own = frame[modality] if modality in frame else pd.DataFrame()
        _place(feature, [*own], f"feature of {modality}")
        cell = own[feature].iloc[0]
        if pd.isna(cell):
            return None
        is_number = isinstance(cell, int | float | np.number)
        return float(cell) if is_number else str(cell)


def recommend(rules: Any, answers: Answers) -> dict[str, Any] | None:
    """Return the texts of the rules whose conditions all hold.

    Parameters
    ----------
    rules : DataFrame, sequence of dict or None
        A condition per row; rows with the same `rule` must hold together. Without a
        table nothing is recommended.
    answers : Answers
        About one patient.
    """
    if rules is None:
        return None
    by_rule: dict[Any, list[dict[str, Any]]] = {}
    for row, condition in enumerate(_conditions(rules)):
        by_rule.setdefault(condition.get("rule", ("row", row)), []).append(condition)
    applying, not_checked = [], []
    for conditions in by_rule.values():
        found = [(condition, *answers.value(condition)) for condition in conditions]
        first = conditions[0]
        if any(value is None for *_, value in found):
            not_checked.append(first["text"])
        elif all(_holds(condition, value) for condition, _, value in found):
            because = " and ".join(_said(*triple) for triple in found)
            applying.append(
                {
                    "text": first["text"],
                    "because": because,
                    "source": first.get("source"),
                }
            )
    return {
        "n_rules": len(by_rule),
        "applying": applying,
        "not_checked": not_checked,
    }


def _conditions(rules: Any) -> Sequence[dict[str, Any]]:
    """Check the rows of a table; empty cells are left out."""
    rows = rules.to_dict("records") if isinstance(rules, pd.DataFrame) else rules
    checked = []
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(
                "rules must be a DataFrame or a list of dicts; row "
                f"{place} is a {type(row).__name__}."
            )
        condition = {
            str(key): value for key, value in row.items() if not pd.isna(value)
        }
        problem = _problem(condition)
        if problem:
            raise ValueError(f"Rule in row {place} {problem}")
        condition["text"] = str(condition["text"])
        checked.append(condition)
    return checked


def _problem(condition):
    """Say what is wrong with a condition, or return None."""
    unknown = sorted(set(condition) - _COLUMNS)
    if unknown:
        return f"has the columns {unknown[:5]}. Columns: {', '.join(sorted(_COLUMNS))}."
    if "text" not in condition:
        return "has no text, which is what the report shows where it applies."
    what = condition.get("what")
    if what not in _WHAT:
        return f"is about what={what!r}. Choose of {quoted(_WHAT)}."
    absent = [name for name in _WHAT[what][1] if name not in condition]
    if absent:
        return f"is about a {what} and needs {quoted(absent)}."
    if not {"min", "max", "equals"} & set(condition):
        return "has no condition. Give min (from), max (below) or equals."
    return None


def _holds(condition, value):
    """Whether a value is in the range, from min to below max, or equals."""
    if "equals" in condition and label_text(condition["equals"]) != label_text(value):
        return False
    if not {"min", "max"} & set(condition):
        return True
    if isinstance(value, str):
        raise ValueError(
            f"A rule compares {value!r} with min and max, which are for numbers. Use "
            "equals."
        )
    return condition.get("min", -np.inf) <= value < condition.get("max", np.inf)


def _said(condition, name, value):
    """Say why a condition holds."""
    write = percent if condition["what"] in ("probability", "survival") else number
    limits = [
        f"{word} {write(condition[key])}"
        for key, word in (("min", "from"), ("max", "below"))
        if key in condition
    ]
    ending = f" (rule: {' and '.join(limits)})" if limits else ""
    return f"{name} is {write(value)}{ending}"


def _place(name, known, what):
    """Return the place of a name, or raise an error that says what there is."""
    if name not in known:
        hint = did_you_mean(str(name), list(map(str, known)))
        raise ValueError(
            f"A rule is about the {what} {name!r}, which there is not. There is "
            f"{quoted([*map(str, known)][:20])}.{hint}"
        )
    return known.index(name)
