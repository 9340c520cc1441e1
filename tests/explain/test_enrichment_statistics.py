import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from magnet_sklearn.explain._enrichment_statistics import over_representation

GENES = pd.Index([f"G{i}" for i in range(60)])
RNG = np.random.default_rng(0)
SETS = {f"S{j}": list(RNG.choice(GENES, 3 + j, replace=False)) for j in range(12)}
SELECTED = pd.Index(RNG.choice(GENES, 15, replace=False))


def test_p_value_is_that_of_fishers_exact_test():
    table = over_representation(SETS, GENES, SELECTED, None)

    for name, genes in SETS.items():
        both = len(set(genes) & set(SELECTED))
        rest = 60 - len(genes) - 15 + both
        counts = [[both, len(genes) - both], [15 - both, rest]]
        p = fisher_exact(counts, alternative="greater").pvalue
        assert table.loc[name, "p_value"] == pytest.approx(p, rel=1e-9)
        assert table.loc[name, "overlap"] == both


def test_adjustment_counts_sets_without_overlap():
    sets = {**SETS, "none": [g for g in GENES if g not in SELECTED][:5]}

    table = over_representation(sets, GENES, SELECTED, None)

    p = table["p_value"].to_numpy()
    for own, adjusted in zip(p, table["p_adjusted"], strict=True):
        slow = min(13 * larger / (p <= larger).sum() for larger in p[p >= own])
        assert adjusted == pytest.approx(min(slow, 1), rel=1e-12)
    assert table.loc["none", ["overlap", "p_value"]].tolist() == [0, 1.0]


def test_permuted_p_value_is_the_share_of_overlaps_as_large():
    permuted = [pd.Index(RNG.choice(GENES, 15, replace=False)) for _ in range(19)]

    table = over_representation(SETS, GENES, SELECTED, permuted)

    for name, genes in SETS.items():
        overlap = len(set(genes) & set(SELECTED))
        as_large = sum(len(set(genes) & set(other)) >= overlap for other in permuted)
        assert table.loc[name, "p_value"] == pytest.approx((1 + as_large) / 20)


def test_nothing_selected_is_no_enrichment():
    table = over_representation(SETS, GENES, GENES[:0], None)

    assert (table["p_value"] == 1).all()
