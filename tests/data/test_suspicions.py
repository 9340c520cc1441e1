"""Columns are checked before anything is learned from them."""

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.data._suspicions import check_columns, inspect_block


def check(**blocks):
    check_columns(blocks.items())


def test_all_columns_that_cannot_be_learned_are_named_in_one_error():
    clinical = pd.DataFrame(
        {
            "mrn": [f"MRN{i}" for i in range(60)],
            "age": [f"{i / 7:.3f}" for i in range(60)],
            "sex": ["f", "m"] * 30,
        }
    )

    with pytest.raises(ValueError, match="not what they look like") as error:
        check(rna=np.ones((60, 2)), clinical=clinical)

    text = str(error.value)
    assert "Column 'mrn' of modality 'clinical'" in text
    assert "frame.drop(columns=['mrn'])" in text
    assert "Column 'age' of modality 'clinical'" in text
    assert """frame['age'] = pd.to_numeric(frame['age'], errors="coerce")""" in text
    assert "sex" not in text


def test_at_most_five_columns_are_named():
    ids = pd.DataFrame({f"k{j}": [f"{j}a{i}" for i in range(40)] for j in range(7)})

    with pytest.raises(ValueError, match=r"'k4'[\s\S]*and 2 more") as error:
        check(ids=ids)

    assert "'k5'" not in str(error.value)


def test_counts_and_mangled_names_are_warned_of():
    rng = np.random.default_rng(0)
    counts = pd.DataFrame(rng.poisson(30_000, (10, 60)).astype(float))
    counts.columns = [f"G{j}" for j in range(59)] + ["2-Sep"]

    with pytest.warns(UserWarning) as caught:  # noqa: PT030 the texts are compared
        check(rna=counts)

    texts = sorted(str(warning.message) for warning in caught)
    assert len(texts) == 2
    assert "Modality 'rna': 1 column name(s)" in texts[0]
    assert "np.log1p(counts)" in texts[1]


def test_a_column_that_may_be_learned_is_warned_of():
    ages = pd.Series([str(30 + i % 40) for i in range(200)], dtype="category")

    with pytest.warns(UserWarning, match="Column 'age' of modality 'clinical'"):
        check(clinical=pd.DataFrame({"age": ages}))


def test_wide_frames_of_numbers_are_not_looked_at_column_by_column():
    frame = pd.DataFrame(np.ones((30, 3)), columns=["a", "b", "id"])

    assert inspect_block(frame) == []
    assert inspect_block(frame.to_numpy()) == []
