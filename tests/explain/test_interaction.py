import numpy as np
import pytest
from common.cohorts import hide, make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.explain import interaction, modality_importance


@pytest.fixture(scope="module")
def classifier():
    X, y = make_patients()
    return make_classifier(gate=0.7).fit(X, y), X, y


def output(estimator, X, seen):
    seen = X.mask & np.asarray(seen, dtype=bool)
    if not seen.any():
        return estimator.baseline_
    return estimator.decision_function(hide(X, seen))[0]


def test_interaction_of_blocks_is_the_mean_second_difference(classifier):
    estimator, X, _ = classifier
    complete = np.flatnonzero(X.mask.all(axis=1))[:1]
    found = interaction(estimator, X[complete], ("rna", "clinical"))
    second = [
        output(estimator, X[complete], [[1, other, 1]])
        - output(estimator, X[complete], [[1, other, 0]])
        - output(estimator, X[complete], [[0, other, 1]])
        + output(estimator, X[complete], [[0, other, 0]])
        for other in (0, 1)
    ]
    assert_allclose(found.values[0, 0, 0], np.mean(second), atol=1e-9)


def test_all_pairs_have_nothing_where_a_block_is_missing(fitted):
    estimator, X, _ = fitted
    found = interaction(estimator, X)
    assert found.parts.tolist() == [
        ("rna", "protein"),
        ("rna", "clinical"),
        ("protein", "clinical"),
    ]
    for part, (a, b) in enumerate([(0, 1), (0, 2), (1, 2)]):
        assert not found.values[~X.mask[:, [a, b]].all(axis=1), part].any()
    alone = interaction(estimator, X[[6]])
    assert_allclose(alone.values[0], found.values[6], atol=1e-10)


def test_two_blocks_share_their_interaction_in_their_shapley_values(classifier):
    estimator, X, _ = classifier
    pair = X[(X.mask == [True, True, False]).all(axis=1)]
    found = interaction(estimator, pair, ("rna", "protein")).values[:, 0]
    shapley = modality_importance(estimator, pair, method="shapley").values[:, 0]
    alone = estimator.decision_function(hide(pair, pair.mask & [[True, False, False]]))
    alone = (alone - estimator.baseline_)[:, None]
    assert_allclose(shapley, alone + found / 2, atol=1e-9)


def test_interaction_of_features_is_the_second_difference(classifier):
    estimator, X, _ = classifier
    found = interaction(estimator, X, features=[("rna", "rna_1"), ("clinical", "age")])
    blocks = [dict(X.items()) for _ in range(4)]
    for some in (blocks[1], blocks[3]):
        some["rna"] = some["rna"].copy()
        some["rna"][:, 1] = np.nan
    for some in (blocks[2], blocks[3]):
        some["clinical"] = some["clinical"].assign(age=np.nan)
    whole, a, b, both = (
        estimator.decision_function(MultiModalData(some)) for some in blocks
    )
    has = X.mask[:, [0, 2]].all(axis=1)
    assert_allclose(found.values[has, 0, 0], (whole - a - b + both)[has], atol=1e-9)
    assert not found.values[~has].any()


def test_top_features_of_two_modalities_are_paired(classifier):
    estimator, X, _ = classifier
    found = interaction(estimator, X, ("rna", "protein"), features=2)
    assert len(found.parts) == 4
    assert found.parts.get_level_values(1).nunique() == 2
    assert found.top(1).iloc[0] > 0


@pytest.mark.parametrize(
    ("modalities", "features", "message"),
    [
        (("rna", "prot"), None, "no modality 'prot'"),
        (("rna", "rna"), None, "two different"),
        (None, 3, "pass them as modalities"),
        (("rna", "protein"), 21, "from 1 to 20"),
        (
            None,
            [("rna", "rna_99"), ("clinical", "age")],
            "no feature of 'rna' 'rna_99'",
        ),
        (None, [("rna", "rna_1")], "two pairs"),
    ],
)
def test_what_cannot_be_paired_is_refused(classifier, modalities, features, message):
    with pytest.raises(ValueError, match=message):
        interaction(*classifier[:2], modalities, features=features)
