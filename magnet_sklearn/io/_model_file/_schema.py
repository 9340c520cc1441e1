"""What a model expects as its input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import BlockSchema, quoted

Units = Mapping[str, str | Mapping[Any, str]]


def input_schema(estimator: BaseMagnet, units: Units | None) -> list[dict[str, Any]]:
    """Describe each modality of `fit`.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    units : dict or None
        Unit of all columns of a modality, or of some, by name.

    Raises
    ------
    ValueError
        If `units` names what there is not.
    """
    inputs = estimator._model.inputs
    units = dict(units or {})
    if unknown := [name for name in units if name not in inputs.blocks]:
        raise ValueError(
            f"units names modalities {quoted(unknown)} that the model does not have. "
            f"Modalities: {quoted(inputs.blocks)}."
        )
    known = _categories(inputs.steps)
    return [
        _modality(block, known.get(name, {}), units.get(name))
        for name, block in inputs.blocks.items()
    ]


def _modality(
    block: BlockSchema, categories: dict[int, list[Any]], units: Any
) -> dict[str, Any]:
    names = block.columns
    if names is None and len(block.shape) == 1:
        names = tuple(range(block.shape[0]))
    columns = [str(name) for name in names or ()]
    by_name = units if isinstance(units, Mapping) else dict.fromkeys(columns, units)
    by_name = {str(name): unit for name, unit in by_name.items()}
    if unknown := [name for name in by_name if name not in columns and names]:
        raise ValueError(
            f"units names columns {quoted(unknown, 5)} that modality "
            f"{block.modality!r} does not have."
        )
    described: dict[str, Any] = {
        "modality": block.modality,
        "kind": block.kind,
        "shape": list(block.shape),
        "columns": columns,
    }
    text = {columns[n]: known for n, known in categories.items()}
    if text:
        described["categories"] = text
    if any(unit is not None for unit in by_name.values()):
        described["units"] = {k: str(v) for k, v in by_name.items() if v is not None}
    elif isinstance(units, str):
        described["units"] = units
    return described


def _categories(steps: Any) -> dict[str, dict[int, list[Any]]]:
    """Categories of each column of text, by modality and place."""
    found: dict[str, dict[int, list[Any]]] = {}
    for step in steps:
        for _, own in getattr(step, "pipelines", []):
            found |= _categories(own)
        for name, block in getattr(step, "_blocks", {}).items():
            codes = {int(n): [*map(str, c)] for n, c in block.category_codes}
            if codes:
                found[name] = codes
    return found


def shape_in_words(described: dict[str, Any]) -> str:
    """Say of what shape an array of more than two dimensions is, per patient."""
    shape = described["shape"]
    if described["kind"] == "set":
        return f"set of rows of {shape[-1]} numbers"
    if described["kind"] == "timed":
        return f"time series of {shape[-1] - 1} numbers at times of their own"
    return "array of " + " x ".join(map(str, shape))


def schema_frame(schema: list[dict[str, Any]]) -> pd.DataFrame:
    """Tabulate a schema, a row per column.

    Parameters
    ----------
    schema : list of dict
        From `input_schema`.

    Returns
    -------
    frame : DataFrame with columns modality, column, type, categories, unit
        An array of more dimensions has one row, with its shape as the type.
    """
    rows: list[tuple[Any, ...]] = []
    for own in schema:
        units, text = own.get("units", {}), own.get("categories", {})
        if not own["columns"]:
            unit = units if isinstance(units, str) else ""
            rows.append((own["modality"], "", shape_in_words(own), "", unit))
        for column in own["columns"]:
            known = ", ".join(text.get(column, []))
            kind = "category" if column in text else "number"
            rows.append((own["modality"], column, kind, known, units.get(column, "")))
    names = ["modality", "column", "type", "categories", "unit"]
    return pd.DataFrame(rows, columns=names)
