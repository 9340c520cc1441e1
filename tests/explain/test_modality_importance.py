import numpy as np
import pandas as pd
import pytest
from common.cohorts import hide, make_patients, without_data
from common.instances import make_classifier
from numpy.testing import assert_allclose
from sklearn.metrics import get_scorer

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.explain import modality_importance
from magnet_sklearn.explain._model_outputs import ModelOutputs

METHODS = ["contributions", "shapley", "ablation", "permutation"]


@pytest.fixture(scope="module")
def classifier():
    X, y = make_patients()
    return make_classifier(gate=0.7).fit(X, y), X, y


def informative(seed):
    """Three blocks, of which the second tells the classes; blocks are missing."""
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=90)
    X = {name: rng.normal(size=(90, 8)) for name in ("rna", "protein", "mirna")}
    X["protein"][:, :3] += 1.2 * y[:, None]
    seen = rng.random((90, 3)) < 0.8
    seen[~seen.any(axis=1)] = True
    return hide(MultiModalData(X), seen), y


@pytest.mark.parametrize("method", ["contributions", "shapley"])
def test_values_and_base_sum_to_the_output_of_each_task(fitted, method):
    estimator, X, _ = fitted
    model = ModelOutputs(estimator)
    found = modality_importance(estimator, X, method=method)
    assert_allclose(found.predictions(), model(model.check(X)), rtol=0, atol=1e-9)
    assert list(found.outputs) == model.names
    assert list(found.units) == model.units


@pytest.mark.parametrize("method", METHODS)
def test_missing_blocks_have_exactly_nothing(fitted, method):
    estimator, X, _ = fitted
    found = modality_importance(estimator, X, method=method)
    assert not found.values[:, : X.shape[1]][~X.mask].any()


@pytest.mark.parametrize("method", METHODS[:3])
def test_a_patient_alone_gets_the_same_explanation(fitted, method):
    estimator, X, _ = fitted
    together = modality_importance(estimator, X[:12], method=method)
    for row in (0, 7):
        alone = modality_importance(estimator, X[[row]], method=method)
        assert_allclose(alone.values[0], together.values[row], rtol=0, atol=1e-10)
        assert list(alone.index) == [X.index[row]]


def test_ablation_is_the_output_less_that_without_the_block(fitted):
    estimator, X, _ = fitted
    model = ModelOutputs(estimator)
    found = modality_importance(estimator, X, method="ablation")
    without = np.ones(X.shape, dtype=bool)
    without[:, 1] = False
    expected = model(X) - model(hide(X, without & X.mask))
    assert_allclose(found.values[:, 1], expected, atol=1e-10)
    assert found.base_values is None


def test_a_patient_with_one_block_owes_it_the_whole_output(classifier):
    estimator, X, _ = classifier
    only = X.mask.sum(axis=1) == 1
    found = modality_importance(estimator, X[only], method="shapley")
    gain = estimator.decision_function(X[only]) - estimator.baseline_
    assert_allclose(found.values.sum(axis=2)[X.mask[only]], gain, atol=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_a_patient_without_data_has_the_baseline_only(classifier, method):
    estimator, X, _ = classifier
    found = modality_importance(estimator, without_data(X)[[-1]], method=method)
    assert not found.values.any()


@pytest.mark.parametrize("scoring", [None, "roc_auc", "neg_log_loss"])
def test_scores_say_what_the_cohort_loses(classifier, scoring):
    estimator, X, y = classifier
    scorer = estimator.score if scoring is None else get_scorer(scoring)
    args = () if scoring is None else (estimator,)
    without = np.ones(X.shape, dtype=bool)
    without[:, 2] = False
    has_more = (X.mask & without).any(axis=1)  # or predict warns of empty patients
    X, y = X[has_more], y[has_more]
    lost = scorer(*args, X, y) - scorer(*args, hide(X, without[has_more] & X.mask), y)

    found = modality_importance(estimator, X, y, method="ablation", scoring=scoring)

    assert found.scores.loc["clinical", "mean"] == pytest.approx(lost)
    assert list(found.scores.index) == list(X)


def test_permutation_scores_have_a_spread_and_are_drawn_from_the_seed(classifier):
    estimator, X, y = classifier
    found, again, other = (
        modality_importance(
            estimator, X, y, method="permutation", n_repeats=3, random_state=seed
        )
        for seed in (0, 0, 1)
    )
    assert (found.scores["sd"] > 0).any()
    pd.testing.assert_frame_equal(found.scores, again.scores)
    assert not np.array_equal(found.values, other.values)


def test_scores_of_all_tasks_need_no_scoring(fitted):
    estimator, X, y = fitted
    found = modality_importance(estimator, X, y, method="ablation")
    assert np.isfinite(found.scores["mean"]).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_informative_modality_comes_first(seed):
    X, y = informative(seed)
    model = MagnetClassifier(random_state=seed, ensemble_size=2, max_epochs=3)
    model.set_params(n_iter_no_change=3, gate=0.5, experts="linear").fit(X, y)
    for method in METHODS:
        found = modality_importance(model, X, y, method=method, n_repeats=2)
        assert found.top(1).index[0] == "protein"
        if found.scores is not None:
            assert found.scores["mean"].idxmax() == "protein"


def test_patients_of_y_are_those_of_X(classifier):
    estimator, X, y = classifier
    X = MultiModalData(dict(X.items()), index=[f"p{row}" for row in range(len(X))])
    y = pd.Series(y, index=X.index[::-1])
    with pytest.raises(ValueError, match="another order"):
        modality_importance(estimator, X, y, method="ablation")


def test_unknown_methods_are_named(classifier):
    with pytest.raises(ValueError, match="method.*attention"):
        modality_importance(*classifier[:2], method="attention")
