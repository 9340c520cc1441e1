"""Files of all released formats are read, and say what they said."""

import json
from pathlib import Path

import numpy as np
import pytest
from common.cohorts import make_patients

from magnet_sklearn.io import describe_model, load_model
from magnet_sklearn.io._model_file._archive import FORMAT

FILES = sorted((Path(__file__).parents[1] / "data").glob("format_*.zip"))


def test_every_format_has_a_file():
    assert [path.stem for path in FILES] == [
        f"format_{number}" for number in range(1, FORMAT + 1)
    ]
    assert all(path.stat().st_size < 100_000 for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_predicts_what_it_did(path):
    X, _ = make_patients()

    predicted = load_model(path).predict_proba(X)

    expected = json.loads(path.with_suffix(".json").read_text())
    # another machine adds in another order
    np.testing.assert_allclose(predicted, expected, rtol=1e-6)
    assert describe_model(path).estimator == "MagnetClassifier"
