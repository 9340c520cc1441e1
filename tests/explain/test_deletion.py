import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn.explain import deletion_curve, feature_attribution


@pytest.fixture(scope="module", params=[2, 3])
def fitted(request):
    X, y = make_patients(60, n_classes=request.param)
    return make_classifier(gate=0.0).fit(X, y), X


def random_order(X, parts):
    values = np.random.default_rng(0).random((len(X), len(parts)))
    return pd.DataFrame(values, X.index, parts)


def test_curves_start_at_the_prediction_and_end_at_the_baseline(fitted):
    model, X = fitted
    explanation = feature_attribution(model, X)
    curve = deletion_curve(model, X, explanation, n_steps=4)
    assert [*curve] == [0, 0.25, 0.5, 0.75, 1]
    decision = model.decision_function(X)
    if decision.ndim == 1:
        expected = np.sign(decision) * (decision - model.baseline_)
    else:
        change = decision - model.baseline_
        best = change[np.arange(len(X)), decision.argmax(axis=1)]
        expected = best - (change.sum(axis=1) - best) / 2
    assert_allclose(curve[0], expected, atol=1e-9)
    assert_allclose(curve[1], 0, atol=1e-9)
    inserted = deletion_curve(model, X, explanation, insertion=True, n_steps=4)
    assert_allclose(inserted[1], curve[0], atol=1e-9)


def test_features_in_the_order_of_attribution_go_faster_than_at_random(fitted):
    model, X = fitted
    explanation = feature_attribution(model, X)
    ours = deletion_curve(model, X, explanation, n_steps=5).mean(axis=1)
    order = random_order(X, explanation.parts)
    less = deletion_curve(model, X, order, n_steps=5).mean(axis=1) - ours
    assert less.mean() > 2 * less.std() / np.sqrt(len(less))


def test_blocks_are_taken_away_as_a_whole(fitted):
    model, X = fitted
    explanation = feature_attribution(model, X).by_modality()
    curve = deletion_curve(model, X, explanation, n_steps=3)
    order = random_order(X, explanation.parts)
    assert curve.mean(axis=None) < deletion_curve(model, X, order).mean(axis=None)


def test_other_patients_and_parts_are_refused(fitted):
    model, X = fitted
    explanation = feature_attribution(model, X[:5])
    with pytest.raises(ValueError, match="5 patients that are not the 60 of X"):
        deletion_curve(model, X, explanation)
    order = random_order(X, pd.Index(["rna", "lipids"]))
    with pytest.raises(ValueError, match="lipids"):
        deletion_curve(model, X, order)
    with pytest.raises(ValueError, match="no output 'relapse'"):
        deletion_curve(model, X, order, output="relapse")
