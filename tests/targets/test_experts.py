"""The experts of all tasks of a target."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients, without_data
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets import (
    ClassTarget,
    NumberTarget,
    SeveralTargets,
    TargetExperts,
)
from magnet_sklearn.preprocessing import DefaultPreprocessor

N = 60
WEIGHT = np.ones(N)


@pytest.fixture(scope="module")
def cohort():
    X, classes = make_patients(N)
    return DefaultPreprocessor().fit(X).transform(X), classes


def several(classes):
    """Two tasks with a shared signal, of which the second lacks most labels."""
    dose = classes + 0.1 * np.arange(N)
    dose[20:] = np.nan
    return pd.DataFrame({"response": classes, "dose": dose})


def fit(X, target, y, estimator="auto"):
    target.fit(y, WEIGHT)
    experts = TargetExperts(estimator, target, random_state=0)
    return experts.fit(X, target.encode(y), WEIGHT)


@pytest.fixture(scope="module")
def linked(cohort):
    X, classes = cohort
    return fit(X, SeveralTargets(), several(classes))


@pytest.fixture(scope="module")
def single(cohort):
    return fit(cohort[0], ClassTarget(), cohort[1])


@pytest.mark.parametrize("kind", ["linked", "single"])
def test_contributions_and_baseline_sum_to_the_outputs(request, cohort, kind):
    experts, X = request.getfixturevalue(kind), cohort[0]

    parts = experts.contributions(X)

    assert parts.shape == (N, 3 + 1, experts.target.loss.n_outputs)
    assert_allclose(parts.sum(axis=1) + experts.baseline(), experts.outputs(X))


def test_links_take_part_in_outputs_and_out_of_fold_outputs(linked, cohort):
    X = cohort[0]
    own = np.hstack([offset.outputs(X) for offset in linked.offsets_])
    out_of_fold = np.hstack([offset.training_outputs_ for offset in linked.offsets_])

    assert_allclose(linked.outputs(X), linked.links_.apply(own))
    assert_allclose(linked.training_outputs(), linked.links_.apply(out_of_fold))
    assert np.abs(linked.outputs(X) - own).max() > 1e-3


def test_only_different_tasks_are_linked(single, cohort):
    X, classes = cohort
    two_numbers = np.column_stack([classes, 2.0 * classes])

    assert single.links_ is None
    assert fit(X, NumberTarget(), two_numbers).links_ is None
    assert fit(X, SeveralTargets(), several(classes)[["dose"]]).links_ is None


@pytest.mark.parametrize("kind", ["linked", "single"])
def test_patient_without_data_gets_exactly_the_baseline(request, cohort, kind):
    experts = request.getfixturevalue(kind)
    X = without_data(cohort[0][:4])

    assert_array_equal(experts.outputs(X)[-1], experts.baseline())
    assert_array_equal(experts.contributions(X)[-1], 0)


def test_a_missing_modality_contributes_nothing_even_with_links(linked, cohort):
    X = cohort[0]

    parts = linked.contributions(X)[:, :3]

    assert_array_equal(np.abs(parts).sum(axis=2)[~X.mask], 0)


def test_outputs_of_a_patient_do_not_depend_on_the_others(linked, cohort):
    X = cohort[0]

    alone = np.vstack([linked.outputs(X[[row]]) for row in range(10)])

    assert_allclose(alone, linked.outputs(X)[:10], atol=1e-10)


def test_each_task_has_experts_of_its_own_patients(linked):
    response, dose = linked.offsets_

    assert len(linked.offsets_) == 2
    assert response.training_outputs_.shape == (N, 2)
    assert dose.training_outputs_.shape == (N, 1)


def test_without_an_estimator_only_the_baseline_is_left(cohort):
    X, classes = cohort

    experts = fit(X, ClassTarget(), classes, estimator=None)

    assert_allclose(experts.outputs(X), np.tile(experts.baseline(), (N, 1)))
    assert_array_equal(experts.contributions(X), 0)
    assert_allclose(experts.baseline(), np.log([0.5, 0.5]), atol=1e-6)


def test_held_out_outputs_of_numbers_are_not_fitted_to_them(cohort, single):
    X, classes = cohort
    dose = classes + np.random.default_rng(0).normal(size=N)

    numbers = fit(X, NumberTarget(), dose)

    target = numbers.target.encode(dose)
    own, held_out = numbers.training_outputs(), numbers.held_out_outputs()
    assert np.std(target - held_out) > np.std(target - own)
    assert_array_equal(single.held_out_outputs(), single.training_outputs())
