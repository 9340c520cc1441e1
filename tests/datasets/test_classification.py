import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal
from sklearn.metrics import log_loss

from magnet_sklearn.datasets import make_multimodal_classification


def test_optimal_prediction_is_bayes_rule_over_all_features():
    made = make_multimodal_classification(
        40_000,
        n_features={"rna": 8, "ct": 5},
        n_informative={"rna": 4, "ct": 3},
        n_classes=3,
        class_sep=1.0,
        correlation=0.4,
        return_X_y=False,
        random_state=0,
    )
    likelihood = np.ones((20, 3))
    for block in made.data.values():
        for k in range(3):  # means and covariance of thousands of patients
            inside = block[made.target == k]
            pooled = block - block.groupby(made.target).transform("mean")
            density = multivariate_normal(inside.mean(), pooled.cov())
            likelihood[:, k] *= density.pdf(block[:20])

    expected = likelihood / likelihood.sum(axis=1, keepdims=True)
    assert_allclose(made.optimal_prediction[:20], expected, atol=0.05)


def test_more_missing_blocks_leave_less_to_know():
    losses = []
    for missing in (0.0, 0.5):
        made = make_multimodal_classification(
            2000, missing=missing, return_X_y=False, random_state=0
        )
        losses.append(log_loss(made.target, made.optimal_prediction))

    assert losses[0] < losses[1] < np.log(2)


def test_classes_are_of_equal_size_and_the_same_seed_gives_the_same_cohort():
    first, again = (
        make_multimodal_classification(90, n_classes=3, missing=0.3, random_state=1)
        for _ in range(2)
    )

    assert np.bincount(first[1]).tolist() == [30, 30, 30]
    assert first[0]["rna"].equals(again[0]["rna"])
    assert first[1].tolist() == again[1].tolist()


def test_wrong_parameters_are_named():
    with pytest.raises(ValueError, match="missing_mechanism"):
        make_multimodal_classification(missing_mechanism="mnar")
    with pytest.raises(ValueError, match="Did you mean 'rna'"):
        make_multimodal_classification(n_informative={"rnaa": 3})
    with pytest.raises(ValueError, match="nothing can be learned"):
        make_multimodal_classification(n_informative=0)
