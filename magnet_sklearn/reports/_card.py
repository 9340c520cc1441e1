"""Model card: the items of TRIPOD+AI, filled in as far as the software knows.

G. S. Collins et al., "TRIPOD+AI statement: updated guidance for reporting clinical
prediction models that use regression or machine learning methods", BMJ 385 (2024).
The items are in our words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from magnet_sklearn.reports._formatting import listed


def model_card(
    content: dict[str, Any], authors: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """Return the items, each with what the software knows and what authors say.

    Parameters
    ----------
    content : dict
        The report so far.
    authors : dict of str to str or None
        Text by number of the item.
    """
    path = files("magnet_sklearn.reports").joinpath("tripod_ai.json")
    items = json.loads(path.read_text(encoding="utf-8"))
    authors = {str(number): str(text) for number, text in (authors or {}).items()}
    unknown = sorted(set(authors) - {item["item"] for item in items})
    if unknown:
        raise ValueError(
            f"card has the items {unknown[:5]}, which TRIPOD+AI has not. Its items are "
            f"{', '.join(item['item'] for item in items)}."
        )
    known = _known(content)
    return [
        item | {"software": known.get(number), "authors": authors.get(number)}
        for item in items
        for number in [item["item"]]
    ]


def _known(content):
    """Return what the software knows of some items."""
    model, cohort = content["model"], content["cohort"]
    named = [row["name"] for row in cohort["modalities"]]
    outcomes = content["outcomes"]
    kinds = listed([f"{row['name']} ({row['kind']})" for row in outcomes])
    scores = listed(
        dict.fromkeys(
            score["name"]
            for row in outcomes
            for group in row["scores"][:1]
            for score in group["scores"]
        )
    )
    parameters = [f"{name}={value}" for name, value in model["parameters"].items()]
    grouped = listed(
        dict.fromkeys(row["group"] for row in outcomes[0]["scores"] if row["level"])
    )
    known = {
        "8a": f"Predicted: {kinds}.",
        "9b": f"Modalities: {listed(named)}; "
        f"{sum(row['n_features'] for row in cohort['modalities'])} features in all.",
        "10": f"{cohort['n_patients']} patients evaluated here.",
        "11": "No patient is left out for a missing modality: the model predicts from "
        "those that are there. Single missing values are imputed with values learned "
        f"from the training patients. Patterns seen here: {len(cohort['patterns'])}.",
        "12b": "Numbers are standardised, categories one-hot coded, as learned from "
        "the training patients.",
        "12c": f"{model['estimator']} of magnet_sklearn: simple models of each modality "
        "(experts), weighted on patients held out, to which an ensemble of neural "
        "networks on a graph of similar patients adds as far as that helps patients "
        f"held out. Parameters set: {', '.join(parameters) or 'all at their defaults'}.",
        "12e": f"{scores}, with bootstrap intervals; calibration curves; decision "
        "curves where there are probabilities.",
        "12g": "By the predict methods of the fitted estimator.",
        "15": f"{kinds}: "
        + listed(dict.fromkeys(_PUT_OUT[row["kind"]] for row in outcomes))
        + ". No threshold is set.",
        "20b": "Missing modalities: see the section Cohort.",
        "21": "; ".join(f"{row['name']}: {_count(row)}" for row in outcomes) + ".",
        "22": "The pickled estimator predicts for others; networks can be exported to "
        "ONNX.",
        "23a": f"See the section Scores, by {grouped}.",
        "27a": "A modality may be missing; categories that training did not see count "
        "as missing; other columns and infinite values are refused.",
    }
    if any(row["group"] == "site" for row in outcomes[0]["scores"]):
        known["23b"] = "See the scores by site."
    return known


_PUT_OUT = {
    "classification": "a probability of each class",
    "number": "a number with an interval",
    "survival": "a survival curve and a risk",
}


def _count(outcome):
    """Say how many patients and events an outcome has."""
    described = outcome["described"]
    text = f"{described['n_patients']} patients"
    if outcome["kind"] == "classification":
        counts = [f"{row['n_patients']} {row['class']}" for row in described["classes"]]
        return f"{text} ({', '.join(counts)})"
    if outcome["kind"] == "survival":
        return f"{text}, {described['n_events']} events"
    return text
