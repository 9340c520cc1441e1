"""Outputs that networks start from."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import ExpertOffset
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


def fit(cohort, groups=None):
    X, y = cohort
    offset = ExpertOffset("auto", loss=ClassLoss(2), random_state=0)
    return offset.fit(X, y, weight=np.ones(len(X)), groups=groups)


def n_learned_from(offset):
    return len(offset.experts_.training_evidence_.observed)


def test_small_cohorts_teach_with_all_patients(cohort):
    assert n_learned_from(fit(cohort)) == 400


def test_of_many_patients_a_stratified_part_teaches(cohort, monkeypatch):
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
    asked = offset.outputs(X)
    same = np.isclose(offset.training_outputs_, asked, rtol=1e-12).all(axis=1)

    # flipped labels of those would change them, had they taught anything
    flipped = np.where(same[:, None], 1 - y, y)
    monkeypatch.setattr(ExpertOffset, "_learned_from", lambda *_: np.flatnonzero(~same))
    again = fit((X, flipped))

    assert same.sum() >= 250
    assert_allclose(again.training_outputs_, offset.training_outputs_)


def test_groups_teach_as_a_whole_or_not_at_all(cohort, monkeypatch):
    X, y = cohort
    monkeypatch.setattr(module, "_MOST_PATIENTS", 150)
    groups = np.arange(400) // 8
    offset = ExpertOffset("auto", loss=ClassLoss(2), random_state=0)

    rows = offset._learned_from(y, groups)

    assert len(rows) % 8 == 0
    assert set(np.bincount(groups[rows], minlength=50)) == {0, 8}
