import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.datasets._cohort import SyntheticCohort
from magnet_sklearn.datasets._planted import PlantedModules


def make(site_effect, n=3000):
    rng = np.random.default_rng(0)
    planted = PlantedModules({"rna": 30}, 5, 1, 0.5, rng)
    factors = rng.normal(size=(n, 1))
    return SyntheticCohort(planted, factors, 4, site_effect, rng)


def test_sites_shift_features_by_the_effect_asked_for():
    for effect in (0.0, 2.0):
        made = make(effect).bunch(None, None)
        means = made.data["rna"].groupby(made.sites).mean()

        assert_allclose(means.std(axis=0).mean(), effect, atol=0.4)


def test_what_was_planted_comes_along():
    made = make(0.0).bunch("y", "best")

    assert (made.target, made.optimal_prediction) == ("y", "best")
    assert made.informative_modalities == ["rna"]
    assert made.informative_features["rna"] == made.modules["rna_module_0"]
    assert set(made.modules["rna_module_0"]) <= set(made.data["rna"])
    assert sorted(made.sites.unique()) == ["site_0", "site_1", "site_2", "site_3"]


def test_blocks_that_are_dropped_are_unknown_to_the_module_means():
    cohort = make(1.0, n=100)
    rng = np.random.default_rng(0)
    cohort.planted.n_features["ct"] = 2  # a second block, so that rna can be missing
    cohort._clean["ct"] = cohort._measured["ct"] = np.ones((100, 2))

    cohort.drop({"rna": 0.5}, "random", np.zeros(100), rng)

    missing = np.isnan(cohort.module_means()[:, 0])
    assert 30 < missing.sum() < 70
    mask = cohort.bunch(None, None).data.mask[:, 0]
    assert (mask == ~missing).all()
