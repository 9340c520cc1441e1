"""Model card: the items of TRIPOD+AI, filled in as far as the software knows.

G. S. Collins et al., "TRIPOD+AI statement: updated guidance for reporting clinical
prediction models that use regression or machine learning methods", BMJ 385 (2024).
The items are in our words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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


def _known(content: dict[str, Any]) -> dict[str, str]:
    """Return what the software knows of some items."""
    known = _ALWAYS | _of_evaluation(content)
    if any(row["group"] == "site" for row in content["outcomes"][0]["scores"]):
        known["23b"] = "See the scores by site."
    return known


def _of_evaluation(content: dict[str, Any]) -> dict[str, str]:
    """Return what the software knows of this model and these patients."""
    model, cohort, outcomes = content["model"], content["cohort"], content["outcomes"]
    modalities = cohort["modalities"]
    n_features = sum(row["n_features"] for row in modalities)
    kinds = listed([f"{row['name']} ({row['kind']})" for row in outcomes])
    put_out = _distinct(_PUT_OUT[row["kind"]] for row in outcomes)
    parameters = [f"{name}={value}" for name, value in model["parameters"].items()]
    counts = "; ".join(f"{row['name']}: {_count(row)}" for row in outcomes)
    scores = _distinct(
        score["name"] for row in outcomes for score in row["scores"][0]["scores"]
    )
    groups = _distinct(row["group"] for row in outcomes[0]["scores"][1:])
    return {
        "8a": f"Predicted: {kinds}.",
        "9b": f"Modalities: {listed([row['name'] for row in modalities])}; "
        f"{n_features} features in all.",
        "10": f"{cohort['n_patients']} patients evaluated here.",
        "12c": f"{model['estimator']} of magnet_sklearn. {_STEPS} Parameters set: "
        f"{', '.join(parameters) or 'none, all are at their defaults'}.",
        "12e": f"{scores}, with bootstrap intervals; calibration; decision curves of "
        "probabilities.",
        "15": f"{put_out}. No threshold is set.",
        "21": f"{counts}.",
        "23a": f"See the scores, overall and by {groups}.",
    }


def _distinct(names: Iterable[str]) -> str:
    """List names once each."""
    return listed([*dict.fromkeys(names)])


_STEPS = (
    "Simple models of each modality (experts) are weighted on patients held out; an "
    "ensemble of neural networks on a graph of similar patients adds to them as far as "
    "that helps patients held out."
)
_ALWAYS = {
    "11": "No patient is left out for a missing modality: the model predicts from "
    "those that are there. Single missing values are imputed with values learned from "
    "the training patients.",
    "12b": "Numbers are standardised and categories coded as learned from the training "
    "patients.",
    "12g": "By the predict methods of the fitted estimator.",
    "20b": "For missing modalities see the cohort.",
    "22": "The fitted estimator can be stored and predicts for others; its networks "
    "can be exported to ONNX.",
    "27a": "A modality may be missing; categories that training did not see count as "
    "missing; other columns and infinite values are refused.",
}
_PUT_OUT = {
    "classification": "a probability of each class",
    "number": "a number with an interval",
    "survival": "a survival curve and a risk",
}


def _count(outcome: dict[str, Any]) -> str:
    """Say how many patients and events an outcome has."""
    described = outcome["described"]
    text = f"{described['n_patients']} patients"
    if outcome["kind"] == "classification":
        counts = [f"{row['n_patients']} {row['class']}" for row in described["classes"]]
        return f"{text} ({', '.join(counts)})"
    if outcome["kind"] == "survival":
        return f"{text}, {described['n_events']} events"
    return text
