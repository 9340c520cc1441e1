"""Patients for whom scikit-survival's figures are known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

TIME = [5, 3, 3, 8, 2, 9, 3, 7, 1, 6, 4, 10, 2, 8, 5, 12]
EVENT = [1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0]
RISK = np.array(
    [0.5, 1.2, -0.3, 0.1, 2, -1, 0.4, 0.4, 1.5, -0.2, 0, -2, 0.9, 0.1, 0.7, -0.5]
)


@pytest.fixture
def cohort():
    """Survival times, risks, and survival curves at some times."""
    times = np.array([2.5, 4.5, 7.5])
    return SimpleNamespace(
        y=pd.DataFrame({"event": np.array(EVENT, bool), "time": np.array(TIME, float)}),
        risk=RISK,
        times=times,
        curves=np.exp(-np.exp(0.8 * RISK)[:, None] * times / 10),
    )
