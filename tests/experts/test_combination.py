"""Combination of the evidence of several experts."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from magnet_sklearn.experts import ClassEvidence, ExpertCombination, ModalityExperts
from magnet_sklearn.experts._evidence import Evidence
from magnet_sklearn.losses import ClassLoss, NumberLoss


def test_combination_trusts_the_expert_that_knows(cohort):
    X, y = cohort
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0).fit(
        X, y, n_outputs=3
    )
    combination = ExpertCombination().fit(
        experts.training_evidence_, y[:, None], np.ones(60), loss=ClassLoss(3)
    )

    assert combination.trust_[0] > combination.trust_[1] - 0.2
    assert_allclose(combination.family_weights_.sum(), 1)


def test_strong_penalty_leaves_evidence_unscaled(cohort):
    X, y = cohort
    experts = ModalityExperts(
        LogisticRegression(), evidence=ClassEvidence(), random_state=0
    )
    evidence = experts.fit(X, y, n_outputs=3).training_evidence_
    combination = ExpertCombination(strength=1e9).fit(
        evidence, y[:, None], np.ones(60), loss=ClassLoss(3)
    )

    n_observed = evidence.observed[:, :2].sum(axis=1)
    shrinkage = 1 + combination.redundancy_ * (n_observed - 1)
    product = evidence.values[0, :, :2].sum(axis=1) / shrinkage[:, None]
    share = np.where(n_observed == 2, combination.joint_share_, 0.0)[:, None]
    joint = evidence.values[0, :, 2]
    expected = np.log(1 / 3) + (1 - share) * product + share * joint
    assert_allclose(combination.combine(evidence), expected, atol=1e-5)


def test_combination_beats_an_untrusted_expert(cohort):
    X, y = cohort
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0).fit(
        X, y, n_outputs=3
    )
    evidence = experts.training_evidence_

    def loss(logits):
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return -log_p[np.arange(60), y].mean()

    combination = ExpertCombination(strength=0.1).fit(
        evidence, y[:, None], np.ones(60), loss=ClassLoss(3)
    )
    uniform = np.log(1 / 3) + evidence.values[:, :, :2].sum(axis=2).mean(axis=0)
    assert loss(combination.combine(evidence)) <= loss(uniform)


def test_joint_expert_does_not_count_for_a_patient_with_one_modality(cohort):
    X, y = cohort
    experts = ModalityExperts(
        LogisticRegression(), evidence=ClassEvidence(), random_state=0
    )
    evidence = experts.fit(X, y, n_outputs=3).training_evidence_
    combination = ExpertCombination().fit(
        evidence, y[:, None], np.ones(60), loss=ClassLoss(3)
    )
    lone = evidence.observed[:, :2].sum(axis=1) == 1

    louder = evidence.values.copy()
    louder[:, :, 2] *= 2
    changed = combination.combine(replace(evidence, values=louder))

    assert lone.any()
    assert_allclose(changed[lone], combination.combine(evidence)[lone])
    assert not np.allclose(changed[~lone], combination.combine(evidence)[~lone])


def random_evidence(n_modalities, n_outputs, n_families=2):
    """Every missing pattern, four times."""
    rng = np.random.default_rng(n_modalities)
    has_joint = n_modalities > 1
    observed = np.array([*product([True, False], repeat=n_modalities)] * 4, dtype=bool)
    if has_joint:
        observed = np.column_stack([observed, observed.any(axis=1)])
    values = rng.normal(size=(n_families, *observed.shape, n_outputs))
    return Evidence(values * observed[..., None], observed, has_joint)


@pytest.mark.parametrize("n_modalities", [0, 1, 2, 3])
@pytest.mark.parametrize("loss", [ClassLoss(3), NumberLoss()])
def test_contributions_and_baseline_sum_to_the_outputs(n_modalities, loss):
    evidence = random_evidence(n_modalities, loss.n_outputs)
    n_patients = len(evidence.observed)
    target = np.arange(n_patients)[:, None] % 3.0
    combination = ExpertCombination(strength=0.1)
    combination.fit(evidence, target, np.ones(n_patients), loss=loss)

    contributions = combination.contributions(evidence)

    assert contributions.shape == (n_patients, n_modalities + 1, loss.n_outputs)
    assert_allclose(
        combination.baseline_ + contributions.sum(axis=1),
        combination.combine(evidence),
        rtol=0,
        atol=1e-12,
    )
    observed = evidence.observed[:, :n_modalities]
    assert_array_equal(contributions[:, :-1][~observed], 0)
    assert_array_equal(contributions[observed.sum(axis=1) < 2, -1], 0)


def test_contribution_of_a_modality_grows_with_its_evidence_alone():
    evidence = random_evidence(3, 1)
    n_patients = len(evidence.observed)
    target = evidence.values[0, :, :3].sum(axis=1)
    combination = ExpertCombination()
    combination.fit(evidence, target, np.ones(n_patients), loss=NumberLoss())

    values = evidence.values.copy()
    values[:, :, 1] *= 3
    before, after = map(
        combination.contributions, (evidence, replace(evidence, values=values))
    )

    assert_allclose(after[:, 1], 3 * before[:, 1])
    assert_array_equal(after[:, [0, 2, 3]], before[:, [0, 2, 3]])


def test_a_view_without_a_family_gives_its_weight_to_the_others():
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    values = rng.normal(size=(2, 40, 3, 2)) + y[:, None, None] * [0.0, 1.0]
    values[1, :, 0] = 0  # the second family has no expert on the first modality
    available = np.array([[True, True, True], [False, True, True]])
    evidence = Evidence(values, np.ones((40, 3), bool), True, available)
    combination = ExpertCombination()

    combination.fit(evidence, y[:, None].astype(float), np.ones(40), loss=ClassLoss(2))

    parts = combination.contributions(evidence)
    ratio = parts[:, 0] / values[0, :, 0]  # the first family counts in full
    shrinkage = 1 + combination.redundancy_
    expected = combination.trust_[0] * (1 - combination.joint_share_) / shrinkage
    assert_allclose(ratio, expected, rtol=1e-6)
    total = combination.combine(evidence) - combination.baseline_
    assert_allclose(parts.sum(axis=1), total, atol=1e-9)


def test_joint_experts_have_no_share_where_there_are_none():
    evidence = random_evidence(2, 1)
    evidence = replace(evidence, values=evidence.values.copy())
    evidence.values[:, :, -1] = 0
    evidence.observed[:, -1] = False
    target = evidence.values[0, :, :2].sum(axis=1)

    combination = ExpertCombination()
    combination.fit(evidence, target, np.ones(len(target)), loss=NumberLoss())

    assert combination.joint_share_ == 0
    assert_array_equal(combination.contributions(evidence)[:, -1], 0)


def test_the_penalty_may_be_an_integer():
    evidence = Evidence(np.eye(4)[None, :, :1], np.ones((4, 1), bool), False)
    own = np.array([[0.0], [1.0], [0.0], [1.0]]), np.ones(4)
    evidence = Evidence(np.ones((2, 4, 1, 2)), evidence.observed, False)

    first, second = (
        ExpertCombination(strength=strength).fit(evidence, *own, loss=ClassLoss(2))
        for strength in (10, 10.0)
    )

    assert_array_equal(first.family_weights_, second.family_weights_)


def numbers_from_noise(n_patients, loss, folds=()):
    """A combination of experts of which none knows anything."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(3, n_patients, 4, 1))
    evidence = Evidence(values, np.ones((n_patients, 4), bool), True)
    target = rng.normal(size=(n_patients, 1))
    combination = ExpertCombination(strength=0.1)
    combination.fit(evidence, target, np.ones(n_patients), loss=loss, folds=folds)
    return combination, evidence, target


