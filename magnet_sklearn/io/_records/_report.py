"""What became of every resource and every value."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from magnet_sklearn.io._records._records import INVALID, Records
from magnet_sklearn.io._records._selection import Selection

_COLUMNS = ["resource", "level", "reason", "count", "examples"]
_N_EXAMPLES = 3


def resource_names(records: Records, rows: pd.DataFrame) -> list[str]:
    """Return "Type/id" of rows, or where they stand if they have no id."""
    keys = [*records.keys]
    return [str(keys[key]) for key in rows["key"]]


def paths(records: Records, rows: pd.DataFrame) -> list[str]:
    """Return where rows stand in the source."""
    places = [*records.places]
    pairs = zip(rows["place"], rows["number"], strict=True)
    return [f"{places[place]}[{number}]" for place, number in pairs]


def settle_rows(selection: Selection, found: pd.DataFrame) -> None:
    """Write into the rows what hinders those without any usable value."""
    rows = selection.rows
    used = found.loc[found["status"] == "", "row"].unique()
    hindered = found[~found["row"].isin(used)].drop_duplicates("row")
    rows.loc[hindered["row"].to_numpy(), "status"] = hindered["status"].to_numpy()


def build_report(
    records: Records, selection: Selection, found: pd.DataFrame
) -> pd.DataFrame:
    """Return counts by type of resource and reason.

    Returns
    -------
    report : DataFrame
        Columns resource, level ("resource", "value", "patient"), reason, count and
        examples. Rows of level "resource" count each resource exactly once.
    """
    rows = selection.rows
    lines = [
        *_resource_lines(records, rows),
        *_other_lines(records),
        *_value_lines(records, rows, found),
    ]
    if selection.n_strangers:
        reason = "without an index date"
        lines.append(("Patient", "patient", reason, selection.n_strangers, ""))
    if n_empty := _count_empty(selection, found):
        lines.append(("Patient", "patient", "without any value", n_empty, ""))
    report = pd.DataFrame(lines, columns=_COLUMNS)
    report = report.sort_values(
        ["level", "resource", "count"], ascending=[True, True, False], kind="stable"
    )
    return report.reset_index(drop=True)


def _count_empty(selection, found):
    used = found.loc[found["status"] == "", "patient"].nunique()
    return len(selection.patients) - used


def _resource_lines(records, rows):
    kinds = [*records.kinds]
    for (kind, reason), own in rows.groupby(["kind", "status"], sort=True):
        examples = ""
        if reason != "used":
            examples = _examples(records, own.iloc[:_N_EXAMPLES])
        yield kinds[kind], "resource", reason, len(own), examples


def _other_lines(records):
    for kind, count in sorted(records.other_types.items()):
        reason = INVALID if kind.startswith("(") else "type is not read"
        examples = "; ".join(records.other_examples[kind])
        yield kind, "resource", reason, count, examples


def _value_lines(records, rows, found):
    kinds = [*records.kinds]
    wrong = found[found["status"] != ""]
    kind = rows["kind"].to_numpy()[wrong["row"].to_numpy()]
    for (number, reason), own in wrong.groupby([kind, "status"], sort=True):
        first = own.drop_duplicates("row").iloc[:_N_EXAMPLES]
        examples = _examples(records, rows.iloc[first["row"]])
        yield kinds[int(number)], "value", reason, len(own), examples


def _examples(records: Records, rows: pd.DataFrame) -> str:
    """Name some resources: id, path and, of invalid ones, what is wrong."""
    names, where = resource_names(records, rows), paths(records, rows)
    details: Iterable[str] = (records.details.get(row, "") for row in rows.index)
    return "; ".join(
        (place if name == place else f"{name} at {place}")
        + (f": {detail}" if detail else "")
        for name, place, detail in zip(names, where, details, strict=True)
    )


def unmapped_codes(records: Records) -> pd.DataFrame:
    """Return the codes of resources that no feature takes, most frequent first."""
    lines = [(*code, count) for code, count in records.unmapped.most_common()]
    return pd.DataFrame(lines, columns=["resource", "system", "code", "count"])


def provenance_frame(
    records: Records, selection: Selection, found: pd.DataFrame
) -> pd.DataFrame:
    """Return used values, with the resources that they come from."""
    used = found[found["status"] == ""]
    rows = selection.rows.iloc[used["row"]]
    parts = np.array([*records.parts], dtype=object)
    return pd.DataFrame(
        {
            "patient": selection.patients[used["patient"].to_numpy()],
            "feature": used["feature"].to_numpy(),
            "value": used["value"].to_numpy(),
            "time": used["time"].to_numpy(),
            "resource": resource_names(records, rows),
            "path": paths(records, rows),
            "element": parts[used["part"].to_numpy(dtype=np.int64)],
        }
    )
