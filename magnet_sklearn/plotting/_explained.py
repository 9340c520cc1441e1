"""What displays need of an explanation."""

from __future__ import annotations

from typing import Any

import numpy as np

from magnet_sklearn.explain import Explanation


def check_explanation(explanation: Any) -> Explanation:
    """Return the explanation, or say what is asked for."""
    if not isinstance(explanation, Explanation):
        raise TypeError(
            f"explanation is a {type(explanation).__name__}. Pass an Explanation of "
            "magnet_sklearn.explain, or use from_estimator."
        )
    if not len(explanation):
        raise ValueError(
            "The explanation holds no patient, so there is nothing to draw."
        )
    return explanation


def place_of(explanation: Explanation, output: Any) -> int:
    """Position of an output by name."""
    outputs = list(explanation.outputs)
    if output not in outputs:
        raise ValueError(f"There is no output {output!r}. Outputs: {outputs!r}.")
    return outputs.index(output)


def common_unit(explanation: Explanation, output: Any) -> str:
    """Return the unit of one output, or that of all of them."""
    if output is not None:
        return explanation.units[place_of(explanation, output)]
    units = list(dict.fromkeys(explanation.units))
    if len(units) > 1:
        raise ValueError(
            f"The outputs {list(explanation.outputs)!r} have different units "
            f"({', '.join(units)}), which cannot stand on one axis. Choose one: "
            f"output={explanation.outputs[0]!r}."
        )
    return units[0]


def size_label(explanation: Explanation, output: Any) -> str:
    """Words for mean sizes of the values, with their unit."""
    unit, several = common_unit(explanation, output), len(explanation.outputs) > 1
    of = "" if output is None or not several else f" for {output}"
    average = "" if len(explanation) == 1 else "mean "
    patients = f"{len(explanation):,} patient{'s' * (len(explanation) != 1)}"
    if explanation.base_values is None:
        return f"{average}|{explanation.method}|{of} ({unit}, {patients})"
    return f"{average}|contribution|{of} ({unit}, {patients})"


def only(explanation: Explanation, patient: Any) -> Explanation:
    """Explanation of one patient, by id or position."""
    if patient is None and len(explanation) > 1:
        raise ValueError(
            f"The explanation is of {len(explanation)} patients; say which one to "
            f"draw: patient={explanation.index[0]!r}."
        )
    if patient is None:
        return explanation
    places = np.flatnonzero(explanation.index == patient)
    if len(places) != 1:
        known = list(explanation.index[:5])
        raise ValueError(
            f"patient={patient!r} is the id of {len(places)} patients of the "
            f"explanation. Ids: {known!r}{'...' * (len(explanation) > 5)}."
        )
    return explanation[int(places[0])]
