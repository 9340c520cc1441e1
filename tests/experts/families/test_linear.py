"""Ridge regression: logistic, linear and Cox."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.experts.families._linear import LinearFamily


@pytest.mark.parametrize("kind", ["classes", "numbers", "survival"])
def test_penalty_is_tuned_and_the_strongest_without_signal(kind):
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(80, 10)), np.arange(80) % 2
    y = {
        "classes": labels,
        "numbers": rng.normal(size=80),
        "survival": np.column_stack([0 * X[:, 0], rng.random(80), labels, 0 * labels]),
    }[kind]
    folds, family = stratified_folds(labels, n_splits=5, random_state=0), LinearFamily()

    expert = family.expert(kind, 0)
    fold_experts = family.cross_fit(expert, X, y, np.ones(80), folds)

    assert len(fold_experts) == 5
    if kind == "classes":
        assert expert.Cs[1] >= expert.C
    else:
        assert expert.penalty >= expert.penalties[1]


@pytest.mark.parametrize("kind", ["classes", "numbers", "survival"])
def test_wide_views_are_learned_from_in_the_span_of_the_patients(kind, view_of):
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(40, 1500)), np.arange(40) % 2
    X[:, :20] += labels[:, None]
    y = {
        "classes": labels,
        "numbers": X[:, 0],
        "survival": np.column_stack([0 * X[:, 0], rng.random(40), labels, 0 * labels]),
    }[kind]
    folds = stratified_folds(labels, n_splits=3, random_state=0)
    family, view, queries = LinearFamily(), view_of(X), rng.normal(size=(9, 1500))
    expected, expert = family.expert(kind, 0), family.expert(kind, 0)
    of_folds = family.cross_fit(expected, X, y, np.ones(40), folds)

    features = family.features(view, 0)
    table = features.of_training(view)
    in_span = family.cross_fit(expert, table, y, np.ones(40), folds)
    features.finish(expert, view)

    assert table.shape == (40, 40)
    assert expert.get_params() == expected.get_params()
    assert_allclose(expert.coef_, expected.coef_, atol=1e-6)
    assert_allclose(expert.predict(queries), expected.predict(queries), atol=1e-6)
    for own, other in zip(in_span, of_folds, strict=True):
        assert_allclose(own.predict(table), other.predict(X), atol=1e-5)


def test_narrow_views_are_learned_from_as_they_are(view_of):
    view = view_of(np.random.default_rng(0).normal(size=(40, 40)))

    assert LinearFamily().features(view, 0).of_training(view) is view.table
