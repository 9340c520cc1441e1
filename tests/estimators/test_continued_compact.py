"""A compact copy predicts the same and says what it has given up."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
from common.checks import all_answers
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

GIVEN_UP = r"compact\(\) has given up"


@pytest.fixture(scope="module")
def cohort():
    X, y = target_for(make_classifier())
    return X, y


@pytest.fixture(scope="module")
def closed(cohort):
    return make_classifier(gate=0.0).fit(*cohort)


@pytest.fixture(scope="module")
def opened(cohort):
    return make_classifier(gate=1.0).fit(*cohort)


def _predictions(estimator, X):
    answers = {"contributions": estimator.contributions(X).to_numpy()}
    for name in ("predict", "predict_proba", "predict_survival_function"):
        if hasattr(estimator, name):
            answers[name] = np.asarray(getattr(estimator, name)(X))
    return answers


@pytest.mark.parametrize(
    "kind",
    [
        "early-stopping",
        "MultiModalGNNRegressor",
        "MagnetSurvivalAnalysis",
        "MagnetMultiTask",
    ],
)
@pytest.mark.parametrize("gate", [0.0, 1.0])
def test_a_compact_copy_predicts_the_same(kind, gate):
    estimator = clone(INSTANCES[kind]).set_params(gate=gate)
    X, y = target_for(estimator)
    estimator.fit(X, y)
    expected = _predictions(estimator, X)

    compact = estimator.compact()

    for copied in (compact, pickle.loads(pickle.dumps(compact)), deepcopy(compact)):
        for name, values in _predictions(copied, X).items():
            assert_array_equal(values, expected[name])
        assert_frame_equal(copied.summary_, estimator.summary_)
        assert_array_equal(copied.gates_, estimator.gates_)
        assert copied.n_members_ == estimator.n_members_
        assert copied.graph_summary_ == estimator.graph_summary_
    assert len(pickle.dumps(compact)) < len(pickle.dumps(estimator))


def test_a_copy_of_an_open_model_embeds_as_before(opened, cohort):
    assert_array_equal(
        all_answers(opened.compact(), cohort[0]), all_answers(opened, cohort[0])
    )


def test_without_an_open_branch_along_it_the_graph_is_given_up(cohort):
    clf = make_classifier(gate=1.0).fit(*cohort)
    clf._model.ensemble.gates_ = np.array([1.0, 0.0])

    compact = clf.compact()

    assert compact._model.ensemble.graph_ is None
    assert compact._model.ensemble.reference_states_ == []
    assert compact.graph_summary_ == clf.graph_summary_
    assert_array_equal(compact.predict_proba(cohort[0]), clf.predict_proba(cohort[0]))


@pytest.mark.filterwarnings("ignore:All gates of this")
@pytest.mark.parametrize("method", ["transform", "attention_weights"])
def test_methods_of_the_networks_say_that_these_were_given_up(closed, cohort, method):
    with pytest.raises(NotFittedError, match=GIVEN_UP):
        getattr(closed.compact(), method)(cohort[0])

    getattr(closed, method)(cohort[0])


def test_networks_of_a_closed_model_are_given_up(closed):
    compact = closed.compact()

    with pytest.raises(NotFittedError, match=GIVEN_UP):
        compact.nets_  # noqa: B018
    assert not hasattr(compact, "net_")
    assert len(pickle.dumps(compact._model.ensemble)) < 2000


@pytest.mark.parametrize("name", ["closed", "opened"])
def test_no_training_goes_on_from_a_compact_copy(name, cohort, request):
    X, y = cohort
    compact = request.getfixturevalue(name).compact()

    with pytest.raises(NotFittedError, match=GIVEN_UP):
        compact.add_modality({**X, "new": np.zeros((len(y), 1))}, y)
    with pytest.raises(NotFittedError, match=GIVEN_UP):
        compact.set_params(warm_start=True).fit(X, y)


def test_a_compact_copy_can_be_fitted_anew_and_made_compact_again(closed, cohort):
    compact = closed.compact().compact()
    expected = closed.predict_proba(cohort[0])

    assert_array_equal(compact.predict_proba(cohort[0]), expected)
    assert compact.fit(*cohort).transform(cohort[0]).shape == (len(cohort[1]), 16)
    assert_array_equal(compact.predict_proba(cohort[0]), expected)


def test_an_unfitted_estimator_cannot_be_made_compact():
    with pytest.raises(NotFittedError):
        make_classifier().compact()
