"""Survival times as people have them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.data import check_survival

TIME = [30.5, 12.0, 400.0, 7.0]
DIED = [1, 0, 1, 0]


@pytest.mark.parametrize(
    "y",
    [
        pd.DataFrame({"event": DIED, "time": TIME}),
        pd.DataFrame({"age": [1, 2, 3, 4], "OS.time": TIME, "OS": DIED}),
        pd.DataFrame(
            {"OS_MONTHS": TIME, "OS_STATUS": np.where(DIED, "1:DECEASED", "0:LIVING")}
        ),
        pd.DataFrame({"event": DIED, "time": TIME}).to_records(index=False),
        np.array(list(zip(DIED, TIME, strict=True)), [("cens", "?"), ("days", "f4")]),
        np.array(list(zip(TIME, DIED, strict=True)), [("time", "f8"), ("event", "i4")]),
        np.array(list(zip(TIME, DIED, strict=True)), [("days", "f8"), ("died", "?")]),
        np.array(list(zip(["T", "F"] * 2, TIME, strict=True)), "S1, f8"),
        pd.DataFrame({"event": DIED, "time": TIME}, index=list("dcba")),
    ],
)
def test_event_and_time_are_found(y):
    survival = check_survival(y)

    assert_array_equal(survival.event, DIED)
    assert_array_equal(survival.time, TIME)
    assert_array_equal(survival.entry, np.full(4, -np.inf))


def test_columns_are_chosen_by_name():
    y = pd.DataFrame({"OS": DIED, "OS.time": TIME, "PFI": [1] * 4, "PFI.time": DIED})
    y["from"] = 1.0

    survival = check_survival(y, event="OS", time="OS.time", entry="from")

    assert_array_equal(survival.event, DIED)
    assert_array_equal(survival.entry, np.ones(4))


@pytest.mark.parametrize("codes", [[1, 2, 1, 2], ["1", "2", "2", "1"], [1.0, 2.0] * 2])
def test_codes_one_and_two_without_censoring_are_warned_of(codes):
    y = pd.DataFrame({"status": codes, "time": TIME})

    with pytest.warns(UserWarning, match=r"Nobody is censored.*'status'.*== 2"):
        check_survival(y)


@pytest.mark.parametrize("codes", [[0, 1, 2, 1], [1, 1, 1, 1], [True] * 4])
def test_other_codes_are_not_warned_of(codes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_survival(pd.DataFrame({"event": codes, "time": TIME}))


@pytest.mark.parametrize(
    "y",
    [
        pd.DataFrame({"event": TIME, "time": DIED}),
        pd.DataFrame({"event": [300, 40], "time": [1, 0]}),
        pd.DataFrame({"OS": TIME, "OS.time": np.array(DIED, dtype=bool)}),
        np.array(list(zip(TIME, DIED, strict=True)), [("days", "f8"), ("d", "i8")]),
    ],
)
def test_exchanged_columns_are_an_error_by_name(y):
    names = list(y.columns if isinstance(y, pd.DataFrame) else y.dtype.names)

    with pytest.raises(ValueError, match=f"exchanged.*{names[0]!r}.*{names[1]!r}"):
        check_survival(y)


@pytest.mark.parametrize(
    ("y", "remedy"),
    [
        ((np.array(DIED), np.array(TIME)), r"tuple of two.*'event': y\[0\]"),
        (np.column_stack([DIED, TIME]), r"shape \(4, 2\).*'time': y\[:, 1\]"),
        (np.array(TIME), r"got ndarray.*'event': event"),
        ({"event": DIED, "time": TIME}, r"got dict.*pd.DataFrame\(y\)"),
        (pd.Series(TIME), "got Series"),
        (pd.DataFrame({"a": TIME}), "got 'a'"),
    ],
)
def test_other_containers_are_refused_with_the_line_to_write(y, remedy):
    with pytest.raises(TypeError, match=remedy):
        check_survival(y)


def test_entry_after_leaving_is_an_error():
    y = pd.DataFrame({"event": DIED, "time": TIME, "entry": [0, 12.0, 0, 0]})

    with pytest.raises(ValueError, match=r"1 patient.*\[1\].*Entry must be earlier"):
        check_survival(y)


def test_entry_from_the_start_may_be_infinite_yet_not_missing():
    y = pd.DataFrame({"event": DIED, "time": TIME, "entry": [-np.inf, -3, 0, 1.0]})

    assert_array_equal(check_survival(y).entry, y["entry"])
    with pytest.raises(ValueError, match=r"Column 'entry' \(entry\).*1 missing"):
        check_survival(y.assign(entry=[0, 0, np.nan, 0]))


def test_repeated_column_names_are_an_error():
    y = pd.DataFrame([[1, 1, 2.0]], columns=["event", "event", "time"])

    with pytest.raises(ValueError, match="2 columns called 'event'"):
        check_survival(y)
