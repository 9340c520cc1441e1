import pandas as pd
import pytest

from magnet_sklearn.data._near_ids import near_matches, unmatched


def _ids(*texts):
    return {"abc"[j]: pd.Index(list(text)) for j, text in enumerate(texts)}


@pytest.mark.parametrize(
    ("own", "other", "how"),
    [
        ("P1", "p1", "case, blanks"),
        ("P1", "P1 ", "case, blanks"),
        ("P-1", "P.1", "punctuation"),
        ("TCGA-01-0001", "tcga.01.0001", "punctuation"),
        (17, "17", "as text"),
        (17.0, "17", "as text"),
        ("007", "7", "leading zeros"),
        ("007", 7, "leading zeros"),
        ("TCGA-01-0001", "TCGA-01-0001-01", "TCGA barcode"),
        ("TCGA-01-0001-01A-11R", "TCGA-01-0001-01A-21D", "TCGA barcode"),
        ("TCGA.01.0001.01", "TCGA-01-0001", "TCGA barcode"),
    ],
)
def test_ids_that_differ_in_spelling_are_shown_with_the_remedy(own, other, how):
    found = near_matches(pd.Index([own, "x"]), pd.Index([other, "y"]))

    assert how in found
    assert f"1 of them would match {found.split('match ')[1].split(':')[0]}" in found
    assert "frame.index" in found


def test_ids_of_other_patients_are_not_near():
    ids, others = pd.Index(["P1", "P2"]), pd.Index(["P10", "Q2", None])

    assert near_matches(ids, others) == ""


def test_at_most_five_examples_are_shown():
    ids = pd.Index([f"P{i}" for i in range(9)])

    found = near_matches(ids, ids.str.lower())

    assert "9 of them" in found
    assert found.count(" and 'p") == 5


def test_samples_of_which_each_has_its_match_are_not_near():
    ids = {
        "rna": pd.Index(["TCGA-01-0001-01", "TCGA-01-0001-11"]),
        "protein": pd.Index(["TCGA-01-0001-01"]),
    }

    assert unmatched(ids) == []


def test_a_table_that_shares_no_patient_is_named_once():
    ids = _ids("pq", "qr", "xy")

    (found,) = unmatched(ids)

    assert found.startswith("Modality 'c' shares no patient with any other")


def test_tables_that_overlap_in_a_chain_are_fine():
    ids = _ids("pq", "qr", "rs")

    assert unmatched(ids) == []


def test_spelling_explains_why_no_patient_is_shared():
    ids = {"rna": pd.Index(["P1", "P2"]), "age": pd.Index(["p1", "p2"])}

    (found,) = unmatched(ids)

    assert found.startswith("Patient ids differ between 'rna' and 'age'.")


def test_one_table_alone_or_an_empty_one_is_fine():
    assert unmatched({"rna": pd.Index(["p"])}) == []
    assert unmatched({"rna": pd.Index(["p"]), "age": pd.Index([])}) == []
