"""MagnetClassifier beyond what scikit-learn checks."""

import pickle

import numpy as np
import pytest
import torch
from common.cohorts import make_patients
from common.instances import TINY, make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.preprocessing import RobustScaler
from torch import nn

from magnet_sklearn import MagnetClassifier
from magnet_sklearn._estimators import _fitting
from magnet_sklearn.preprocessing import ModalityTransformer


@pytest.fixture(scope="module")
def cohort():
    return make_patients(42)


def test_string_labels_come_back(cohort):
    X, y = cohort
    labels = np.array(["healthy", "sick"])[y]
    clf = make_classifier().fit(X, labels)

    assert clf.classes_.tolist() == ["healthy", "sick"]
    assert set(clf.predict(X)) <= {"healthy", "sick"}


def test_one_class_is_named(cohort):
    with pytest.raises(ValueError, match="two classes.*1 class: 'sick'"):
        make_classifier().fit(cohort[0], ["sick"] * 42)


def test_continuous_y_is_refused(cohort):
    with pytest.raises(ValueError, match="Unknown label type"):
        make_classifier().fit(cohort[0], np.linspace(0, 1, 42))


def test_own_validation_patients_stop_the_training(cohort):
    X_val, y_val = make_patients(20, seed=1)
    clf = make_classifier(max_epochs=60, n_iter_no_change=2, learning_rate=0.1)
    clf.fit(*cohort, X_val=X_val, y_val=y_val)

    assert len(clf.net_.history) < 60
    assert "valid_loss" in clf.net_.history[-1]


def test_half_a_validation_set_is_refused(cohort):
    with pytest.raises(ValueError, match="Pass X_val and y_val together"):
        make_classifier().fit(*cohort, X_val=cohort[0])


def test_unknown_class_in_validation_is_named(cohort):
    with pytest.raises(ValueError, match=r"y_val has classes.*\[7\]"):
        make_classifier().fit(*cohort, X_val=cohort[0][:2], y_val=[0, 7])


def test_warm_start_trains_on(cohort):
    clf = make_classifier(warm_start=True, early_stopping=False, experts=None)
    first = clf.fit(*cohort).predict_proba(cohort[0])
    again = clf.fit(*cohort)

    assert len(again.net_.history) == 2 * TINY["max_epochs"]
    assert np.abs(again.predict_proba(cohort[0]) - first).max() > 1e-6


def test_warm_start_refuses_other_classes(cohort):
    X, y = cohort
    clf = make_classifier(warm_start=True).fit(X, y)

    with pytest.raises(ValueError, match="Training continues with the classes"):
        clf.fit(X, np.where(y == 1, 2, y))


def test_balanced_class_weight_raises_the_rare_class(cohort):
    X, y = cohort
    rare = np.where(np.arange(42) < 30, 0, y)
    plain, balanced = (
        make_classifier(class_weight=weight).fit(X, rare).predict_proba(X)[:, 1].mean()
        for weight in (None, "balanced")
    )

    assert balanced > plain + 0.1


def test_embeddings_of_members_stand_side_by_side(cohort):
    clf = make_classifier().fit(*cohort)

    assert clf.transform(cohort[0]).shape == (42, 2 * 8)
    assert len(clf.get_feature_names_out()) == 16


def test_published_preset_is_one_plain_network():
    preset = MagnetClassifier.published(max_epochs=3)

    assert preset.experts is None
    assert not preset.skip_connection
    assert preset.ensemble_size == 1
    assert preset.similarity_weight == 0.1
    assert preset.max_epochs == 3


@pytest.mark.parametrize("encoder", ["mlp", "categorical"])
def test_named_encoder_is_used(cohort, encoder):
    clf = make_classifier(encoders={"clinical": encoder}).fit(*cohort)

    kinds = {"mlp": "MLPEncoder", "categorical": "CategoricalEncoder"}
    used = clf.net_.module_.encoders[list(cohort[0]).index("clinical")]
    assert type(used).__name__ == kinds[encoder]


def test_encoder_of_an_unknown_modality_is_named(cohort):
    with pytest.raises(ValueError, match=r"'rnaa'(.|\n)*Did you mean 'rna'"):
        make_classifier(encoders={"rnaa": "mlp"}).fit(*cohort)


def small_cnn(width):
    return nn.Sequential(
        nn.Conv2d(1, 2, 3),
        nn.ReLU(),
        nn.Dropout(0.1),
        nn.Flatten(),
        nn.Linear(8, width),
    )


def images(n_patients=40):
    rng = np.random.default_rng(0)
    y = np.arange(n_patients) % 2
    pixels = rng.normal(size=(n_patients, 1, 4, 4)) + 2.0 * y[:, None, None, None]
    pixels[::4] = np.nan
    return {"ct": pixels, "age": rng.normal(size=(n_patients, 1))}, y


