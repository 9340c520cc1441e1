import pytest
from sklearn.linear_model import LogisticRegression
from torch import nn

from magnet_sklearn.io import ModelFileError, register_class
from magnet_sklearn.io._model_file._classes import FUNCTIONS, OWN, SKLEARN
from magnet_sklearn.io._model_file._registry import (
    Registry,
    function_name,
    function_of,
)


@pytest.mark.parametrize(
    "name", [name for names in OWN.values() for name in names.split()]
)
def test_own_class_has_a_name_of_its_own(name):
    cls = Registry().type_of(name.lstrip("_"))

    assert cls.__name__ == name
    assert Registry().name_of(cls) == name.lstrip("_")


@pytest.mark.parametrize(
    "name", [f"sklearn.{m}.{n}" for m, names in SKLEARN.items() for n in names.split()]
)
def test_class_of_sklearn_has_its_public_name(name):
    assert Registry().name_of(Registry().type_of(name)) == name


@pytest.mark.parametrize(
    "name", [f"{m}.{n}" for m, names in FUNCTIONS.items() for n in names.split()]
)
def test_function_comes_back(name):
    function = function_of(name)

    assert function_of(function_name(function)) is function


def test_layers_of_torch_are_known():
    assert Registry().name_of(nn.Linear) == "torch.nn.Linear"
    assert Registry().type_of("torch.nn.Conv2d") is nn.Conv2d


class Linear(LogisticRegression):
    """Has the name of a layer."""


def test_class_of_a_known_name_is_not_the_known_class():
    assert Registry().name_of(Linear) is None


def test_class_is_known_once_it_is_registered(monkeypatch):
    from magnet_sklearn.io._model_file import _registry

    monkeypatch.setattr(_registry, "_REGISTERED", {})

    assert register_class(Linear) is Linear
    name = Registry().name_of(Linear)
    assert Registry().type_of(name) is Linear


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "torch.nn.functional",
        "torch.nn.Unknown",
        "sklearn.os",
        "FittedMode",
    ],
)
def test_unknown_name_is_refused(name):
    with pytest.raises(ModelFileError, match=f"needs the class '{name}'"):
        Registry().type_of(name)


def test_what_is_no_class_is_refused():
    with pytest.raises(TypeError, match="register_class takes a class"):
        register_class(print)
    with pytest.raises(TypeError, match="custom takes classes"):
        Registry([Linear()])
