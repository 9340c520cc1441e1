"""What every estimator does in the same way."""

import pickle

import numpy as np
import pytest
from common.checks import all_answers
from common.cohorts import make_patients, without_data
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

KINDS = [
    "no-early-stopping",
    "MultiModalGNNRegressor-bare",
    "MagnetSurvivalAnalysis-bare",
    "MagnetMultiTask-bare",
]


@pytest.fixture(scope="module", params=KINDS)
def fitted(request):
    estimator = clone(INSTANCES[request.param]).set_params(max_epochs=1)
    return estimator.fit(*target_for(estimator))


@pytest.mark.parametrize("method", ["predict", "transform", "get_feature_names_out"])
def test_nothing_is_answered_before_fit(fitted, method):
    with pytest.raises(NotFittedError):
        getattr(clone(fitted), method)(make_patients()[0])


def test_columns_of_the_embeddings_are_named_after_the_class(fitted):
    names = fitted.get_feature_names_out()

    embeddings = fitted.transform(make_patients()[0])
    assert embeddings.shape == (42, len(names)) == (42, fitted.n_members_ * 8)
    assert names[-1] == f"{type(fitted).__name__.lower()}{len(names) - 1}"


def test_baseline_is_the_output_for_a_patient_without_data(fitted):
    X = without_data(make_patients()[0][:2])

    with pytest.warns(UserWarning, match="1 of 3 patients have no observed modality"):
        outputs = fitted._predicted(X).outputs[-1]

    scale = fitted._model.target.output_scale()
    assert_allclose(fitted.baseline_, np.squeeze(outputs @ scale.weights + scale.shift))


def test_what_the_attributes_show_is_of_the_fitted_model(fitted):
    ensemble = fitted._model.ensemble

    assert fitted.net_ is fitted.nets_[0]
    assert fitted.n_members_ == len(fitted.nets_) == 2
    assert fitted.offset_ is fitted.offsets_[0]
    assert fitted.gates_ is ensemble.gates_
    assert fitted.graph_summary_ == ensemble.graph_.graph_summary_
    assert fitted.feature_graph_ is None


def test_without_a_graph_there_are_no_figures_of_it():
    clf = make_classifier(graph=None, max_epochs=1).fit(*make_patients())

    assert clf.graph_summary_ is None


def test_pickle_of_another_version_is_refused(fitted):
    (mark,) = set(fitted.__getstate__()) - {*vars(fitted), "_sklearn_version"}

    state = {**fitted.__getstate__(), mark: -1}

    with pytest.raises(
        ValueError, match="pickled by another version of magnet_sklearn"
    ):
        clone(fitted).__setstate__(state)


def test_pickle_answers_the_same_and_shows_no_mark(fitted):
    X = make_patients(seed=1)[0]

    copied = pickle.loads(pickle.dumps(fitted))

    assert set(vars(copied)) == set(vars(fitted))
    assert_array_equal(all_answers(copied, X), all_answers(fitted, X))


def test_warm_start_goes_on_only_from_a_fit():
    X, y = make_patients()
    clf = make_classifier(warm_start=True, max_epochs=2, early_stopping=False)

    first = len(clf.fit(X, y).net_.history)
    second = len(clf.fit(X, y).net_.history)
    anew = len(clf.set_params(warm_start=False).fit(X, y).net_.history)

    assert (first, second, anew) == (2, 4, 2)


def test_features_of_a_flat_frame_are_forgotten_by_a_fit_without_names():
    X, y = make_patients()
    flat = X.to_frame()[["rna", "protein"]].droplevel(0, axis=1).add_prefix("x")
    flat.columns = [f"x{n}" for n in range(flat.shape[1])]
    clf = make_classifier(max_epochs=1, experts=None)
    with pytest.warns(UserWarning, match="no observed modality"):
        clf.fit(flat, y)
    assert clf.feature_names_in_.tolist() == list(flat)

    clf.fit(X, y)

    assert not hasattr(clf, "feature_names_in_")
    assert clf.n_features_in_ == 12
