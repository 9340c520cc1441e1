"""Outputs that networks start from."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import ClassEvidence, ExpertOffset
from magnet_sklearn.experts import _offset as module
from magnet_sklearn.losses import ClassLoss


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = (np.arange(400) % 4 == 0).astype(int)
    rna = rng.normal(size=(400, 5)) + y[:, None]
    protein = rng.normal(size=(400, 3))
    protein[::3] = np.nan
    return MultiModalData({"rna": rna, "protein": protein}), y[:, None]


def make_offset(estimator="auto"):
    return ExpertOffset(
        estimator, loss=ClassLoss(2), evidence=ClassEvidence(), random_state=0
    )


def fit(cohort, groups=None):
    X, y = cohort
    offset = make_offset()
    return offset.fit(X, y, weight=np.ones(len(X)), groups=groups)


def n_learned_from(offset):
    return len(offset.experts_.training_evidence_.observed)


def test_small_cohorts_are_learned_from_as_a_whole(cohort):
    assert n_learned_from(fit(cohort)) == 400


def test_of_many_patients_a_stratified_subset_is_learned_from(cohort, monkeypatch):
    monkeypatch.setattr(module, "_MOST_PATIENTS", 150)

    offset = fit(cohort)

    assert 130 <= n_learned_from(offset) <= 150
    shares = np.exp(offset.combination_.baseline_)
    assert_allclose(shares, [0.75, 0.25], atol=0.01)


def test_other_patients_get_outputs_of_models_that_have_not_seen_them(
    cohort, monkeypatch
):
    X, y = cohort
    monkeypatch.setattr(module, "_MOST_PATIENTS", 150)
    offset = fit(cohort)
    predicted = offset.outputs(X)
    same = np.isclose(offset.training_outputs_, predicted, rtol=1e-12).all(axis=1)

    # flipped labels of those would change them, had they taught anything
    flipped = np.where(same[:, None], 1 - y, y)
    monkeypatch.setattr(ExpertOffset, "_learned_from", lambda *_: np.flatnonzero(~same))
    again = fit((X, flipped))

    assert same.sum() >= 250
    assert_allclose(again.training_outputs_, offset.training_outputs_)


def test_groups_are_learned_from_as_a_whole_or_not_at_all(cohort, monkeypatch):
    X, y = cohort
    monkeypatch.setattr(module, "_MOST_PATIENTS", 150)
    groups = np.arange(400) // 8
    offset = make_offset()

    rows = offset._learned_from(y, groups)

    assert len(rows) % 8 == 0
    assert set(np.bincount(groups[rows], minlength=50)) == {0, 8}


def test_contributions_and_baseline_sum_to_the_outputs(cohort):
    X, _ = cohort
    offset = fit(cohort)

    contributions = offset.contributions(X)

    assert contributions.shape == (400, 3, 2)
    assert_allclose(
        offset.combination_.baseline_ + contributions.sum(axis=1),
        offset.outputs(X),
        atol=1e-12,
    )
    assert (contributions[::3, 1:] == 0).all()  # neither protein nor joint experts


def test_contributions_stand_at_their_modality_and_are_0_for_an_image(cohort):
    X, y = cohort
    scan = np.zeros((400, 2, 2))
    with_scan = MultiModalData({"rna": X["rna"], "scan": scan, "protein": X["protein"]})

    contributions = fit((with_scan, y)).contributions(with_scan)

    assert (contributions[:, 1] == 0).all()
    assert_allclose(contributions[:, [0, 2, 3]], fit(cohort).contributions(X))


def test_contributions_are_0_without_experts(cohort):
    X, y = cohort
    offset = make_offset(None).fit(X, y, weight=np.ones(400))

    contributions = offset.contributions(X)

    assert contributions.shape == (400, 3, 2)
    assert not contributions.any()
