"""Events and times as numbers."""

import datetime

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.data._survival_values import durations, event_codes

try:
    import pyarrow as pa
except ImportError:
    pa = None

DIED = np.array([True, False, True, False, False])


def series(values, name="OS", **options):
    return pd.Series(values, name=name, **options)


@pytest.mark.parametrize(
    "pair",
    [
        *((True, False), (1, 0), (1.0, 0.0), ("1", "0"), ("1.0", "0.0")),
        *(("TRUE", "FALSE"), ("True", "false"), ("T", "F"), ("yes", "no")),
        *(("1:DECEASED", "0:LIVING"), ("DECEASED", "LIVING"), ("Dead", "Alive")),
        *(("1:Recurred/Progressed", "0:DiseaseFree"), ("event", "censored")),
    ],
)
@pytest.mark.parametrize("dtype", [None, "object", "category"])
def test_codings_of_events_are_understood(pair, dtype):
    column = series([pair[0] if died else pair[1] for died in DIED], dtype=dtype)

    assert_array_equal(event_codes(column), DIED.astype(int))


@pytest.mark.parametrize(
    "dtype",
    [
        *("boolean", "Int64", "Float64", "string", "int8", "float32", "category"),
        *([pd.ArrowDtype(pa.bool_()), pd.ArrowDtype(pa.int64())] if pa else []),
    ],
)
def test_events_are_read_in_every_dtype(dtype):
    column = series(DIED.astype(int)).astype(dtype)

    assert_array_equal(event_codes(column), DIED.astype(int))


def test_numbers_of_causes_stay():
    assert event_codes(series(["0", "2", "1"])).tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    "column",
    [
        series([True, None, False], dtype="boolean"),
        series([1, None, 0], dtype="Int64"),
        series([1.0, np.nan, 0.0]),
        series([True, pd.NA, False], dtype=object),
        series(["1:DECEASED", "[Not Available]", "0:LIVING"]),
        series(["dead", None, "alive"], dtype="category"),
    ],
)
def test_a_missing_event_is_an_error_with_column_and_row(column):
    with pytest.raises(ValueError, match=r"Column 'OS' \(event\).*missing.*row.*\[1\]"):
        event_codes(column)


def test_unknown_words_are_shown_with_the_line_to_write():
    message = r"'OS'.*neither event nor censoring: 'NED', 'AWD'.*y\['OS'\] == 'NED'"

    with pytest.raises(ValueError, match=message):
        event_codes(series(["NED", "AWD", "dead"]))


def test_fractions_are_no_events():
    with pytest.raises(ValueError, match="not whole numbers, such as 0.5"):
        event_codes(series([0.5, 1.0]))


DAYS = pd.Series(pd.to_timedelta([10, 20], unit="D"), name="OS.time")
DATES = (pd.Timestamp("2020-01-01") + DAYS).rename("OS.time")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (DAYS, r"holds timedeltas, such as '10 days.*\['OS.time'\]\).dt.days"),
        (DAYS.astype(object), "holds timedeltas"),
        (DAYS.astype("category"), "holds timedeltas"),
        (series([datetime.timedelta(3)]), "holds timedeltas"),
        (DATES, r"holds dates, such as '2020-01-11.*to_datetime\(start\)\).dt.days"),
        (DATES.dt.tz_localize("UTC"), "holds dates"),
        (DATES.dt.date, "holds dates"),
        (DATES.dt.to_period("D"), "holds dates"),
        (DATES.dt.strftime("%Y-%m-%d"), r"holds dates as text.*\.dt\.days"),
        (series(["12", "[Not Available]"]), r"text, such as '\[Not.*pd.to_numeric\(y"),
        (series(["12", "13"]), "holds text, such as '12'"),
        (series([1.0, np.nan]), r"1 missing.*row\(s\) \[1\]"),
        (series([1, None], dtype="Int64"), "1 missing"),
        (series([1.0, -2.0]), r"negative.*\[1\]: \[-2.0\]"),
        (series([1.0, np.inf]), "infinite"),
    ],
)
def test_what_is_no_duration_is_refused_with_the_line_to_write(column, message):
    with pytest.raises(ValueError, match=message) as error:
        durations(column, "time")

    assert repr(column.name) in str(error.value)


@pytest.mark.parametrize("dtype", ["int64", "Int64", "Float64", "object", "category"])
def test_numbers_are_durations_in_every_dtype(dtype):
    assert durations(series([1, 2]).astype(dtype), "time").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("column", [DATES, DAYS])
def test_moments_are_no_events(column):
    with pytest.raises(ValueError, match=r"\(event\).*dates or durations.*notna"):
        event_codes(column)


@pytest.mark.parametrize(("column", "kind"), [(DATES, "dates"), (DAYS, "timedeltas")])
def test_arrow_moments_are_no_durations(column, kind):
    pytest.importorskip("pyarrow")
    arrow = pa.timestamp("ns") if kind == "dates" else pa.duration("ns")

    with pytest.raises(ValueError, match=f"holds {kind}"):
        durations(column.astype(pd.ArrowDtype(arrow)), "time")
