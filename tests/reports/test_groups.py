"""Groups whose scores are told apart."""

import numpy as np
import pandas as pd

from magnet_sklearn import MultiModalData
from magnet_sklearn.reports._groups import groups_of

X = MultiModalData(
    {"rna": [[1.0], [np.nan]] * 15, "age": np.r_[[[np.nan]] * 2, [[60.0]] * 28]}
)


def named(groups):
    return {(group.kind, group.level): group.rows.tolist() for group in groups}


def test_patterns_are_named_by_what_is_there():
    found = named(groups_of(X, None, None))

    assert found["all", "all patients"] == list(range(30))
    assert found["pattern", "rna"] == [0]
    assert found["pattern", "no modality"] == [1]
    assert found["pattern", "rna + age"] == list(range(2, 30, 2))


def test_subgroups_and_sites_by_value():
    sex = pd.Series(["f", "m", None] * 10, name="sex", index=range(100, 130))

    found = named(groups_of(X, sex, np.arange(30) % 2))

    assert found["sex", "f"] == list(range(0, 30, 3))
    assert found["sex", "missing"] == list(range(2, 30, 3))
    assert found["site", "1"] == list(range(1, 30, 2))


def test_numbers_of_many_values_are_cut_into_thirds():
    found = named(groups_of(X, pd.DataFrame({"age": np.arange(30.0)}), None))

    levels = [level for kind, level in found if kind == "age"]
    assert levels == ["-0.001 to 9.67", "9.67 to 19.3", "19.3 to 29"]
    assert [len(found["age", level]) for level in levels] == [10, 10, 10]
