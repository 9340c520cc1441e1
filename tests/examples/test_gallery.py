"""Two examples of the gallery run, on the cohorts where these are there."""

import runpy
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run(monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    monkeypatch.delenv("MAGNET_SKLEARN_GMT", raising=False)
    yield lambda name: runpy.run_path(str(GALLERY / name))
    pyplot.close("all")


@pytest.mark.slow
def test_omics_to_pathways_predicts_and_counts_false_pathways(run):
    found = run("plot_07_omics_to_pathways.py")

    assert found["means"]["AUROC"] > 0.8
    assert found["attribution"].importance().gt(0).any()
    assert found["table"]["p_value"].is_monotonic_increasing
    assert len(found["smallest"]) == 10


@pytest.mark.slow
def test_glioma_report_tells_what_was_predicted(run):
    found = run("plot_08_glioma_report.py")

    assert found["scores"].mean() > 0.65
    assert found["outlived"].mean() > 0.8
    (outcome,) = found["report"].content["outcomes"]
    assert outcome["kind"] == "survival"
    assert outcome["lower_bound"] is not None
