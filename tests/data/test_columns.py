"""Columns that are something else than they look like."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from magnet_sklearn.data._columns import inspect_column

try:
    import pyarrow as pa
except ImportError:
    ARROW = []
else:
    ARROW = [pd.ArrowDtype(pa.string())]

RNG = np.random.default_rng(0)
AGES = RNG.normal(60, 10, 160).round(2)
DTYPES = ["object", "str", "string", "category", *ARROW]


def after_remedy(column):
    """Run the line that a finding tells the user to write."""
    frame = pd.DataFrame({column.name: column})
    exec(inspect_column(column).remedy, {"pd": pd, "frame": frame})
    return frame[column.name]


def draw(values, n_patients=160, name="x"):
    return pd.Series(RNG.choice(values, n_patients), name=name)


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_as_text_are_refused_in_every_dtype_and_the_remedy_works(dtype):
    text = AGES.astype(str).astype(object)
    text[3] = "[Not Available]"
    column = pd.Series(text, name="age").astype(dtype)

    finding = inspect_column(column)

    assert finding.is_error
    assert "159 of 159 values are numbers as text" in finding.reason
    assert "na_values=['[Not Available]']" in finding.otherwise
    numbers = after_remedy(column).astype(float)
    assert_allclose(np.delete(numbers, 3), np.delete(AGES, 3))
    assert np.isnan(numbers[3])


@pytest.mark.parametrize(
    "write",
    [
        *("{:.2f}".format, "{:,.2f}".format, "{:.3e}".format, "<{:.2f}".format),
        *(">= {:,.2f}".format, "{:.2f} %".format, "{:.2f} years".format),
        *("{:.1f}mg/dL".format, "{:.0f}".format, "{:+.2f}".format),
        lambda x: f"{x:.2f}".replace(".", ","),
        lambda x: f"{x:,.2f}".replace(",", " "),
        lambda x: f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", "."),
        lambda x: f"{x:,.2f}".replace(",", "'"),
    ],
)
def test_numbers_are_recognised_however_they_are_written(write):
    numbers = 3000 * RNG.random(60) + 0.25
    column = pd.Series([write(x) for x in numbers], name="crp")

    assert inspect_column(column).is_error

    assert_allclose(after_remedy(column).astype(float), numbers, rtol=0.01, atol=0.5)


@pytest.mark.parametrize(
    "layout",
    [
        *("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%b-%Y", "%B %d, %Y", "%Y%m%d"),
        *("%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S.%f"),
    ],
)
@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_dates_as_text_are_refused_and_the_remedy_gives_days(layout, dtype):
    days = pd.Series(pd.date_range("2015-01-30", periods=60, freq="30D"), name="seen")
    column = days.dt.strftime(layout).astype(dtype)

    assert "60 of 60 values are dates" in inspect_column(column).reason
    assert_allclose(after_remedy(column).diff()[1:], 30)


def test_dates_in_a_category_column_are_refused():
    days = pd.Series(pd.date_range("2015-01-30", periods=60), name="seen")

    assert inspect_column(days.astype("category")).is_error


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "value", ["MRN{:05d}", "TCGA-{:04d}-01A", "{:07d}", "patient {} phoned about it"]
)
def test_a_value_per_patient_is_refused_without_showing_any(value, dtype):
    cells = pd.Series([value.format(i) for i in range(80)], name="x").astype(dtype)

    finding = inspect_column(cells)

    assert finding.is_error
    assert "80 different values in 80 patients" in finding.reason
    assert not any(cell in str(finding) for cell in cells)


def test_free_text_that_half_of_the_patients_lack_is_refused():
    notes = [
        f"fell in week {i} at home" if i % 2 else "no complaint" for i in range(90)
    ]

    finding = inspect_column(pd.Series(notes, name="x"))

    assert finding.is_error
    assert "free text" in finding.reason


def test_several_samples_of_a_patient_do_not_hide_an_identifier():
    ids = pd.Series([f"P{i // 2}" for i in range(80)], name="patient_id")

    assert inspect_column(ids).is_error


@pytest.mark.parametrize(
    "name", ["PatientID", "mrn", "sample_barcode", "Case No", "Unnamed: 0"]
)
def test_numbers_that_are_identifiers_by_name_and_values_are_refused(name):
    numbers = pd.Series(np.arange(30) + 5e4, name=name)

    assert inspect_column(numbers).is_error
    assert inspect_column(numbers.rename("x")) is None
    assert inspect_column(numbers / 7) is None
    assert inspect_column(numbers // 2) is None
    assert inspect_column(numbers[:19]) is None


@pytest.mark.parametrize(
    "values",
    [
        ["Stage I", "Stage II", "Stage III", "Stage IV"],
        ["1", "2", "3", "[Not Available]"],
        ["f", "m"],
        [f"{site:02d}" for site in range(40)],
        [f"T{t}N{n}" for t in range(1, 5) for n in range(4)],
        [f"C{code}.{digit}" for code in range(10, 16) for digit in range(5)],
        ["<40", "40-60", ">60"],
        ["0", "1+", "2+", "3+"],
        [f"{number}{arm}" for number in range(1, 12) for arm in "pq"],
        ["2019-01-01", "2019-06-01", "2020-01-01"],
        ["Infiltrating ductal carcinoma of breast, NOS", "Mucinous carcinoma, NOS"],
    ],
)
@pytest.mark.parametrize("dtype", ["object", "category"])
def test_real_categories_pass(values, dtype):
    assert inspect_column(draw(values).astype(dtype)) is None


@pytest.mark.parametrize("name", ["site", "icd9_code", "hospital", "leiden", "zip"])
def test_numeric_codes_pass_by_name(name):
    codes = [str(number) for number in range(10, 50)]

    assert inspect_column(draw(codes, name=name)) is None
    assert inspect_column(draw(codes, name="age")).is_error


@pytest.mark.parametrize("name", ["risk_group_score", "expression level", "run time"])
def test_decimals_are_numbers_whatever_their_name(name):
    column = draw([f"{number / 7:.2f}" for number in range(1, 60)], name=name)

    assert inspect_column(column).is_error


def test_small_counts_are_warned_of_where_a_marker_made_them_text():
    nodes = [str(number) for number in range(15)]

    finding = inspect_column(draw([*nodes, "[Not Available]"], name="nodes"))

    assert not finding.is_error
    assert "[Not Available]" in finding.reason
    assert inspect_column(draw(nodes, name="nodes")) is None
    assert inspect_column(draw([*nodes[:9], "[Not Available]"], name="nodes")) is None


def test_numbers_that_somebody_made_categories_are_only_warned_of():
    column = draw([str(number) for number in range(50)]).astype("category")

    assert not inspect_column(column).is_error


@given(st.integers(1, 19))
def test_small_cohorts_are_not_refused_for_distinct_text(n_patients):
    cells = [f"city {chr(97 + i)}" for i in range(n_patients)]

    assert inspect_column(pd.Series(cells, name="city")) is None


def test_twelve_cities_of_twenty_patients_pass():
    cells = pd.Series([f"city {i % 12}" for i in range(20)], name="city")

    assert inspect_column(cells) is None


def test_categories_of_single_patients_are_warned_of():
    cells = [f"town{i}" if i % 3 else "capital" for i in range(90)]

    finding = inspect_column(pd.Series(cells, name="town"))

    assert not finding.is_error
    assert "60 of 90 patients" in finding.reason


@given(
    st.lists(st.text("abcdefg -", min_size=1), min_size=1, max_size=15, unique=True),
    st.integers(2, 6),
)
def test_words_that_repeat_always_pass(words, repeats):
    assert inspect_column(pd.Series(words * repeats, name="x")) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=60, unique=True))
def test_distinct_numbers_as_text_never_pass(numbers):
    column = pd.Series([repr(number) for number in numbers], name="value")

    assert inspect_column(column).is_error


def test_unused_categories_do_not_count():
    column = pd.Series([f"P{i}" for i in range(90)], name="x").astype("category")

    assert inspect_column(column[:19]) is None


def test_missing_cells_do_not_count():
    column = pd.Series([None, "a", "b"] * 30, name="x", dtype=object)

    assert inspect_column(column) is None
