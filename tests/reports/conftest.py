"""Fitted models and patients to report on, fitted once."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from common.instances import TINY, make_classifier, make_patients

from magnet_sklearn import MagnetMultiTask, MultiModalData

N_TRAINING = 60


def cohort(n_classes=2):
    """Patients with ids, classes and noise."""
    X, y = make_patients(90, n_classes=n_classes)
    ids = [f"P{row}" for row in range(len(y))]
    return MultiModalData(X, index=ids), y, np.random.default_rng(0).normal(size=90)


def split(model, X, y):
    """Fit to the first patients; keep the others."""
    train, test = np.arange(N_TRAINING), np.arange(N_TRAINING, len(X))
    known, held_out = (
        (y.iloc[train], y.iloc[test]) if hasattr(y, "iloc") else (y[train], y[test])
    )
    model = model.fit(X[train], known)
    return SimpleNamespace(
        model=model, X=X[train], y=known, X_test=X[test], y_test=held_out
    )


@pytest.fixture(scope="session")
def binary():
    """A model of two classes."""
    X, y, _ = cohort()
    labels = pd.Series(np.array(["stable", "relapse"])[y], X.index)
    return split(make_classifier(ensemble_size=1), X, labels)


@pytest.fixture(scope="session")
def several_classes():
    """A model of three classes."""
    X, y, _ = cohort(3)
    order = np.random.default_rng(0).permutation(90)
    model = make_classifier(ensemble_size=1, experts="linear")
    return split(model, X[order], np.array(["low", "mid", "high"])[y[order]])


@pytest.fixture(scope="session")
def several_tasks():
    """A model of survival, response, toxicity (two labels) and dose together."""
    X, y, noise = cohort()
    event, time = noise < 0.7, np.exp(noise - y).round(2) + 0.01
    dose = np.where(noise > 1, np.nan, y + noise)
    tasks = {
        "survival": pd.DataFrame({"event": event, "time": time}),
        "response": pd.DataFrame({"": y}),
        "toxicity": pd.DataFrame({"skin": (noise > 0) * 1, "liver": 1 - y}),
        "dose": pd.DataFrame({"": dose}),
    }
    y = pd.concat(tasks, axis=1).set_axis(X.index)
    return split(MagnetMultiTask(**{**TINY, "ensemble_size": 1}), X, y)
