import datetime

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.data._frames import as_frame, is_categorical


def test_a_frame_that_is_a_block_already_is_not_copied():
    frame = pd.DataFrame({"age": [1.0, 2.0], "sex": pd.Categorical(["f", "m"])})

    assert as_frame("clinical", frame) is frame


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2]),
        pd.Series([True, False]),
        pd.Series([1, None], dtype="Int64"),
        pd.Series([1.5, None], dtype="Float64"),
        pd.Series([True, None], dtype="boolean"),
        pd.Series([1, 2.5, None], dtype=object),
        pd.Series([1, pd.NA], dtype=object),
        pd.Series([None, None], dtype=object),
        pd.Series(pd.arrays.SparseArray([0.0, 1.0])),
    ],
)
def test_numeric_columns_become_float_with_nan(column):
    frame = as_frame("clinical", pd.DataFrame({"age": column}))

    assert frame["age"].dtype == np.float64
    expected = [np.nan if pd.isna(cell) else float(cell) for cell in column]
    assert_array_equal(frame["age"], expected)


def test_half_precision_becomes_single():
    frame = pd.DataFrame({"a": np.ones(2, dtype=np.float16)})

    assert as_frame("rna", frame)["a"].dtype == np.float32


@pytest.mark.parametrize("dtype", [object, "string", "category"])
def test_text_columns_stay_categorical_beside_numbers(dtype):
    frame = pd.DataFrame({"sex": pd.Series(["f", None], dtype=dtype), "n": [1, 2]})

    block = as_frame("clinical", frame)

    assert is_categorical(block).tolist() == [True, False]
    assert block["sex"].isna().tolist() == [False, True]


def test_conversion_keeps_labels_and_leaves_the_input_alone():
    frame = pd.DataFrame({"b": [1, 2], 0: ["x", "y"]}, index=["p", "q"])
    before = frame.copy()

    block = as_frame("clinical", frame)

    assert list(block.columns) == ["b", 0]
    assert list(block.index) == ["p", "q"]
    pd.testing.assert_frame_equal(frame, before)


def test_duplicate_column_names_are_refused():
    frame = pd.DataFrame([[1, 2]], columns=["tp53", "tp53"])

    with pytest.raises(ValueError, match="'rna' has duplicate column names: 'tp53'"):
        as_frame("rna", frame)


def test_column_names_of_two_levels_are_refused():
    frame = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]))

    with pytest.raises(ValueError, match="'rna' has column names of 2 levels"):
        as_frame("rna", frame)


@pytest.mark.parametrize(
    "column",
    [
        pd.to_datetime(["2020-01-01"]),
        pd.to_timedelta(["1 day"]),
        pd.PeriodIndex(["2020-01"], freq="M"),
    ],
)
def test_date_columns_are_refused_with_advice(column):
    frame = pd.DataFrame({"visit": column})

    with pytest.raises(ValueError, match="'visit' of modality 'clinical'.*days since"):
        as_frame("clinical", frame)


def test_numbers_beside_text_are_refused_with_advice():
    frame = pd.DataFrame({"age": pd.Series([61, "unknown", None], dtype=object)})

    with pytest.raises(ValueError, match="'age'.*mixes numbers and text.*'unknown'"):
        as_frame("clinical", frame)


@pytest.mark.parametrize("cell", [{"a": 1}, datetime.date(2020, 1, 1), [1, 2]])
def test_cells_that_are_neither_number_nor_text_are_type_errors(cell):
    frame = pd.DataFrame({"notes": pd.Series([cell, "x"], dtype=object)})

    with pytest.raises(TypeError, match="'notes'.*argument must be a string or a num"):
        as_frame("clinical", frame)
