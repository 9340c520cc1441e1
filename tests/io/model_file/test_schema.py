import numpy as np
import pandas as pd
import pytest

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.io import describe_model, save_model


@pytest.fixture(scope="module")
def estimator():
    rng = np.random.default_rng(0)
    blocks = {
        "clinical": pd.DataFrame(
            {"age": rng.normal(60, 9, 20), "sex": ["f", "m"] * 10, 3: 1.0}
        ),
        "scan": rng.normal(size=(20, 1, 3, 4)),
    }
    estimator = MagnetClassifier(experts="linear", max_epochs=1, ensemble_size=1)
    return estimator.fit(blocks, [0, 1] * 10)


@pytest.mark.filterwarnings("ignore:All gates")
def test_schema_tells_columns_categories_and_units(estimator, tmp_path):
    units = {"clinical": {"age": "years"}, "scan": "HU"}
    save_model(estimator, tmp_path / "m.zip", units=units)

    schema = describe_model(tmp_path / "m.zip").schema

    assert schema.to_numpy().tolist() == [
        ["clinical", "age", "number", "", "years"],
        ["clinical", "sex", "category", "f, m", ""],
        ["clinical", "3", "number", "", ""],
        ["scan", "", "array of 1 x 3 x 4", "", "HU"],
    ]
