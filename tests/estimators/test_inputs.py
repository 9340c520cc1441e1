"""From what users pass as X to preprocessed patients."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import feature_graph, make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from magnet_sklearn._estimators._inputs import InputPipeline
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.preprocessing import ModalityTransformer

ESTIMATOR = make_classifier()
NEW = InputPipeline(None, None, None)


@pytest.fixture(scope="module")
def patients():
    return make_patients()[0]


@pytest.fixture(scope="module")
def fitted(patients):
    learned, X = NEW.learn(ESTIMATOR, patients)
    return learned.fit_transform(X, None)[0]


def without(X, name):
    return MultiModalData({key: X[key] for key in X if key != name}, X.index)


def test_learning_returns_another_pipeline_and_writes_nowhere(patients):
    before, attributes = asdict(NEW), set(vars(ESTIMATOR))

    learned, X = NEW.learn(ESTIMATOR, patients)

    assert asdict(NEW) == before
    assert set(vars(ESTIMATOR)) == attributes
    assert list(learned.blocks) == list(X) == ["rna", "protein", "clinical"]
    assert learned.new_modalities == ("rna", "protein", "clinical")
    assert learned.n_features_in == 12


def test_features_of_images_are_all_their_values():
    learned, _ = NEW.learn(
        ESTIMATOR, {"ct": np.ones((5, 2, 3)), "age": np.ones((5, 1))}
    )

    assert learned.n_features_in == 7


def test_flat_frame_keeps_its_names_and_is_checked_by_them():
    frame = pd.DataFrame(np.eye(6)[:, :4], columns=list("abcd"))
    modalities = {"rna": ["a", "b"], "protein": ["c"]}
    pipeline = InputPipeline({**modalities, "age": ["d"]}, None, None)

    learned, X = pipeline.learn(ESTIMATOR, frame)

    assert learned.feature_names_in.tolist() == list("abcd")
    assert not hasattr(ESTIMATOR, "feature_names_in_")
    assert learned.n_features_in == 4
    assert list(learned.check(ESTIMATOR, frame)) == list(X)
    with pytest.raises(ValueError, match="feature names"):
        learned.check(ESTIMATOR, frame.rename(columns={"d": "e"}))


def test_flat_array_of_another_width_is_refused():
    learned, _ = NEW.learn(ESTIMATOR, np.eye(6)[:, :4])
    assert not hasattr(ESTIMATOR, "n_features_in_")

    with pytest.raises(ValueError, match="X has 3 features.*expecting 4"):
        learned.check(ESTIMATOR, np.ones((2, 3)))


def test_check_gives_modalities_of_fit_in_their_order(fitted, patients):
    reordered = {name: patients[name] for name in ("clinical", "rna")}

    X = fitted.check(ESTIMATOR, reordered)

    assert list(X) == ["rna", "protein", "clinical"]
    assert not X.mask[:, 1].any()
    assert_array_equal(X["rna"], patients["rna"])


def test_check_refuses_a_modality_that_fit_did_not_see(fitted, patients):
    with pytest.raises(ValueError, match="'image'.*MagnetClassifier"):
        fitted.check(ESTIMATOR, {**dict(patients.items()), "image": np.ones((42, 2))})


def test_reading_learns_once_and_checks_afterwards(fitted, patients):
    learned, _ = NEW.read(ESTIMATOR, patients)
    again, X = fitted.read(ESTIMATOR, without(patients, "protein"))

    assert list(learned.blocks) == list(patients)
    assert again is fitted
    assert list(X) == list(patients)


def test_extending_keeps_known_modalities_and_their_preprocessing(patients):
    before = without(patients, "clinical")
    learned, X = NEW.learn(ESTIMATOR, before)
    fitted, known = learned.fit_transform(X, None)

    extended = NEW.extending(fitted, ESTIMATOR, patients)
    X = extended.check(ESTIMATOR, patients)
    grown, transformed = extended.fit_transform(X, None)

    assert extended.new_modalities == ("clinical",)
    assert list(grown.blocks) == ["rna", "protein", "clinical"]
    assert grown.new_modalities == ()
    for name in ("rna", "protein"):
        assert_array_equal(transformed[name], known[name])
    assert list(fitted.blocks) == ["rna", "protein"]


def test_extending_counts_features_of_modalities_left_out(fitted, patients):
    X = {"rna": patients["rna"], "image": np.ones((42, 5))}

    extended = NEW.extending(fitted, ESTIMATOR, X)

    assert list(extended.blocks) == ["rna", "protein", "clinical", "image"]
    assert extended.n_features_in == 12 + 5


def test_extending_needs_a_new_modality_that_some_patient_has(fitted, patients):
    empty = {**dict(patients.items()), "image": np.full((42, 2), np.nan)}

    with pytest.raises(ValueError, match="no modality that this MagnetClassifier does"):
        NEW.extending(fitted, ESTIMATOR, without(patients, "rna"))
    with pytest.raises(ValueError, match="'image' is missing for all 42 patients"):
        NEW.extending(fitted, ESTIMATOR, empty)


def test_what_is_forgotten_is_what_was_learned_of_patients(fitted, patients):
    forgotten = fitted.forgotten()

    again, transformed = forgotten.fit_transform(patients[:30], None)

    assert forgotten.blocks == fitted.blocks
    assert forgotten.steps == ()
    assert fitted.steps
    fresh = NEW.learn(ESTIMATOR, patients[:30])[0].fit_transform(patients[:30], None)[1]
    for name in transformed:
        assert_array_equal(transformed[name], fresh[name])
    assert again.new_modalities == ()


def test_fitted_pipeline_learns_nothing_more(fitted, patients):
    again, transformed = fitted.fit_transform(patients[:5], None)

    assert again is fitted
    for name, block in fitted.transform(patients[:5]).items():
        assert_array_equal(transformed[name], block)


def test_own_preprocessor_comes_first_and_is_cloned(patients):
    own = ModalityTransformer({"rna": StandardScaler()})
    learned, X = InputPipeline(None, own, None).learn(ESTIMATOR, patients)

    fitted, _ = learned.fit_transform(X, None)

    assert not hasattr(own, "modalities_")
    scaled = fitted.steps[0].transform(X)["rna"]
    assert_allclose(np.nanmean(scaled, axis=0), 0, atol=1e-12)


def test_feature_graph_leaves_out_modalities_with_an_encoder(patients):
    pipeline = InputPipeline(None, None, feature_graph(), encoded_alone=("protein",))
    learned, X = pipeline.learn(ESTIMATOR, patients)

    fitted, _ = learned.fit_transform(X, None)

    assert set(fitted.feature_graph_.modalities_) == {"rna", "clinical"}
    assert not hasattr(pipeline.feature_graph, "edges_")
    nothing_left = replace(learned, encoded_alone=tuple(patients))
    with pytest.raises(ValueError, match="no modality left to encode"):
        nothing_left.fit_transform(X, None)


@pytest.mark.parametrize(
    ("transformer", "n_learned_from"),
    [
        (StandardScaler(), 30),
        (SelectKBest(k=2), 20),
        (make_pipeline(SelectKBest(k=2), StandardScaler()), 20),
    ],
)
def test_own_steps_learn_from_unlabelled_patients_unless_they_need_y(
    transformer, n_learned_from
):
    rng = np.random.default_rng(0)
    X = MultiModalData(
        {"rna": rng.normal(size=(30, 4)), "dose": rng.normal(size=(30, 1))}
    )
    own = ModalityTransformer({"rna": transformer})
    learned, X = replace(NEW, preprocessor=own).learn(ESTIMATOR, X)

    fitted, transformed = learned.fit_transform(X, np.arange(20) % 2)

    step = fitted.steps[0].transformers_["rna"]
    table = X["rna"][:n_learned_from]
    expected = clone(transformer).fit(table, (np.arange(30) % 2)[:n_learned_from])
    assert_allclose(step.transform(X["rna"]), expected.transform(X["rna"]))
    assert len(transformed) == 30
    # the default preprocessing learns from everybody
    assert_allclose(transformed["dose"].mean(), 0, atol=1e-12)
