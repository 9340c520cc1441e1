import math
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
import torch

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._plain import from_plain, to_plain

VALUES = [
    *(None, True, 3, -(10**20), "text", 0.1, -0.0, 5e-324),
    *(math.nan, math.inf, -math.inf, 1 + 2j),
    *(np.float32(0.1), np.int8(-3), np.bool_(True), np.float64(math.nan)),
    *(np.str_("name"), np.datetime64("2020-02-01", "D"), np.timedelta64(3, "s")),
    *(pd.Timestamp("2020-02-01 03:04"), pd.Timedelta("1 days"), pd.NaT, pd.NA),
    *(date(2020, 2, 1), datetime(2020, 2, 1, 5), b"\x00\xff", slice(1, None, 2)),
    *(range(3, 9, 2), float, np.float64, torch.float32, torch.device("cpu")),
    torch.Size([2, 3]),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_scalar_comes_back_with_its_type(value):
    node = to_plain(value)

    found = node
    if isinstance(node, dict):
        ((tag, content),) = node.items()
        found = from_plain(tag, content)

    assert type(found) is type(value)
    assert repr(found) == repr(value)


def test_random_state_goes_on_where_it_was():
    state = np.random.RandomState(0)
    state.normal()

    ((tag, content),) = to_plain(state).items()

    assert from_plain(tag, content).normal() == state.normal()


def test_what_is_no_scalar_is_left_to_others():
    for value in ([], {}, np.ones(2), print, object()):
        assert to_plain(value) is NotImplemented
    assert from_plain("$array", "x") is NotImplemented


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        ("$random_state", ["MT19937", [0] * 624, 625, 0, 0.0]),
        ("$random_state", ["MT19937", [0] * 3, 3, 0, 0.0]),
        ("$range", [0, 10**12, 1]),
        ("$scalar", ["V800", 1]),
        ("$scalar", ["O", 1]),
        ("$torch_dtype", "load"),
        ("$type", "os.system"),
        ("$float", 3),
        ("$bytes", "xx"),
        ("$slice", [1, 2, 3, 4]),
    ],
)
def test_what_no_scalar_looks_like_is_refused(tag, content):
    with pytest.raises(ModelFileError, match=f"is no .{tag[1:]}"):
        from_plain(tag, content)
