"""The parameter `experts` of the estimators."""

import numpy as np
import pytest
from common.instances import TINY
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn import MagnetClassifier, MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.experts import SparseFamily


def make_cohort(seed=0):
    rng = np.random.default_rng(seed)
    rna, protein = rng.normal(size=(2, 60, 4))
    y = (rna[:, 0] + protein[:, 0] + rng.normal(size=60) > 0).astype(int)
    return MultiModalData({"rna": rna, "protein": protein}), y


@pytest.mark.parametrize(
    ("experts", "families"),
    [
        ("sparse", ["sparse"]),
        (["linear", "boosting"], ["linear", "boosting"]),
        ({"rna": "sparse", "joint": None}, ["linear", "sparse", "kernel", "forest"]),
        (SparseFamily(l1_ratio=0.5), ["sparse"]),
    ],
)
def test_experts_are_chosen_by_the_parameter_and_survive_a_clone(experts, families):
    X, y = make_cohort()

    model = clone(MagnetClassifier(**TINY).set_params(experts=experts)).fit(X, y)

    assert model.offset_.experts_.families_ == families
    probability = model.predict_proba(X)
    assert_allclose(probability.sum(axis=1), 1, rtol=1e-6)


def test_a_configured_family_can_be_searched():
    model = MagnetClassifier(experts=SparseFamily())

    assert model.set_params(experts__l1_ratio=0.5).experts.l1_ratio == 0.5


def test_an_unknown_family_is_named():
    X, y = make_cohort()

    with pytest.raises(ValueError, match="Did you mean 'forest'"):
        MagnetClassifier(**{**TINY, "experts": "forst"}).fit(X, y)


@pytest.mark.parametrize("experts", ["sparse", "forest", "boosting"])
def test_every_family_learns_survival(experts):
    X, y = make_cohort()
    times = np.zeros(60, dtype=[("event", bool), ("time", float)])
    times["event"], times["time"] = y, 70.0 - np.arange(60)

    model = MagnetSurvivalAnalysis(**{**TINY, "experts": experts}).fit(X, times)

    assert np.isfinite(model.predict(X)).all()
