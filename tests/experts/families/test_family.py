"""Interface of a family of experts."""

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsClassifier

from magnet_sklearn.experts import ModalityExperts, NumberEvidence
from magnet_sklearn.experts.families import FAMILIES, Family


class RidgeFamily(Family):
    name = "plain ridge"
    in_auto = ("numbers",)

    def expert(self, kind, random_state):
        return Ridge() if kind == "numbers" else None


def test_family_sees_the_columns_as_they_are_unless_it_says_otherwise(view_of):
    table = np.arange(6.0).reshape(3, 2)
    view = view_of(table)

    features = RidgeFamily().features(view, 0)

    assert_array_equal(features.of_training(view), table)
    assert_array_equal(features.transform(view), table)


def test_experts_of_folds_learn_from_their_training_patients_alone():
    rng = np.random.default_rng(0)
    X, y, weight = rng.normal(size=(20, 3)), rng.normal(size=20), np.arange(1.0, 21)
    folds, expert = list(KFold(4).split(X)), Ridge()

    fold_experts = RidgeFamily().cross_fit(expert, X, y, weight, folds)

    assert_array_equal(expert.coef_, Ridge().fit(X, y, weight).coef_)
    for fold_expert, (train, _) in zip(fold_experts, folds, strict=True):
        expected = Ridge().fit(X[train], y[train], weight[train])
        assert_array_equal(fold_expert.coef_, expected.coef_)


def test_experts_that_take_no_weights_are_fitted_without():
    X, y = np.arange(6.0).reshape(6, 1), np.arange(6) % 2
    expert = KNeighborsClassifier(1)

    RidgeFamily().cross_fit(expert, X, y, np.ones(6), [])

    assert_array_equal(expert.predict(X), y)


def test_a_new_family_needs_one_line_in_the_registry(cohort, monkeypatch):
    X, y = cohort
    monkeypatch.setitem(FAMILIES, "plain ridge", RidgeFamily())
    experts = ModalityExperts(evidence=NumberEvidence(), random_state=0)

    experts.fit(X, y.astype(float), fold_labels=y)

    assert experts.families_ == ["linear", "kernel", "forest", "plain ridge"]
    assert isinstance(experts.experts_["plain ridge", 0], Ridge)
