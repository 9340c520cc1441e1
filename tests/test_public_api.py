"""What is public is documented, and nothing else is public."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import Validator, validate

import magnet_sklearn

PACKAGES = [
    "magnet_sklearn",
    *(
        f"magnet_sklearn.{module.name}"
        for module in pkgutil.iter_modules(magnet_sklearn.__path__)
        if not module.name.startswith("_")
    ),
]
PUBLIC = [
    f"{package}.{name}"
    for package in PACKAGES
    for name in importlib.import_module(package).__all__
]
# Of numpydoc's checks the house leaves out: extended summary, "see also", the example
# of a private piece, and the wish for unnamed return values.
LEFT_OUT = {"ES01", "SA01", "EX01", "RT02"}


class _InheritingValidator(Validator):
    """A method without a docstring has that of its base class, as in `help`."""

    def __init__(self, obj_name):
        super().__init__(get_doc_object(self._load_obj(obj_name)))
        inherited = inspect.getdoc(self.obj)
        if inherited and not self.raw_doc:
            self.raw_doc = f"{inherited}\n"


def _methods(name):
    package, _, attribute = name.rpartition(".")
    thing = getattr(importlib.import_module(package), attribute)
    if not inspect.isclass(thing):
        return []
    return [
        f"{name}.{method}"
        for method, function in vars(thing).items()
        if not method.startswith("_") and callable(function)
    ]


def test_every_public_name_has_one_import_path():
    names = [name.rpartition(".")[2] for name in PUBLIC]

    assert sorted(set(names) - {"MultiModalData"}) == sorted(
        name for name in names if name != "MultiModalData"
    )


def test_api_reference_lists_exactly_the_public_names():
    page = (Path(__file__).parents[1] / "docs" / "api.rst").read_text()
    listed = set()
    for block in page.split(".. currentmodule:: ")[1:]:
        package, *lines = block.splitlines()
        listed |= {
            f"{package}.{line.strip()}"
            for line in lines
            if re.fullmatch(r"   \w+", line)
        }

    assert listed == set(PUBLIC) - {"magnet_sklearn.data.MultiModalData"}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_has_an_example(name):
    package, _, attribute = name.rpartition(".")
    thing = getattr(importlib.import_module(package), attribute)

    assert ">>>" in inspect.getdoc(thing)


@pytest.mark.parametrize(
    "name", [*PUBLIC, *(method for name in PUBLIC for method in _methods(name))]
)
def test_docstring_is_complete(name):
    errors = validate(name, _InheritingValidator)["errors"]

    assert [error for error in errors if error[0] not in LEFT_OUT] == []


def test_data_side_imports_without_torch():
    code = (
        "import sys; import magnet_sklearn, magnet_sklearn.preprocessing; "
        "sys.exit('torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_estimators_import_without_graph_and_training_libraries():
    code = (
        "import sys; from magnet_sklearn import MagnetClassifier; "
        "heavy = {'matplotlib', 'optuna', 'skorch', 'torch_geometric'}; "
        "sys.exit(bool(heavy & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
