"""Forests that predict a single patient fast."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.experts._forest import ForestExpert, NumberForestExpert


def test_forest_of_classes_predicts_as_scikit_learn_does(cohort):
    X, y = cohort
    expert = ForestExpert(random_state=0).fit(X["rna"], y)

    expected = expert.forest_.predict_proba(X["rna"])

    assert_allclose(expert.predict_proba(X["rna"]), expected)


@pytest.mark.parametrize("n_patients", [1, 60])
def test_forest_of_numbers_predicts_as_scikit_learn_does(cohort, n_patients):
    X, y = cohort
    expert = NumberForestExpert(random_state=0).fit(X["rna"], y + X["rna"][:, 0])
    queries = X["rna"][:n_patients]

    assert_allclose(expert.predict(queries), expert.forest_.predict(queries))


def test_one_patient_is_predicted_as_among_all(cohort):
    X, y = cohort
    expert = ForestExpert(random_state=0).fit(X["rna"], y)

    alone = [expert.predict_proba(row[None])[0] for row in X["rna"]]

    assert_allclose(alone, expert.predict_proba(X["rna"]))


def test_out_of_bag_votes_leave_out_a_patient_in_every_tree(cohort):
    X, y = cohort
    weight = np.where(np.arange(60) == 0, 1e6, 1.0)

    expert = ForestExpert(random_state=0).fit(X["rna"], y, sample_weight=weight)

    has_vote, votes = expert.out_of_bag()
    assert not has_vote[0]
    assert_array_equal(len(votes), has_vote.sum())
    assert_allclose(votes.sum(axis=1), 1)
