"""A model, a folder, one call: the report of a validation elsewhere."""

import json

import jsonschema
import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.data import MultiModalData, as_named_frame
from magnet_sklearn.io import save_model
from magnet_sklearn.reports import external_validation, model_report

QUICK = {"n_resamples": 5, "min_patients": 3}


@pytest.fixture
def folder(binary, tmp_path):
    """Tables of the test patients, with labels."""
    tmp_path = tmp_path / "there"
    tmp_path.mkdir()
    for name in binary.X_test:
        frame = as_named_frame(name, binary.X_test[name], binary.X_test.index)
        frame.to_csv(tmp_path / f"{name}.csv", index_label="id")
    site = np.resize(["north", "south"], len(binary.y_test))
    labels = pd.DataFrame({"outcome": binary.y_test, "site": site})
    labels.to_csv(tmp_path / "labels.csv", index_label="id")
    return tmp_path


def test_file_and_folder_give_the_report_of_the_model(binary, folder, tmp_path):
    save_model(binary.model.compact(), tmp_path / "model.zip")

    found = external_validation(
        tmp_path / "model.zip", folder, "outcome", site="site", **QUICK
    )

    site = np.resize(["north", "south"], len(binary.y_test))
    rest = binary.model, binary.X_test, binary.y_test
    expected = model_report(*rest, site=site, **QUICK).content["outcomes"][0]
    scores = found.content["outcomes"][0]["scores"]
    for row, same in zip(scores, expected["scores"], strict=True):
        assert (row["group"], row["level"]) == (same["group"], same["level"])
        for score, before in zip(row["scores"], same["scores"], strict=True):
            assert score["value"] == pytest.approx(before["value"], abs=1e-5)


def test_report_has_what_a_new_place_needs(binary):
    c = binary
    first = [*c.X_test][0]
    X = MultiModalData(
        {name: c.X_test[name] for name in c.X_test if name != first}, c.X_test.index
    )

    report = external_validation(c.model, X, c.y_test, X_reference=c.X, **QUICK)

    external = report.content["external"]
    assert external["absent"] == [first]
    assert external["calibration_in_the_large"][0]["of"] == "stable"
    assert any(row["alert"] for row in external["drift"])  # all lack a modality
    jsonschema.validate(json.loads(report.to_json()), report.schema)
    page = report.to_html()
    assert "<h1>External validation</h1>" in page
    assert "Calibration in the large" in page


def test_all_kinds_of_outcomes_are_shown(several_tasks):
    c = several_tasks
    report = external_validation(c.model, c.X_test, c.y_test, times=[0.5], **QUICK)

    assert report.content["external"]["drift"] is None
    jsonschema.validate(json.loads(report.to_json()), report.schema)
    assert "event until 0.5" in report.to_html()


def test_columns_that_the_labels_lack_are_named(binary, folder):
    with pytest.raises(ValueError, match="no column 'outcme'. Did you mean 'outcome'"):
        external_validation(binary.model, folder, "outcme")
