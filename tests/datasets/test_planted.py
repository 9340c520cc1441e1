import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.datasets._planted import PlantedModules

RNG = np.random.default_rng(0)


def test_modules_do_not_overlap_and_half_of_them_are_informative():
    planted = PlantedModules({"rna": 40, "ct": 9}, 6, 2, 0.5, RNG)

    sizes = {name: len(module.columns) for name, module in planted.modules.items()}
    assert sizes == {
        **{f"rna_module_{i}": 3 for i in range(4)},
        **{f"ct_module_{i}": 3 for i in range(3)},
    }
    columns = [c for n, m in planted.modules.items() if "rna" in n for c in m.columns]
    assert len(set(columns)) == 12
    assert planted.informative == [
        "rna_module_0",
        "rna_module_1",
        "ct_module_0",
        "ct_module_1",
    ]


def test_features_of_a_module_have_the_correlation_and_the_others_none():
    planted = PlantedModules({"rna": 12}, 3, 1, 0.6, RNG)
    blocks = planted.features(RNG.normal(size=(20000, 1)), RNG)

    correlation = np.corrcoef(blocks["rna"].T)
    expected = np.eye(12)
    for module in planted.modules.values():
        expected[np.ix_(module.columns, module.columns)] = 0.6
    np.fill_diagonal(expected, 1.0)
    assert_allclose(correlation, expected, atol=0.03)
    variance = planted.means(blocks).var(axis=0)
    assert_allclose(planted.mean_variances(), variance, rtol=0.05)


def test_too_many_informative_features_are_refused():
    with pytest.raises(ValueError, match=r"n_informative of 'ct'.* 4 features, got 5"):
        PlantedModules({"ct": 4}, 5, 1, 0.5, RNG)
