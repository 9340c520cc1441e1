"""With no extra installed all of the core works, and errors name the extra."""

import subprocess
import sys
import textwrap

import pytest
from common.instances import make_classifier

from magnet_sklearn.data import as_pandas
from magnet_sklearn.datasets import load_wine
from magnet_sklearn.explain import pathway_enrichment
from magnet_sklearn.io import FHIRMapping, export_onnx
from magnet_sklearn.plotting import MissingPatternDisplay, PatientMapDisplay
from magnet_sklearn.tuning import search_space, tune

PACKAGES = [
    *("anndata", "captum", "gseapy", "matplotlib", "matplotlib.pyplot", "mudata"),
    *("onnx", "onnxruntime", "onnxscript", "optuna", "optuna_integration"),
    *("fhir", "ucumvert", "umap", "yaml"),
]

WORK_OF_A_USER = """
    import sys

    class Hiding:
        def __init__(self, finder):
            self.finder = finder

        def __getattr__(self, name):
            return getattr(self.finder, name)

        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in {packages}:
                return None
            return self.finder.find_spec(name, path, target)

    sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
    import magnet_sklearn.io, magnet_sklearn.plotting, magnet_sklearn.tuning
    from magnet_sklearn import MagnetClassifier
    from magnet_sklearn.datasets import load_wine
    from magnet_sklearn.explain import feature_attribution, modality_importance
    from magnet_sklearn.reports import patient_report

    X, y = load_wine(missing=0.2, random_state=0)
    model = MagnetClassifier(ensemble_size=1, max_epochs=2, random_state=0).fit(X, y)
    modality_importance(model, X[:2])
    feature_attribution(model, X[:2])
    patient_report(model, X[:1]).to_html()
    print(model.score(X, y) > 0.8)
"""


@pytest.fixture
def no_extras(monkeypatch):
    for package in PACKAGES:
        monkeypatch.setitem(sys.modules, package, None)


@pytest.fixture(scope="module")
def wine():
    return load_wine(missing=0.2, random_state=0)


@pytest.fixture(scope="module")
def model(wine):
    return make_classifier(ensemble_size=1, gate=1.0).fit(*wine)


def test_core_works_in_a_process_without_any_extra():
    code = textwrap.dedent(WORK_OF_A_USER).format(packages=[*PACKAGES, "pyarrow"])

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"]


class _ArrowStream:
    """A table of another library, as pandas cannot read it without pyarrow."""

    def __arrow_c_stream__(self, requested_schema=None):
        raise AssertionError("never asked for")


DOORS = {
    "plot": lambda model, X, y: MissingPatternDisplay.from_data(X),
    "umap": lambda model, X, y: PatientMapDisplay.from_estimator(
        model, X, y, method="umap"
    ),
    "tune": lambda model, X, y: tune(model, X, y, n_trials=1),
    "explain": lambda model, X, y: pathway_enrichment(
        dict(zip("abcdef", range(6), strict=True)), {"set": list("abc")}, method="gsea"
    ),
    "mudata": lambda model, X, y: X.to_mudata(),
    "onnx": lambda model, X, y: export_onnx(model, "model.onnx"),
    "fhir": lambda model, X, y: FHIRMapping.from_yaml("mapping.yaml"),
}


@pytest.mark.parametrize("extra", DOORS)
def test_what_needs_an_extra_names_it(no_extras, model, wine, extra):
    with pytest.raises(ImportError, match=rf"magnet-sklearn\[{extra}\]"):
        DOORS[extra](model, *wine)


def test_a_table_of_arrow_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ImportError, match=r"magnet-sklearn\[parquet\]"):
        as_pandas(_ArrowStream())


def test_search_spaces_of_scikit_learn_need_no_extra(no_extras, model):
    assert search_space(model, backend="sklearn")
