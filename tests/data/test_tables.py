import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from magnet_sklearn.data import MultiModalData, check_multimodal
from magnet_sklearn.data._tables import as_pandas

TABLE = pd.DataFrame({"a": [1.0, None], "sex": ["f", "m"], "n": [1, 2]})


def _arrow(frame):
    return pytest.importorskip("pyarrow").table(dict(frame.items()))


def _polars(frame):
    pytest.importorskip("pyarrow")
    return pytest.importorskip("polars").DataFrame(
        {
            name: [None if pd.isna(v) else v for v in column]
            for name, column in frame.items()
        }
    )


class OnlyStream:
    """A table that offers the Arrow stream and nothing else."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def _stream(frame):
    return OnlyStream(_arrow(frame))


@pytest.fixture(params=[_arrow, _polars, _stream])
def convert(request):
    return request.param


def test_columns_keep_their_names_and_kinds(convert):
    frame = as_pandas(convert(TABLE))

    assert list(frame.columns) == ["a", "sex", "n"]
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["sex"].tolist() == ["f", "m"]


def test_they_are_blocks_of_a_container(convert):
    X = MultiModalData({"clinical": convert(TABLE), "rna": np.ones((2, 1))})

    assert X.feature_names["clinical"].tolist() == ["a", "sex", "n"]


def test_they_are_flat_tables(convert):
    numbers = convert(TABLE[["a", "n"]])

    assert list(check_multimodal(numbers)["features"].columns) == ["a", "n"]
    X = check_multimodal(numbers, modalities={"rna": ["n"], "age": ["a"]})
    assert X["rna"]["n"].tolist() == [1, 2]


def test_they_are_joined_by_a_column_of_ids(convert):
    table = convert(TABLE.assign(patient=["q", "p"]))
    rna = pd.DataFrame({"tp53": [1.0, 2.0]}, index=["p", "q"])

    X = MultiModalData.from_frames(
        {"rna": rna, "clinical": table}, {"clinical": "patient"}
    )

    assert X["clinical"]["n"].tolist() == [2, 1]
    with pytest.raises(ValueError, match="'clinical' has row numbers.*id='patient'"):
        MultiModalData.from_frames({"rna": rna, "clinical": table})


def test_row_labels_kept_in_an_arrow_table_come_back():
    pyarrow = pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": [1.0, 2.0]}, index=["p", "q"])

    X = MultiModalData({"rna": pyarrow.Table.from_pandas(frame)})

    assert X.index.tolist() == ["p", "q"]


class Lazy:
    """A table that is not there yet."""

    columns = ("a", "b")

    def collect(self):
        raise AssertionError("never called")


class WithoutPackage:
    """A table whose conversion needs a package that is not installed."""

    def to_pandas(self):
        raise ImportError("no module named 'somepackage'")


@pytest.mark.parametrize(
    "door", [lambda t: MultiModalData({"rna": t}), check_multimodal]
)
def test_tables_without_a_way_to_pandas_are_refused(door):
    with pytest.raises(TypeError, match=r"Lazy is a table whose column names.*collect"):
        door(Lazy())
    with pytest.raises(
        ImportError, match=r"WithoutPackage.*'somepackage'.*pip install"
    ):
        door(WithoutPackage())


def test_a_lazy_frame_of_polars_is_refused():
    polars = pytest.importorskip("polars")

    with pytest.raises(TypeError, match="LazyFrame is a table"):
        MultiModalData({"rna": polars.LazyFrame({"a": [1.0]})})


@pytest.mark.parametrize(
    "value", [[[1.0]], np.ones((1, 1)), TABLE, TABLE["a"], sparse.eye_array(2), None]
)
def test_other_values_stay(value):
    assert as_pandas(value) is value


def test_rows_of_frames_are_not_taken_for_columns():
    rna = pd.DataFrame({"tp53": [1.0], "egfr": [2.0]}, index=["p"])
    age = pd.DataFrame({"age": [61], "bmi": [22], "sex": [1]}, index=["p"])

    with pytest.raises(ValueError, match=r"rows of one patient.*frame\.loc\[\['p'\]\]"):
        MultiModalData({"rna": rna.loc["p"], "age": age.loc["p"]})


def test_columns_of_one_frame_may_be_blocks():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})

    assert MultiModalData({"x": frame["a"], "y": frame["b"]}).shape == (2, 2)
