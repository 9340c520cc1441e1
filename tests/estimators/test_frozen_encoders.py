import numpy as np
import pytest
import torch
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from magnet_sklearn import MultiModalData
from magnet_sklearn._estimators._frozen_encoders import FrozenEncoders, frozen_encoders
from magnet_sklearn.explain import feature_attribution


def backbone():
    """Return a small network of images whose weights do not learn."""
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.AdaptiveAvgPool2d(1)
    return nn.Sequential(*layers, nn.Flatten()).requires_grad_(False)


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    ct = rng.normal(size=(40, 1, 6, 6)) + y[:, None, None, None]
    ct[::4] = np.nan
    return MultiModalData({"rna": rng.normal(size=(40, 3)), "ct": ct}), y


@pytest.fixture(scope="module")
def fitted(cohort):
    return make_classifier(encoders={"ct": backbone()}, gate=1.0).fit(*cohort)


def test_only_modules_of_which_no_weight_learns_are_frozen():
    encoders = {
        "frozen": backbone(),
        "learns": nn.Linear(2, 2),
        "without weights": nn.Flatten(),
        "name": "mlp",
    }

    assert list(frozen_encoders(encoders)) == ["frozen"]
    assert frozen_encoders(None) == {}


def test_outputs_are_those_of_the_module_and_nan_where_missing(cohort):
    X, _ = cohort
    module = backbone()

    features = FrozenEncoders({"ct": module}).fit(X).transform(X)["ct"]

    known = torch.from_numpy(X["ct"][X.mask[:, 1]])
    assert_allclose(features[X.mask[:, 1]], module.double().eval()(known))
    assert np.isnan(features[~X.mask[:, 1]]).all()


def test_experts_and_networks_see_a_table(fitted):
    assert fitted.offset_.experts_.modalities_ == ["rna", "ct"]
    assert fitted.net_.module_.encoders[1].layers[0].in_features == 3


def test_patient_alone_gets_the_same_probability(fitted, cohort):
    X, _ = cohort

    alone = np.vstack([fitted.predict_proba(X[[row]]) for row in range(6)])

    assert_allclose(fitted.predict_proba(X)[:6], alone, atol=1e-12)


def test_module_of_the_user_stays_as_it_is(cohort):
    module = backbone().train()
    before = {name: value.clone() for name, value in module.state_dict().items()}

    make_classifier(encoders={"ct": module}, max_epochs=1).fit(*cohort)

    assert module.training
    for name, value in module.state_dict().items():
        assert_array_equal(value, before[name])


def test_features_are_parts_of_an_explanation(fitted, cohort):
    explanation = feature_attribution(fitted, cohort[0][:3])

    assert [("ct", f"ct_{j}") in explanation.parts for j in range(4)] == [
        *[True] * 3,
        0,
    ]
    assert "made by the preprocessor for 'ct'" in explanation.method


@pytest.mark.parametrize(
    ("encoders", "message"),
    [
        ({"ct": backbone()[:1]}, r"frozen encoder of modality 'ct' returns shape \(1,"),
        ({"mri": backbone()}, "modality 'mri' that the data do not have"),
    ],
)
def test_errors_name_the_modality(encoders, message, cohort):
    with pytest.raises(ValueError, match=message):
        make_classifier(encoders=encoders, max_epochs=1).fit(*cohort)
