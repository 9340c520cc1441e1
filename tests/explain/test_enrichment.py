import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, hypergeom, ttest_ind

from magnet_sklearn.explain import pathway_enrichment

GENES = [f"G{i}" for i in range(400)]
HAS_GSEAPY = importlib.util.find_spec("gseapy") is not None


def random_sets(rng, n_sets=30, size=15):
    return {f"S{j}": rng.choice(GENES, size, replace=False) for j in range(n_sets)}


def t_statistics(rng, shift=()):
    """Absolute t of each gene between two classes of independent genes."""
    values = rng.normal(size=(60, len(GENES)))
    values[:30, [GENES.index(gene) for gene in shift]] += 1.0
    t = ttest_ind(values[:30], values[30:]).statistic
    return pd.Series(t, GENES)


def test_planted_set_has_the_smallest_adjusted_p_value():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sets = random_sets(rng)

        scores = t_statistics(rng, sets["S7"]).abs()
        table = pathway_enrichment(scores, sets, top=40).to_frame()

        assert table.index[0] == "S7"
        assert table["p_adjusted"].iloc[0] < 0.01


def test_permuted_labels_of_independent_genes_give_the_nominal_share():
    rng = np.random.default_rng(0)
    p = np.concatenate(
        [
            pathway_enrichment(t_statistics(rng).abs(), random_sets(rng), top=40)
            .to_frame()["p_value"]
            .to_numpy()
            for _ in range(40)
        ]
    )

    levels = hypergeom.sf(np.arange(16) - 1, 400, 15, 40)  # the p-values that can be
    for level in levels[1:4]:
        error = np.sqrt(level * (1 - level) / len(p))
        assert (p <= level).mean() == pytest.approx(level, abs=3 * error)


def test_p_values_are_those_of_scipy():
    rng = np.random.default_rng(1)
    scores, sets = pd.Series(rng.random(400), GENES), random_sets(rng)

    table = pathway_enrichment(scores, sets, top=50).to_frame().loc[list(sets)]

    selected = set(scores.nlargest(50).index)
    overlap = np.array([len(selected & set(genes)) for genes in sets.values()])
    p = hypergeom.sf(overlap - 1, 400, 15, 50)
    np.testing.assert_array_equal(table["p_value"], p)
    np.testing.assert_array_equal(table["p_adjusted"], false_discovery_control(p))


def test_background_counts_genes_that_have_no_score():
    rng = np.random.default_rng(2)
    sets = random_sets(rng)

    table = pathway_enrichment(
        pd.Series(1.0, GENES[:50]), sets, GENES, threshold=0.5
    ).to_frame()

    overlap = table.loc["S0", "overlap"]
    assert table.loc["S0", "p_value"] == hypergeom.sf(overlap - 1, 400, 15, 50)


def test_permutations_undo_the_inflation_of_correlated_genes():
    rng = np.random.default_rng(3)
    block = np.arange(400) // 20
    sets = {f"S{b}": np.array(GENES)[block == b] for b in range(20)}

    def scores():
        values = rng.normal(size=(40, 20))[:, block] + rng.normal(size=(40, 400))
        return np.abs(ttest_ind(values[:20], values[20:]).statistic)

    permutations = pd.DataFrame([scores() for _ in range(59)], columns=GENES)
    naive, permuted = [], []
    for _ in range(10):
        own = pd.Series(scores(), GENES)
        for p, others in ((naive, None), (permuted, permutations)):
            result = pathway_enrichment(own, sets, top=40, permutations=others)
            p.append(result.to_frame()["p_value"])

    assert (np.concatenate(naive) <= 0.05).mean() > 0.1
    assert (np.concatenate(permuted) <= 0.05).mean() <= 0.07


def test_permutations_need_every_gene():
    others = pd.DataFrame([[1.0]], columns=["A"])

    with pytest.raises(ValueError, match="no column for 1 genes .*'B'"):
        pathway_enrichment(
            {"A": 1.0, "B": 2.0}, {"s": ["A"]}, top=1, min_size=1, permutations=others
        )


def test_missing_gseapy_is_an_error_that_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gseapy", None)

    with pytest.raises(ImportError, match=r"magnet-sklearn\[explain\]"):
        pathway_enrichment(
            {"A": 1.0, "B": 2.0, "C": 0.0}, {"s": [*"ABC"]}, method="gsea"
        )


@pytest.mark.skipif(not HAS_GSEAPY, reason="needs gseapy")
def test_gsea_finds_the_end_of_the_ranking_at_which_a_set_is():
    rng = np.random.default_rng(4)
    sets = random_sets(rng)
    scores = t_statistics(rng) - 3.0 * pd.Series(np.isin(GENES, sets["S3"]), GENES)

    result = pathway_enrichment(
        scores, sets, method="gsea", n_permutations=200, random_state=0
    )

    first = result.to_frame().iloc[0]
    assert first.name == "S3"
    assert first["normalized_score"] < -1.5
    assert first["size"] == 15
    assert set(first["genes"]) <= set(sets["S3"])


@pytest.mark.skipif(not HAS_GSEAPY, reason="needs gseapy")
def test_gsea_repeats_with_the_seed():
    rng = np.random.default_rng(5)
    scores, sets = t_statistics(rng), random_sets(rng, 5)
    options = {"method": "gsea", "n_permutations": 50, "random_state": 1}

    first, second = (pathway_enrichment(scores, sets, **options) for _ in range(2))

    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame())
