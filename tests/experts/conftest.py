"""A small cohort for experts."""

import numpy as np
import pytest

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts._views import Views


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    rna = rng.normal(size=(60, 4)) + 0.5 * y[:, None]
    protein = rng.normal(size=(60, 3))
    protein[::2] = np.nan
    return MultiModalData({"rna": rna, "protein": protein}), y


@pytest.fixture
def view_of():
    """Return the view of patients who have a single table."""

    def make(table):
        return Views(MultiModalData({"table": table}), ["table"])[0]

    return make
