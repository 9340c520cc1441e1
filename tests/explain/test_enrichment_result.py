import pytest

from magnet_sklearn.explain import pathway_enrichment


@pytest.fixture
def result():
    scores = {"TP53|7157": 2.0, "BAX": 1.0, "ACTB": 0.5, "?|1": 3.0}
    sets = {"apoptosis": ["TP53", "BAX"], "alone": ["TP53"]}
    return pathway_enrichment(scores, sets, top=2, min_size=2)


def test_result_says_what_became_of_every_name(result):
    assert result.n_mapped == 2
    assert result.genes.tolist() == ["TP53", "BAX", "ACTB"]
    assert result.selected.tolist() == ["TP53", "BAX"]
    assert result.lost_.to_numpy().tolist() == [
        ["?|1", "no gene name"],
        ["ACTB", "in no gene set"],
    ]
    assert result.not_tested_["size"].to_dict() == {"alone": 1}


def test_table_is_a_copy(result):
    table = result.to_frame()

    table["p_value"] = None

    assert result.to_frame()["p_value"].notna().all()