def test_held_out_outputs_do_not_profit_from_the_own_target():
    folds = [
        (np.delete(np.arange(60), held_out), held_out)
        for held_out in np.array_split(np.arange(60), 5)
    ]

    combination, evidence, target = numbers_from_noise(60, NumberLoss(), folds)
    alone, *_ = numbers_from_noise(60, NumberLoss())

    own = np.std(target - combination.combine(evidence))
    assert np.std(target - combination.held_out_outputs_) > 1.01 * own
    assert_array_equal(combination.combine(evidence), alone.combine(evidence))
    assert_array_equal(alone.held_out_outputs_, alone.combine(evidence))


def test_held_out_outputs_are_those_of_a_combination_of_the_other_patients():
    held_out, train = np.split(np.arange(60), [12])
    combination, evidence, target = numbers_from_noise(
        60, NumberLoss(), [(train, held_out)]
    )

    others = replace(
        evidence,
        values=evidence.values[:, train],
        observed=evidence.observed[train],
    )
    again = ExpertCombination(strength=0.1)
    again.fit(others, target[train], np.ones(48), loss=NumberLoss())

    again.baseline_ = combination.baseline_  # that of all patients
    expected = again.combine(evidence)[held_out]
    assert_allclose(combination.held_out_outputs_[held_out], expected, atol=0.1)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_outputs_for_a_quantile_have_its_level_with_few_and_many_modalities(level):
    rng = np.random.default_rng(0)
    observed = rng.random((2000, 3)) < 0.6
    truth = rng.normal(size=(2000, 3)) * observed
    noise = rng.exponential(size=2000)
    target = (truth.sum(axis=1) + noise)[:, None]
    evidence = Evidence(truth[None, :, :, None], observed, has_joint=False)
    loss = NumberLoss("quantile", level)

    combination = ExpertCombination()
    combination.fit(evidence, target, np.ones(2000), loss=loss)

    below = (target <= combination.combine(evidence))[:, 0]
    shares = [below[observed.sum(axis=1) == count].mean() for count in (1, 2, 3)]
    assert_allclose(shares, level, atol=0.03)
    assert_array_equal(combination.shift_[0], 0)
    parts = combination.contributions(evidence)
    assert_array_equal(parts[:, :-1][~observed], 0)
    total = combination.baseline_ + parts.sum(axis=1)
    assert_allclose(total, combination.combine(evidence), atol=1e-12)
