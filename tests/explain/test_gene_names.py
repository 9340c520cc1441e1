import pandas as pd
import pytest

from magnet_sklearn.explain._gene_names import clean_name, clean_names, match_genes


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("ENSG00000141510.11", "ENSG00000141510"),
        ("ENSG00000002586.18_PAR_Y", "ENSG00000002586"),
        ("ensmusg00000059552.4", "ENSMUSG00000059552"),
        ("TP53|7157", "TP53"),
        ("TP53 (7157)", "TP53"),
        ("TP53,1.0", "TP53"),
        (" tp53 ", "TP53"),
        ("HLA-A.1", "HLA-A.1"),
        ("RP11-34P13.7", "RP11-34P13.7"),
        ("?|100130426", ""),
        (None, ""),
    ],
)
def test_name_loses_version_number_and_case_only(name, cleaned):
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    "aliases",
    [
        {"ENSG01234567": "TP53"},
        {"ENSG01234567.2": "tp53"},
        pd.Series(["TP53"], index=["ENSG01234567"]),
        lambda name: name.replace("ENSG01234567", "TP53").removesuffix(".2"),
    ],
)
def test_aliases_apply_to_names_as_given_or_cleaned(aliases):
    assert clean_names(["ENSG01234567.2", "BAX"], aliases) == ["TP53", "BAX"]


def test_alias_that_is_missing_names_no_gene():
    aliases = pd.Series([None], index=["probe_1"], dtype=object)

    assert clean_names(["probe_1"], aliases) == [""]


def test_gene_of_several_names_keeps_its_largest_score():
    scores = pd.Series({"TP53|1": 1.0, "BAX": 2.0, "tp53": -3.0})

    matched = match_genes(scores, None, None)

    assert matched.scores.to_dict() == {"BAX": 2.0, "TP53": -3.0}
    assert matched.rows.tolist() == ["BAX", "tp53"]
    assert matched.lost.to_numpy().tolist() == [["TP53|1", "another name of a gene"]]


def test_every_lost_name_has_a_reason():
    scores = pd.Series({"A": 1.0, "?|3": 1.0, "B": float("nan"), "C": 1.0})

    lost = match_genes(scores, None, ["a", "b"]).lost

    assert dict(zip(lost["name"], lost["reason"], strict=True)) == {
        "?|3": "no gene name",
        "B": "no score",
        "C": "not in the background",
    }
