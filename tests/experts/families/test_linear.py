"""Ridge regression: logistic, linear and Cox."""

import numpy as np
import pytest

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
