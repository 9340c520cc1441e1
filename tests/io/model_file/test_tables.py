import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._arrays import ArrayReader
from magnet_sklearn.io._model_file._decoder import Decoder
from magnet_sklearn.io._model_file._encoder import Encoder
from magnet_sklearn.io._model_file._registry import Registry

FRAME = pd.DataFrame(
    {
        "number": [1.5, np.nan],
        "count": [1, 2],
        "text": ["a", None],
        "kind": pd.Categorical(["x", "y"], categories=["y", "x"], ordered=True),
        "nullable": pd.array([1, None], dtype="Int64"),
        "time": pd.to_datetime(["2020-01-01", None]),
        "object": pd.Series(["a", 3], dtype=object),
    },
    index=["p1", "p2"],
)
TABLES = [
    FRAME,
    FRAME["number"],
    FRAME[[]],
    FRAME.iloc[:0],
    pd.concat({"rna": FRAME[["number"]]}, axis=1),
    pd.Index(["a", "b"], name="patient"),
    pd.Index(["a", 1], dtype=object),
    pd.RangeIndex(2, 8, 3),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
    pd.DatetimeIndex(["2020-01-01"]),
    pd.CategoricalIndex(["a", "b"]),
]


@pytest.mark.parametrize("table", TABLES, ids=range(len(TABLES)))
def test_table_comes_back_with_its_types(table, there_and_back):
    found = there_and_back(table)

    kind = type(table).__name__
    check = {"DataFrame": "frame", "Series": "series"}.get(kind, "index")
    getattr(pd.testing, f"assert_{check}_equal")(found, table)


def test_columns_of_one_name_stay_apart(there_and_back):
    table = pd.DataFrame([[1, 2.0]], columns=["a", "a"])

    pd.testing.assert_frame_equal(there_and_back(table), table)


@pytest.mark.parametrize(
    "node",
    [
        {"$range_index": [0, 10**12, 1], "names": [None]},
        {"$frame": [], "index": 1, "columns": []},
        {"$index": "x", "names": [None]},
        {"$values": {"$objects": [], "dtype": "O", "shape": [0]}, "dtype": "nothing"},
    ],
)
def test_what_no_table_looks_like_is_refused(node):
    reader = ArrayReader(Encoder(Registry()).arrays.to_bytes())

    with pytest.raises(ModelFileError, match="table cannot be read"):
        Decoder([], reader, Registry()).decode(node)
