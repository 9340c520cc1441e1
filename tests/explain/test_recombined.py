import numpy as np
import pytest
from common.cohorts import hide, make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import StandardScaler

from magnet_sklearn import MultiModalData
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.explain._recombined import RecombinedOutputs
from magnet_sklearn.preprocessing import ModalityTransformer


class FillFromOthers(TransformerMixin, BaseEstimator):
    """Impute a missing block from what else the patient has."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        filled = X["rna"].copy()
        lacks = np.isnan(filled).all(axis=1)
        filled[lacks] = np.nan_to_num(X["protein"][lacks]).mean(axis=1)[:, None]
        return MultiModalData({**dict(X.items()), "rna": filled}, index=X.index)


@pytest.fixture(
    scope="module",
    params=[
        None,
        ModalityTransformer({"protein": StandardScaler(), "rna": "drop"}),
        FillFromOthers(),
    ],
    ids=["default", "per modality", "jointly"],
)
def outputs(request):
    X, y = make_patients()
    X = MultiModalData({"rna": X["rna"], "protein": X["protein"]})[X.mask[:, 1]]
    y = y[: len(X)]
    model = make_classifier(gate=0.7, preprocessor=request.param).fit(X, y)
    model = ModelOutputs(model)
    return RecombinedOutputs(model, model.check(X))


def test_hidden_blocks_are_as_if_missing_whatever_the_preprocessing(outputs):
    X = outputs.X
    seen = np.random.default_rng(0).random(X.shape) < 0.6
    sources = np.where(seen, outputs.sources(np.arange(len(X))), -1)
    expected = outputs.model(hide(X, seen))
    assert_allclose(outputs(sources), expected, atol=1e-10)


def test_blocks_of_other_patients_are_as_if_own(outputs):
    X, donors = outputs.X, np.arange(len(outputs.X))[::-1]
    own = outputs.sources(np.arange(len(X)))
    own[:, 0] = donors
    swapped = MultiModalData({"rna": X["rna"][donors], "protein": X["protein"]})
    assert_allclose(outputs(own), outputs.model(swapped), atol=1e-10)
    again = outputs.patients(own)
    assert_allclose(again["rna"], swapped["rna"])
    assert (again.mask == swapped.mask).all()


def test_progress_bar_counts_predictions(outputs, capsys):
    shown = RecombinedOutputs(outputs.model, outputs.X, verbose=1)
    with shown.progress(3, "a test"):
        shown(shown.sources(np.arange(3)))
    assert "3/3" in capsys.readouterr().err
