import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.datasets._missing_blocks import MECHANISMS, missing_blocks

NAMES = ["rna", "ct", "clinical"]
SITES = np.arange(3000) % 6
SEVERITY = np.random.default_rng(0).normal(size=3000)


def draw(rate, mechanism, seed=0):
    rng = np.random.default_rng(seed)
    return missing_blocks(rate, mechanism, NAMES, SITES, SEVERITY, rng)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_rates_are_met_and_everybody_keeps_a_block(mechanism):
    missing = draw({"rna": 0.4, "ct": 0.1}, mechanism)

    assert_allclose(missing.mean(axis=0), [0.4, 0.1, 0.0], atol=0.04)
    assert not draw(1.0, mechanism).all(axis=1).any()


def test_sites_differ_in_what_they_measure():
    def spread(mechanism):
        missing = draw(0.4, mechanism)
        return np.std([missing[s == SITES].mean(axis=0) for s in range(6)], axis=0)

    assert (spread("random") < 0.06).all()
    assert (spread("site") > 0.2).all()


def test_severe_patients_lack_more():
    severe = np.median(SEVERITY) < SEVERITY

    missing = draw(0.3, "severity")
    assert missing[severe].mean() > 2 * missing[~severe].mean()
    at_random = draw(0.3, "random")
    assert_allclose(at_random[severe].mean(), at_random[~severe].mean(), atol=0.03)


def test_equal_severity_is_missing_at_random():
    rng = np.random.default_rng(0)
    missing = missing_blocks(0.3, "severity", NAMES, SITES, np.ones(3000), rng)

    assert_allclose(missing.mean(), 0.3, atol=0.04)


def test_unknown_modalities_and_rates_are_refused():
    with pytest.raises(ValueError, match="Did you mean 'rna'"):
        draw({"rnaa": 0.3}, "random")
    with pytest.raises(ValueError, match=r"\[0, 1\], got 3 for 'ct'"):
        draw({"ct": 3}, "random")
