"""What `read_omop` returns."""

from dataclasses import dataclass

from magnet_sklearn.io._records import RecordCohort


@dataclass(frozen=True, repr=False)
class OMOPCohort(RecordCohort):
    """Patients read from OMOP tables.

    Made by `read_omop`.

    Parameters
    ----------
    data : MultiModalData of shape (n_patients, n_modalities)
        What estimators take; ids are those of the persons.
    index_dates : Series of datetime64 of shape (n_patients,)
        Last moment whose rows are used.
    report : DataFrame
        What became of each row and value: columns `resource` (the table), `level`,
        `reason`, `count`, `examples` (table, row id and file). Rows whose level is
        "resource" count each row of a table once; "value" counts values of features.
    unmapped : DataFrame
        Concepts that no feature takes, with columns `table`, `concept_id`,
        `concept_name` (if there is a table `concept`) and `count`, most frequent first.
    trail : ValueTrail
        What `provenance` and `trace` read.

    Examples
    --------
    >>> import sqlite3
    >>> import pandas as pd
    >>> from magnet_sklearn.io import read_omop
    >>> connection = sqlite3.connect(":memory:")
    >>> tables = {
    ...     "person": {"person_id": [1], "year_of_birth": [1950]},
    ...     "measurement": {
    ...         "measurement_id": [7], "person_id": [1], "value_as_number": [6.1],
    ...         "measurement_concept_id": [3004410], "unit_concept_id": [8554],
    ...         "measurement_date": ["2020-01-10"]},
    ... }
    >>> for name, columns in tables.items():
    ...     _ = pd.DataFrame(columns).to_sql(name, connection, index=False)
    >>> mapping = {"labs": {"hba1c": {"concepts": 3004410, "unit": 8554}}}
    >>> cohort = read_omop(connection, mapping, index_date="2020-12-31")
    >>> cohort.trace(1, "labs", "hba1c")["resource"].tolist()
    ['measurement/7']
    >>> connection.close()
    """
