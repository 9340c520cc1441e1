"""What holds for every estimator; each check takes a fitted one."""

import copy
import pickle
import warnings
from itertools import combinations

import numpy as np
import pytest
from common.cohorts import PATTERNS, hide, without_data
from common.instances import patients_for, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from magnet_sklearn import MultiModalData

ANSWERS = (
    "predict_proba",
    "decision_function",
    "predict",
    "transform",
    "attention_weights",
)


def all_answers(estimator, X):
    """What an estimator says about patients, one wide row each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*no observed modality", UserWarning)
        parts = [
            np.asarray(getattr(estimator, name)(X))
            for name in ANSWERS
            if hasattr(estimator, name)
        ]
    return np.column_stack(parts)


def check_patient_alone_gets_same_answer(estimator):
    X = without_data(patients_for(estimator, 14, seed=1)[0])

    alone = np.vstack([all_answers(estimator, X[[row]]) for row in range(len(X))])

    assert_allclose(all_answers(estimator, X), alone, atol=1e-8)


def check_order_and_batch_size_do_not_matter(estimator):
    X = without_data(patients_for(estimator, seed=1)[0])
    order = np.random.default_rng(0).permutation(len(X))
    in_small_batches = clone_fitted(estimator).set_params(batch_size=4)

    expected = all_answers(estimator, X)[order]

    assert_allclose(all_answers(in_small_batches, X[order]), expected, atol=1e-8)


def check_patient_without_data_changes_nobody(estimator):
    X = patients_for(estimator, seed=1)[0]

    among_empty = all_answers(estimator, without_data(X, 3))[: len(X)]

    assert_allclose(among_empty, all_answers(estimator, X), atol=1e-8)


def check_patient_without_data_gets_the_average(estimator):
    X = without_data(patients_for(estimator, seed=1)[0][:2])
    target = estimator._model.target
    encoded = target.encode(target.check(target_for(estimator)[1]))
    expected = target.loss.baseline(encoded, np.ones(len(encoded)))

    with pytest.warns(UserWarning, match="1 of 3 patients have no observed modality"):
        outputs = estimator._predicted(X).outputs

    assert_allclose(outputs[2], expected, atol=1e-12)
    assert_array_equal(estimator.transform(X)[2], 0)
    assert_array_equal(estimator.attention_weights(X).iloc[2], 0)


def check_every_pattern_gives_an_answer_of_its_own(estimator):
    X = patients_for(estimator, seed=1)[0]
    complete = np.flatnonzero(X.mask.all(axis=1))[0]
    X = hide(X[[complete] * len(PATTERNS)], PATTERNS)

    outputs = estimator._predicted(X).outputs

    assert np.isfinite(outputs).all()
    assert np.isfinite(estimator.transform(X)).all()
    assert all((a != b).any() for a, b in combinations(outputs, 2))


def check_order_of_modalities_does_not_matter(estimator):
    X = patients_for(estimator, seed=1)[0]
    reordered = MultiModalData({name: X[name] for name in reversed(list(X))})

    assert_array_equal(all_answers(estimator, reordered), all_answers(estimator, X))


def check_attention_is_a_distribution_over_observed_modalities(estimator):
    X = patients_for(estimator, seed=1)[0]

    weights = estimator.attention_weights(X)

    assert weights.columns.tolist() == list(X)
    assert_array_equal(weights.to_numpy() > 0, X.mask)
    assert_allclose(weights.sum(axis=1), 1)


def check_seed_gives_same_bits(estimator):
    again = clone(estimator).fit(*target_for(estimator))
    X = patients_for(estimator, seed=1)[0]

    assert_array_equal(all_answers(again, X), all_answers(estimator, X))


def check_copies_give_same_bits(estimator):
    X = patients_for(estimator, seed=1)[0]
    expected = all_answers(estimator, X)

    for fitted_copy in (copy.deepcopy(estimator), clone_fitted(estimator)):
        assert_array_equal(all_answers(fitted_copy, X), expected)


def check_patient_of_weight_zero_is_a_patient_left_out(estimator):
    X, y = target_for(estimator)
    weight = np.ones(len(y))
    weight[[3, 10, 17]] = 0
    kept = weight > 0

    weighted = clone(estimator).fit(X, y, sample_weight=weight)
    reduced = clone(estimator).fit(X[kept], _safe_indexing(y, kept))

    queries = patients_for(estimator, seed=1)[0]
    assert_array_equal(all_answers(weighted, queries), all_answers(reduced, queries))


def check_networks_take_part_in_the_answer(estimator):
    X = patients_for(estimator, seed=1)[0]
    if estimator.early_stopping and estimator.experts is not None:
        return  # no gate has to open where the experts say it all

    outputs = estimator._embed(estimator._prepare(X)).outputs

    assert np.ptp(outputs, axis=0).max() > 1e-3


def clone_fitted(estimator):
    """Return a copy that knows all the estimator learned, by pickle."""
    return pickle.loads(pickle.dumps(estimator))


CHECKS = [check for name, check in globals().items() if name.startswith("check_")]
