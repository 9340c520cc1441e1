import pandas as pd
import pytest

from magnet_sklearn.explain._enrichment_sets import among, read_gene_sets


def test_gmt_file_and_dict_are_the_same_sets(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("one\t-\tTP53\tbax,1.0\t\ntwo\tabout\tENSG00000141510.3\n")

    sets = read_gene_sets(path)

    assert sets == {"one": ["BAX", "TP53"], "two": ["ENSG00000141510"]}
    assert read_gene_sets({"one": ["TP53", "BAX", "tp53"]}) == {"one": ["BAX", "TP53"]}


@pytest.mark.parametrize(
    ("gene_sets", "error", "message"),
    [
        ({}, ValueError, "hold no set"),
        ({"a": "TP53"}, TypeError, "'a' are texts"),
        ([["TP53"]], TypeError, "got list"),
    ],
)
def test_what_is_no_collection_of_sets_is_an_error(gene_sets, error, message):
    with pytest.raises(error, match=message):
        read_gene_sets(gene_sets)


def test_sets_of_one_name_are_an_error(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("one\t-\tA\none\t-\tB\n")

    with pytest.raises(ValueError, match="repeat the names 'one'"):
        read_gene_sets(path)


def test_sets_are_cut_to_measured_genes_before_their_size_counts():
    sets = {"a": ["A", "B", "X", "Y"], "b": ["A"], "c": ["A", "B", "C"]}

    tested, others = among(sets, pd.Index(["A", "B", "C"]), 2, 2)

    assert tested == {"a": ["A", "B"]}
    assert others["size"].to_dict() == {"b": 1, "c": 3}


def test_genes_in_no_set_are_an_error_that_shows_both():
    with pytest.raises(ValueError, match="'ENSG1'.*'TP53'.*aliases"):
        among({"a": ["TP53"]}, pd.Index(["ENSG1"]), 1, None)


def test_sizes_that_leave_no_set_are_an_error():
    with pytest.raises(ValueError, match="min_size=2 .* largest has 1"):
        among({"a": ["A"]}, pd.Index(["A"]), 2, None)
