"""Ids are whole numbers, and days without a time end late."""

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.io._records import NO_DATE, moment
from magnet_sklearn.io.omop._table_columns import births, moments, whole_numbers


def test_ids_survive_missing_cells_next_to_them():
    frame = pd.DataFrame({"x": [2**53 - 1, None, 3]})

    assert whole_numbers(frame, "t", "x", missing=0).tolist() == [2**53 - 1, 0, 3]
    with pytest.raises(ValueError, match="row 1 has nothing"):
        whole_numbers(frame, "t", "x")
    with pytest.raises(ValueError, match=r"row 0 has 1\.5"):
        whole_numbers(pd.DataFrame({"x": [1.5]}), "t", "x")


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("2020-01-31", None, "2020-01-31"),
        ("2020-01-31", "2020-01-31 00:00:00", "2020-01-31"),
        ("2020-01-31", "2020-01-31T08:30:00", "2020-01-31T08:30:00"),
        ("2020-01-31", "2020-02-01 08:30:00", "2020-02-01"),  # they differ: the later
        (20200131, None, "2020-01-31"),
    ],
)
def test_rows_count_from_the_latest_moment_they_may_mean(day, time, expected):
    frame = pd.DataFrame({"d": [day], "t": [time]})

    assert moments(frame, "t", "d", "t").tolist() == [moment(expected)]


def test_rows_without_a_date_have_none():
    frame = pd.DataFrame({"d": ["2020-01-31", None]})

    assert moments(frame, "t", "d", "t")[1] == NO_DATE


def test_births_without_a_month_are_in_the_middle_of_the_year():
    frame = pd.DataFrame(
        {
            "year_of_birth": [1950, 1950, 1950, None],
            "month_of_birth": [2, 2, None, 1],
            "day_of_birth": [3, None, None, 1],
        }
    )

    found = births(frame)

    assert np.isnan(found[3])
    days = found[:3].astype("int64").astype("datetime64[us]").astype("datetime64[D]")
    assert days.astype(str).tolist() == ["1950-02-03", "1950-02-15", "1950-07-01"]
