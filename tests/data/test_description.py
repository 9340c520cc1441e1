"""What each column of a container holds."""

import time

import numpy as np
import pandas as pd
from scipy import sparse

from magnet_sklearn import MultiModalData


def make_data():
    n_patients = 40
    clinical = pd.DataFrame(
        {
            "age": np.r_[np.nan, np.arange(1.0, n_patients)],
            "sex": ["f", "m", "m", "m"] * 10,
            "weight": [f"{60 + i / 7:.1f}" for i in range(n_patients)],
            "mrn": [f"MRN{i}" for i in range(n_patients)],
            "note": [f"patient {i} phoned about it" for i in range(n_patients)],
        }
    )
    blocks = {
        "clinical": clinical,
        "score": np.arange(2.0 * n_patients).reshape(-1, 2),
        "mri": np.ones((n_patients, 4, 4)),
        "rna": np.full((n_patients, 300), 50_000.0),
        "variants": sparse.csr_array(np.eye(n_patients, 120)),
    }
    return MultiModalData(blocks)


def test_tables_and_narrow_arrays_have_a_row_per_column_and_others_one():
    described = make_data().describe()

    assert described.index.names == ["modality", "column"]
    assert described.index.tolist() == [
        *[("clinical", name) for name in ("age", "sex", "weight", "mrn", "note")],
        *[("score", "score_0"), ("score", "score_1")],
        *[("mri", ""), ("rna", ""), ("variants", "")],
    ]


def test_numbers_have_ranges_and_categories_their_most_frequent_values():
    described = make_data().describe()

    age, sex = described.loc[("clinical", "age")], described.loc[("clinical", "sex")]
    assert (age["type"], age["missing"], age["distinct"]) == ("number", 1 / 40, 39)
    assert (age["min"], age["max"], age["top"]) == (1, 39, "")
    assert (sex["type"], sex["distinct"], sex["top"]) == ("category", 2, "'m', 'f'")
    variants = described.loc[("variants", "")]
    assert (variants["type"], variants["min"], variants["max"]) == ("sparse", 0, 1)


def test_suspicious_columns_have_a_reason_and_others_none():
    described = make_data().describe()["suspicious"]

    assert "numbers as text" in described["clinical", "weight"]
    assert "an identifier" in described["clinical", "mrn"]
    assert "free text" in described["clinical", "note"]
    assert "np.log1p" in described["rna", ""]
    fine = [("clinical", "age"), ("clinical", "sex"), ("mri", ""), ("score", "score_0")]
    assert (described[fine] == "").all()


def test_nothing_of_single_patients_is_shown():
    text = make_data().describe().to_csv()

    assert "MRN1" not in text
    assert "phoned" not in text


def test_a_table_suspicious_as_a_whole_has_a_row_of_its_own():
    frame = pd.DataFrame(np.ones((3, 3)), columns=["TP53", "EGFR", "2-Sep"])

    described = MultiModalData({"rna": frame}).describe()

    assert "'2-Sep'" in described.loc[("rna", ""), "suspicious"]
    assert len(described) == 4


def test_missing_modalities_and_empty_columns_are_described():
    X = MultiModalData({"rna": np.full((3, 2), np.nan)})

    described = X.describe()

    assert (described["missing"] == 1).all()
    assert described["min"].isna().all()
    assert (described["distinct"] == 0).all()


def test_wide_tables_are_described_in_seconds():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 10_000)))
    X = MultiModalData({"rna": frame.add_prefix("G")})

    start = time.process_time()
    described = X.describe()

    assert len(described) == 10_000
    assert time.process_time() - start < 10


def test_of_a_modality_of_text_no_sentence_is_shown():
    notes = pd.Series([f"{word} has a dry cough" for word in "abcdefghijklmnopqrstuv"])

    described = MultiModalData({"notes": notes.rename("note")}).describe()

    assert described.loc[("notes", "note"), "type"] == "text"
    assert described.loc[("notes", "note"), ["top", "suspicious"]].tolist() == ["", ""]