def test_cnn_on_image_blocks_learns_and_repeats():
    X, y = images()
    clf = make_classifier(
        encoders={"ct": small_cnn(8)}, max_epochs=30, early_stopping=False
    )
    first, again = (clf.fit(X, y).predict_proba(X) for _ in range(2))

    seen = ~np.isnan(X["ct"]).all(axis=(1, 2, 3))
    assert np.mean(first.argmax(axis=1)[seen] == y[seen]) > 0.8
    assert_array_equal(again, first)


def test_images_alone_do_without_graph_and_experts():
    X, y = images()
    X["ct"][::4] = 0.0
    clf = make_classifier(encoders={"ct": small_cnn(8)}).fit({"ct": X["ct"]}, y)

    assert clf.graph_summary_ is None
    assert clf.predict_proba({"ct": X["ct"]}).shape == (40, 2)


def test_encoder_of_the_wrong_width_is_explained():
    X, y = images()

    with pytest.raises(ValueError, match=r"'ct' returned \(.*, 5\).*hidden_dim"):
        make_classifier(encoders={"ct": small_cnn(5)}).fit(X, y)


def test_own_expert_takes_part(cohort):
    forest = RandomForestClassifier(10, random_state=0)
    clf = make_classifier(experts=forest).fit(*cohort)

    assert clf.offset_.experts_.families_ == ["own"]


@pytest.mark.parametrize("expert", [RidgeClassifier(), LinearRegression()])
def test_expert_without_probabilities_is_refused(cohort, expert):
    with pytest.raises(TypeError, match="classifier with predict_proba"):
        make_classifier(experts=expert).fit(*cohort)


def test_preprocessor_comes_before_the_default(cohort):
    scaler = ModalityTransformer({"rna": RobustScaler()})
    clf = make_classifier(preprocessor=scaler).fit(*cohort)

    assert clf.predict_proba(cohort[0]).shape == (42, 2)


def test_device_that_is_not_there_is_an_error(cohort):
    with pytest.raises(ValueError, match=r"device='cuda:99' is not available"):
        make_classifier(device="cuda:99").fit(*cohort)


def test_device_that_nobody_knows_is_an_error(cohort):
    with pytest.raises(ValueError, match="device must be 'auto'"):
        make_classifier(device="abacus").fit(*cohort)


def test_model_of_a_gpu_predicts_on_a_cpu(cohort, monkeypatch):
    X, y = cohort
    with monkeypatch.context() as patch:
        # the same device by another name: the graph is built where training is
        patch.setattr(_fitting, "training_device", lambda name: torch.device("cpu:0"))
        clf = make_classifier(experts=None, early_stopping=False).fit(X, y)
    expected = clf.predict_proba(X)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)

    moved = pickle.loads(pickle.dumps(clf.set_params(device="cuda")))

    assert_array_equal(moved.predict_proba(X), expected)
    assert moved._model.ensemble.graph_.device == "cpu"
    tensors = moved.net_.module_.state_dict().values()
    assert {tensor.device.type for tensor in tensors} == {"cpu"}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_gpu_and_cpu_agree(cohort):
    X, y = cohort
    on_gpu = make_classifier(device="cuda").fit(X, y)
    expected = on_gpu.predict_proba(X)

    assert_allclose(
        on_gpu.set_params(device="cpu").predict_proba(X), expected, atol=1e-6
    )


def test_progress_is_shown_only_when_asked_for(cohort, capsys):
    make_classifier(verbose=0).fit(*cohort)
    quiet = capsys.readouterr()
    make_classifier(verbose=1).fit(*cohort)

    assert quiet.out == quiet.err == ""
    shown = capsys.readouterr().err
    assert "patient graph" in shown
    assert "member 1/2" in shown


def test_schedule_is_the_published_one(cohort):
    clf = make_classifier(
        max_epochs=41, early_stopping=False, learning_rate=0.1, ensemble_size=1
    ).fit(*cohort)

    rates = [epoch["event_lr"] for epoch in clf.net_.history]
    assert_allclose([rates[0], rates[20], rates[40]], [0.1, 0.08, 0.064])


def test_networks_count_as_far_as_their_gates_are_open(cohort):
    X, y = cohort
    clf = make_classifier(early_stopping=False).fit(X, y)
    experts = clf.offset_.outputs(clf._prepare(X))

    assert clf.gates_.tolist() == [1.0, 1.0]
    assert np.abs(clf.predict_proba(X) - softmax(experts, axis=1)).max() > 1e-3
    clf.gates_[:] = 0.0
    assert_allclose(clf.predict_proba(X), softmax(experts, axis=1))


def test_gates_close_on_noise():
    rng = np.random.default_rng(0)
    X, y = {"noise": rng.normal(size=(60, 20))}, rng.integers(2, size=60)
    clf = make_classifier(max_epochs=20, ensemble_size=4).fit(X, y)

    assert clf.gates_.max() < 0.3
