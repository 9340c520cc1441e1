import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from magnet_sklearn.data import as_sets, as_time_series, is_text, kind_of

NOTES = [f"patient has a cough since {word} days" for word in "abcdefghijklmnopqrstu"]


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        (np.ones((2, 3)), "table"),
        (sparse.csr_array(np.eye(2)), "table"),
        (pd.DataFrame({"age": [1.0]}), "table"),
        (np.ones((2, 5, 3)), "series"),
        (as_time_series(np.ones((2, 5, 3))), "series"),
        (as_sets(np.ones((2, 5, 3))), "set"),
        (np.ones((2, 1, 8, 8)), "image"),
        (np.ones((2, 1, 4, 4, 4)), "array"),
    ],
)
def test_kind_follows_from_type_and_dimensions(block, kind):
    assert kind_of(block) == kind


def test_one_column_of_sentences_is_text():
    assert is_text(pd.DataFrame({"note": NOTES}))


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"note": NOTES, "age": 1.0}),
        pd.DataFrame({"stage": ["stage two of the disease", "stage one"] * 20}),
        pd.DataFrame({"id": [f"TCGA-{number}" for number in range(30)]}),
        pd.DataFrame({"age": np.arange(30.0)}),
        np.ones((30, 1)),
    ],
    ids=["two columns", "categories", "identifiers", "numbers", "array"],
)
def test_other_columns_are_no_text(frame):
    assert not is_text(frame)
