"""read_omop: from the tables of the common data model to multimodal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

import pandas as pd

from magnet_sklearn.data import did_you_mean, quoted
from magnet_sklearn.io._records import (
    Selection,
    all_features,
    build_cohort,
    stated_dates,
)
from magnet_sklearn.io.omop._omop_cohort import OMOPCohort
from magnet_sklearn.io.omop._omop_features import OMOPFeature, parse_omop_features
from magnet_sklearn.io.omop._table_columns import whole_numbers
from magnet_sklearn.io.omop._table_records import TableRecords
from magnet_sklearn.io.omop._table_sources import (
    DatabaseSource,
    FolderSource,
    TableSource,
    read_columns,
)

_ENTRIES = ("modalities", "index_date", "window")
_RULE = ("table", "concepts", "descendants", "source", "which")


def read_omop(source, mapping, *, index_date=None, schema=None):
    """Read tables of the OMOP common data model 5.4 into multimodal data.

    Reads person, measurement, condition_occurrence, drug_exposure,
    procedure_occurrence and observation; of them, those that the mapping names, and
    only the columns it needs.

    Nothing later than the index date is used. A row counts from its (start) date; one
    without a time, or with midnight, from the end of this day.

    Parameters
    ----------
    source : str, path or connection
        A folder with one file per table, named like it: CSV (commas or tabs, also
        `.gz`) or Parquet; or what `pandas.read_sql` takes: a connection of DuckDB,
        SQLite or SQLAlchemy.
    mapping : dict
        Features by modality, see the notes; or a dict with these as "modalities" and
        maybe "index_date" and "window" (of features without their own).
    index_date : str, date, dict or Series, default=None
        Date up to which each patient is known: a Series or dict by person_id, whose
        persons become the rows, in its order; one date for all; the first or last row
        of a concept, ``{"table": "condition_occurrence", "concepts": 4112853,
        "which": "first"}``; or "latest", all that is recorded (no guard against looking
        ahead). If None, that of the mapping. A date means the end of this day.
    schema : str, default=None
        Schema of the tables in a database.

    Returns
    -------
    cohort : OMOPCohort
        `data`, `index_dates`, `report`, `unmapped`, `provenance` and `trace`.

    Raises
    ------
    ValueError
        If a table or column is missing, ids are no whole numbers or dates no dates, a
        person is there twice, there is no index date, or no patient.
    TypeError
        If something in the mapping is of a wrong type.
    FileNotFoundError
        If there is no such folder.

    Notes
    -----
    A feature is a dict of:

    - `table`: "measurement" by default.
    - `concepts`: a concept id or a list; not for "person". A dict of names to concepts
      makes a feature of each: multi-hot codes.
    - `descendants`: whether those below count too, by the table concept_ancestor.
    - `source`: whether concepts are looked for among the source concepts.
    - `value`: "value_as_number" of a measurement (default) or observation, "quantity"
      or "days_supply" of a drug, "quantity" of a procedure, "value_as_concept_id",
      "value_as_string" of an observation; "age" (in years; of a person without a month
      or day of birth to the middle of the year or month), "gender", "race" and
      "ethnicity" of a person.
    - `kind`: "number", "category" or "presence".
    - `unit`: concept of the unit of the column; none means values without a unit.
      Values of another unit are not used, but for those in `factors`:
      ``{8753: 18.016}``, or pairs of factor and offset. The unit 0 is none.
    - `categories`: names of concepts of values, ``{"positive": 45884084}``.
    - `aggregate`, `window` and `absent`: as in `FHIRMapping`.

    Values with an operator, such as "<", are taken as they stand.

    Examples
    --------
    >>> import sqlite3
    >>> import pandas as pd
    >>> from magnet_sklearn.io import read_omop
    >>> connection = sqlite3.connect(":memory:")
    >>> tables = {
    ...     "person": {"person_id": [1, 2], "year_of_birth": [1950, 1960],
    ...                "gender_concept_id": [8507, 8532]},
    ...     "measurement": {
    ...         "measurement_id": [1, 2, 3], "person_id": [1, 1, 2],
    ...         "measurement_concept_id": [3004410] * 3,
    ...         "measurement_date": ["2020-01-10", "2021-01-10", "2020-03-01"],
    ...         "value_as_number": [6.1, 9.0, 5.2], "unit_concept_id": [8554] * 3},
    ... }
    >>> for name, columns in tables.items():
    ...     _ = pd.DataFrame(columns).to_sql(name, connection, index=False)
    >>> mapping = {
    ...     "labs": {"hba1c": {"concepts": 3004410, "unit": 8554}},
    ...     "clinical": {"sex": {"table": "person", "value": "gender"}},
    ... }
    >>> cohort = read_omop(connection, mapping, index_date="2020-12-31")
    >>> cohort.data["labs"]["hba1c"].tolist()  # that of 2021 is not known yet
    [6.1, 5.2]
    >>> cohort.data["clinical"]["sex"].tolist()
    ['male', 'female']
    >>> connection.close()
    """
    mapping = _entries(mapping)
    index_date = mapping.get("index_date") if index_date is None else index_date
    features = all_features(
        mapping["modalities"], mapping.get("window"), parse_omop_features
    )
    rule = _index_feature(index_date)
    # refused before anything is read
    stated = stated_dates(index_date, rule is not None)
    tables = _table_source(source, schema)
    records = TableRecords([*features, rule] if rule else features, tables)
    selection = Selection(
        records,
        stated,
        len(features) if rule else None,
        index_date.get("which", "first") if rule else "first",
    )
    cohort = build_cohort(records, selection, features, OMOPCohort)
    return replace(cohort, unmapped=_named_concepts(cohort.unmapped, tables))


def _entries(mapping: Any) -> Mapping[str, Any]:
    """Return a mapping whose modalities stand under "modalities"."""
    if not isinstance(mapping, Mapping):
        raise TypeError(f"mapping must be a dict, got a {type(mapping).__name__}.")
    if "modalities" not in mapping:
        return {"modalities": mapping}
    if unknown := [entry for entry in mapping if entry not in _ENTRIES]:
        raise ValueError(
            f"The mapping has unknown entries {quoted(unknown, 5)}."
            f"{did_you_mean(unknown[0], _ENTRIES)} Entries: {quoted(_ENTRIES)}."
        )
    return mapping


def _index_feature(rule: Any) -> OMOPFeature | None:
    """Return the rows that a rule finds the index date by, if it is one."""
    if not (isinstance(rule, Mapping) and "concepts" in rule):
        return None
    unknown = [entry for entry in rule if entry not in _RULE]
    if unknown or rule.get("which", "first") not in ("first", "last"):
        raise ValueError(
            f"index_date is a rule with the entries {list(rule)} and which="
            f"{rule.get('which', 'first')!r}. Write {{'table': ..., 'concepts': ..., "
            "'which': 'first' or 'last'}."
        )
    spec = {entry: rule[entry] for entry in _RULE[:4] if entry in rule}
    return parse_omop_features("", "index_date", {**spec, "kind": "presence"})[0]


def _table_source(source: Any, schema: str | None) -> TableSource:
    if isinstance(source, str | PathLike):
        return FolderSource(source)
    if isinstance(source, Mapping | pd.DataFrame) or source is None:
        raise TypeError(
            "source must be a folder or a connection to a database, got a "
            f"{type(source).__name__}."
        )
    return DatabaseSource(source, schema)


def _named_concepts(unmapped: pd.DataFrame, source: TableSource) -> pd.DataFrame:
    """Return concepts that no feature takes, with their names if they are known."""
    concepts = unmapped["code"].astype("int64")
    told = pd.DataFrame({"table": unmapped["resource"], "concept_id": concepts})
    if source.place("concept"):
        names = read_columns(source, "concept", ["concept_id", "concept_name"])
        ids = whole_numbers(names, "concept", "concept_id")
        known = pd.Series(names["concept_name"].to_numpy(), ids)
        known = known[~known.index.duplicated()]
        told["concept_name"] = told["concept_id"].map(known)
    return told.assign(count=unmapped["count"])
