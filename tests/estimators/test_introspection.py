"""What a fitted estimator says of itself is so."""

import warnings

import numpy as np
import pandas as pd
import pytest
from common.cohorts import PATTERNS, hide, make_blocks, make_patients, without_data
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from magnet_sklearn import MagnetClassifier, MultiModalData

OPENED = {
    "classifier": make_classifier(gate=0.7),
    "no-graph": make_classifier(gate=0.7, graph=None),
    "own-wiring": make_classifier(skip_connection=False),
    "no-experts": make_classifier(experts=None),
    **{name: INSTANCES[name] for name in INSTANCES if name.startswith("Magnet")},
    "regressor": INSTANCES["MultiModalGNNRegressor"].set_params(gate=0.5),
}


@pytest.fixture(scope="module", params=OPENED)
def fitted(request):
    estimator = clone(OPENED[request.param])
    return estimator.fit(*target_for(estimator))


def outputs_of(estimator, X):
    """Outputs of the model as users read them."""
    scale = estimator._model.target.output_scale()
    return estimator._predicted(X).outputs @ scale.weights + scale.shift


def every_pattern():
    return hide(
        MultiModalData(make_blocks(1, seed=1)[0])[[0] * len(PATTERNS)], PATTERNS
    )


@pytest.mark.filterwarnings("ignore:.*have no observed modality")
def test_contributions_and_baseline_sum_to_the_output_for_every_pattern(fitted):
    X = without_data(every_pattern())

    parts = fitted.contributions(X)

    values = parts.to_numpy().reshape(len(X), X.shape[1] + 3, -1)
    total = values.sum(axis=1) + np.atleast_1d(fitted.baseline_)
    assert_allclose(total, outputs_of(fitted, X), atol=1e-9)


def test_a_missing_modality_contributes_exactly_nothing(fitted):
    X = every_pattern()

    parts = fitted.contributions(X).to_numpy().reshape(len(X), X.shape[1] + 3, -1)

    assert_array_equal(parts[:, : X.shape[1]][~X.mask], 0)


def test_contributions_do_not_depend_on_the_batch(fitted):
    X = make_patients(seed=1)[0]

    together = fitted.contributions(X)

    alone = pd.concat([fitted.contributions(X[[row]]) for row in range(len(X))])
    assert_allclose(together.to_numpy(), alone.to_numpy(), atol=1e-8)


def test_contributions_of_two_classes_sum_to_the_decision_function():
    X, y = make_patients()
    clf = make_classifier().fit(X, y)

    parts = clf.contributions(X)

    assert parts.columns.tolist() == [*X, "joint", "network", "graph"]
    assert_allclose(parts.sum(axis=1) + clf.baseline_, clf.decision_function(X))


def test_contributions_to_several_outputs_have_two_levels():
    X, y = make_patients(n_classes=3)
    clf = make_classifier().fit(X, y)

    parts = clf.contributions(X)

    assert parts.columns.names == ["part", "output"]
    assert_allclose(
        parts.T.groupby(level="output").sum().T + clf.baseline_,
        clf.decision_function(X),
    )


def test_summary_names_everybody_who_speaks(fitted):
    summary = fitted.summary_

    gates = summary[summary["part"] == "gate"]
    assert_allclose(gates["value"], np.ravel(fitted.gates_, order="F"))
    if fitted.experts is not None:
        weights = summary[summary["part"] == "family"].groupby("task")["value"].sum()
        assert_allclose(weights, 1)
    seconds = summary[summary["part"] == "seconds"]
    assert (seconds["value"] > 0).all()
    assert "gate" in fitted._repr_html_()


def test_gain_is_the_held_out_log_likelihood_that_the_networks_add():
    X, y = make_patients(84)
    clf = make_classifier(gate=1.0, ensemble_size=5, max_epochs=20).fit(X, y)

    row = clf.summary_[clf.summary_["part"] == "gain of networks"].iloc[0]

    experts = clf._model.experts.training_outputs()

    def log_likelihood(logits):
        shifted = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return shifted[np.arange(len(y)), y].sum()

    with_networks = clf._model.ensemble.held_out_
    expected = log_likelihood(with_networks) - log_likelihood(experts)
    assert_allclose(row["value"], expected, rtol=1e-6)
    assert row["standard_error"] > 0


def test_gate_sets_the_weight_of_all_branches():
    X, y = make_patients()

    clf = make_classifier(gate=0.25).fit(X, y)

    assert_array_equal(clf.gates_, [0.25, 0.25])
    assert np.abs(clf.contributions(X)[["network", "graph"]]).to_numpy().max() > 0


def closed():
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    X = {"rna": rng.normal(size=(80, 3)) + 3 * y[:, None]}
    clf = make_classifier(max_epochs=6, n_iter_no_change=5)
    return clf, X, y


def test_fit_names_parameters_without_influence():
    clf, X, y = closed()

    with pytest.warns(
        UserWarning, match=r"All gates closed.*without influence.*hidden_dim"
    ):
        clf.fit(X, y)

    assert not clf.gates_.any()


def test_a_trial_run_shorter_than_the_patience_is_not_warned_of():
    clf, X, y = closed()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf.set_params(max_epochs=5).fit(X, y)

    assert not clf.gates_.any()


def test_defaults_are_not_warned_of():
    _, X, y = closed()
    clf = MagnetClassifier(random_state=0, validation_fraction=0.5)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf.fit(X, y)

    assert not clf.gates_.any()


@pytest.mark.parametrize("method", ["attention_weights", "transform"])
def test_what_no_prediction_depends_on_comes_with_a_warning(method):
    clf, X, y = closed()
    clf.fit(X, y)

    with pytest.warns(UserWarning, match="All gates of this MagnetClassifier are clos"):
        getattr(clf, method)(X)


def test_verbose_closes_with_a_line_of_who_speaks(capsys):
    clf, X, y = closed()

    clf.set_params(verbose=1).fit(X, y)

    assert "[MagnetClassifier] experts: linear" in capsys.readouterr().out
