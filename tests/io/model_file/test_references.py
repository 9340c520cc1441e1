import numpy as np
import pytest
from common.cohorts import make_patients
from common.damaged_files import members_of
from common.instances import make_classifier
from sklearn.exceptions import NotFittedError

from magnet_sklearn.explain import neighbor_influence
from magnet_sklearn.io import describe_model, load_model, save_model


@pytest.fixture(scope="module")
def data():
    return make_patients()


@pytest.fixture(scope="module")
def fitted(data):
    estimator = make_classifier(experts=["linear", "forest"], gate=1.0, max_epochs=2)
    return estimator.fit(*data)


def test_embeddings_predict_the_same_and_hold_no_outcomes(fitted, data, tmp_path):
    X, _ = data
    save_model(fitted, tmp_path / "m.zip", references="embeddings")

    loaded = load_model(tmp_path / "m.zip")

    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    assert len(loaded.offset_.training_outputs_) == 0
    assert len(loaded.offset_.experts_.training_evidence_.values[0]) == 0
    assert np.isnan(loaded._model.ensemble.held_out_).all()
    assert loaded._model.holdout.fits == ()
    assert neighbor_influence(loaded, X[0]).equals(neighbor_influence(fitted, X[0]))
    with pytest.raises(NotFittedError, match="compact"):
        loaded.set_params(warm_start=True).fit(*data)


def test_saved_estimator_keeps_what_it_has(fitted, tmp_path):
    save_model(fitted, tmp_path / "m.zip", references="embeddings")

    assert len(fitted.offset_.training_outputs_) == 42
    assert not np.isnan(fitted._model.ensemble.held_out_).all()


def test_none_holds_no_references_and_says_what_it_costs(fitted, data, tmp_path):
    X, _ = data
    with pytest.warns(UserWarning, match="predictions of the saved model differ"):
        save_model(fitted, tmp_path / "m.zip", references="none")

    loaded = load_model(tmp_path / "m.zip")

    assert loaded._model.ensemble.graph_ is None
    assert loaded.gates_.tolist() == [1.0, 0.0]
    # what remains is the model without what the graph adds
    parts = fitted.contributions(X).drop(columns="graph").sum(axis=1)
    found = loaded.contributions(X).sum(axis=1)
    np.testing.assert_allclose(found, parts, atol=1e-12)


def test_none_of_closed_gates_predicts_the_same(data, tmp_path):
    X, y = data
    estimator = make_classifier(experts="linear", gate=0.0).fit(X, y)
    save_model(estimator, tmp_path / "m.zip", references="none")

    loaded = load_model(tmp_path / "m.zip")

    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))


def test_contents_say_less_where_there_is_less(fitted, tmp_path):
    words = {
        "all": ["Out-of-fold", "Coordinates of 42", "Held-out", "Digests of 42"],
        "embeddings": ["Coordinates of 42"],
    }
    for references, expected in words.items():
        path = tmp_path / f"{references}.zip"
        save_model(fitted, path, references=references)
        text = "\n".join(describe_model(path).contents)
        for word in words["all"]:
            assert (word in text) == (word in expected)
        assert text in members_of(path)["README.md"].decode().replace("\n- ", "\n")
