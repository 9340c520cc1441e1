"""Every shared parameter is declared whole."""

from dataclasses import fields

import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from sklearn.utils._param_validation import (
    InvalidParameterError,
    StrOptions,
    make_constraint,
    validate_parameter_constraints,
)

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn._estimators._parameters import SharedParameters
from magnet_sklearn.nn.convolutions import CONVOLUTIONS
from magnet_sklearn.nn.fusion import FUSIONS

SHARED = {item.name: item for item in fields(SharedParameters)}
ESTIMATORS = [
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
]


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_default_of_each_parameter_satisfies_its_constraint(estimator):
    defaults = estimator().get_params(deep=False)

    constraints = estimator._parameter_constraints
    validate_parameter_constraints(constraints, defaults, estimator.__name__)

    assert set(constraints) == set(defaults)


@pytest.mark.parametrize("name", SHARED)
def test_every_parameter_has_constraint_kind_and_documentation(name):
    metadata = SHARED[name].metadata

    assert [make_constraint(item) for item in metadata["constraint"]]
    assert metadata["kind"]
    assert metadata["doc"].strip().endswith(".")
    assert isinstance(metadata["of_networks"], bool)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_estimator_has_all_shared_parameters_with_the_same_defaults(estimator):
    parameters = estimator().get_params(deep=False)

    shared = {name: item.default for name, item in SHARED.items()}
    assert {name: parameters[name] for name in shared} == shared


@pytest.mark.parametrize(
    ("name", "registry"), [("fusion", FUSIONS), ("decoder", CONVOLUTIONS)]
)
def test_names_of_the_registry_are_those_allowed_and_documented(name, registry):
    (allowed,) = SHARED[name].metadata["constraint"]

    assert isinstance(allowed, StrOptions)
    assert allowed.options == set(registry)
    assert all(f'"{entry}"' in SHARED[name].metadata["kind"] for entry in registry)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hidden_dim": 0},
        {"dropout": 1.0},
        {"validation_fraction": 0.6},
        {"learning_rate": 0.0},
        {"gate": -0.1},
        {"gate": "open"},
        {"graph": "ann"},
        {"fusion": "sum"},
        {"random_state": -1},
        {"precision": "float16"},
        {"experts": 3},
        {"callbacks": "progress"},
    ],
    ids=str,
)
def test_value_outside_of_its_constraint_is_refused_by_name(wrong):
    (name,) = wrong

    with pytest.raises(InvalidParameterError, match=f"The '{name}' parameter of Magne"):
        make_classifier(**wrong).fit(*make_patients())


def test_where_and_how_loudly_a_training_runs_is_no_parameter_of_networks():
    of_networks = {n for n, item in SHARED.items() if item.metadata["of_networks"]}

    assert not of_networks & {
        "checkpoint",
        "device",
        "experts",
        "gate",
        "n_jobs",
        "preprocessor",
        "random_state",
        "verbose",
    }
