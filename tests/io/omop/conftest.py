"""Tables of the common data model, made for tests; no person behind them."""

import sqlite3

import pandas as pd
import pytest

HBA1C, DIABETES, TYPE_2 = 3004410, 201820, 201826
PERCENT, MMOL_MOL = 8554, 9579


@pytest.fixture
def tables():
    """Return small tables by name; the measurement of 2021 lies ahead of 2020-06-01."""
    found = {
        "person": pd.DataFrame(
            {
                "person_id": [1, 2, 3],
                "gender_concept_id": [8507, 8532, 0],
                "year_of_birth": [1950, 1960, 1970],
                "month_of_birth": [6, None, None],
                "day_of_birth": [1, None, None],
            }
        ),
        "measurement": pd.DataFrame(
            {
                "measurement_id": [1, 2, 3, 4, 5],
                "person_id": [1, 1, 1, 2, 2],
                "measurement_concept_id": [HBA1C, HBA1C, HBA1C, HBA1C, 99],
                "measurement_date": [
                    "2020-01-10",
                    "2020-05-20",
                    "2021-01-10",
                    "2020-03-01",
                    "2020-03-01",
                ],
                "value_as_number": [6.0, 7.0, 9.0, 42.0, 1.0],
                "unit_concept_id": [PERCENT, PERCENT, PERCENT, MMOL_MOL, 0],
            }
        ),
    }
    return found | _conditions()


def _conditions():
    return {
        "condition_occurrence": pd.DataFrame(
            {
                "condition_occurrence_id": [1, 2],
                "person_id": [1, 2],
                "condition_concept_id": [TYPE_2, 5],
                "condition_start_date": ["2019-01-01", "2019-01-01"],
            }
        ),
        "concept_ancestor": pd.DataFrame(
            {
                "ancestor_concept_id": [DIABETES, DIABETES],
                "descendant_concept_id": [DIABETES, TYPE_2],
            }
        ),
        "concept": pd.DataFrame({"concept_id": [99], "concept_name": ["other"]}),
    }


@pytest.fixture
def as_folder(tmp_path):
    """Return a function that writes tables into a folder."""

    def write(tables, separator=",", ending=".csv"):
        for name, table in tables.items():
            path = tmp_path / f"{name.upper()}{ending}"
            if ending == ".parquet":
                table.to_parquet(path)
            else:
                table.to_csv(path, sep=separator, index=False)
        return tmp_path

    return write


@pytest.fixture
def as_database():
    """Return a function that writes tables into SQLite in memory."""
    connection = sqlite3.connect(":memory:")

    def write(tables):
        for name, table in tables.items():
            table.to_sql(name, connection, index=False)
        return connection

    yield write
    connection.close()
