"""Model files, and folders of patients, that tests of the command line share."""

import numpy as np
import pandas as pd
import pytest
from common.instances import TINY, make_patients

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)
from magnet_sklearn._cli import main
from magnet_sklearn.io import save_model

SMALL = TINY | {"ensemble_size": 1, "max_epochs": 2, "experts": "linear"}
N_TRAINING = 60


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Patients in files, with outcomes of all kinds in labels.csv."""
    path = tmp_path_factory.mktemp("patients")
    X, y = make_patients(90)
    ids = [f"Patient-{row}" for row in range(90)]
    for name, block in X.items():
        frame = pd.DataFrame(block).set_axis(ids).dropna(how="all")
        frame.to_csv(path / f"{name}.csv", index_label="id")
    rng = np.random.default_rng(0)
    labels = {
        "grade": np.array(["low", "high"])[y],
        "size": rng.normal(size=90) + y,
        "event": rng.random(90) < 0.6,
        "time": rng.exponential(size=90).round(3),
        "sex": np.array(["f", "m"])[rng.integers(0, 2, 90)],
    }
    pd.DataFrame(labels, ids).to_csv(path / "labels.csv", index_label="id")
    return path


@pytest.fixture(scope="session")
def fitted(folder, tmp_path_factory):
    """Fit an estimator to the first patients; return it and its file."""
    X, labels = MultiModalData.from_folder(folder)
    path, kept = tmp_path_factory.mktemp("models"), {}
    several = labels[["grade", "size", "event", "time"]].set_axis(
        pd.MultiIndex.from_tuples(
            [("grade", ""), ("size", ""), ("os", "event"), ("os", "time")]
        ),
        axis=1,
    )
    kinds = {
        "classes": (MagnetClassifier, labels["grade"]),
        "numbers": (MultiModalGNNRegressor, labels["size"]),
        "survival": (MagnetSurvivalAnalysis, labels[["event", "time"]]),
        "several": (MagnetMultiTask, several),
    }

    def fit(kind):
        if kind not in kept:
            estimator, y = kinds[kind]
            model = estimator(**SMALL).fit(X[:N_TRAINING], y.iloc[:N_TRAINING])
            save_model(model, path / f"{kind}.zip")
            kept[kind] = model, str(path / f"{kind}.zip")
        return kept[kind]

    return fit


@pytest.fixture
def run(capsys):
    """Run a command; return its status and what it wrote."""

    def run_command(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:
            status = left.code
        return status, *capsys.readouterr()

    return run_command
