"""Figures are drawn off screen and closed after each test; explanations to draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from magnet_sklearn.explain import Explanation

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _draw_and_close():
    """Draw what a test left, as a user would see it: warnings of layout are errors."""
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before
    for number in pyplot.get_fignums():
        pyplot.figure(number).canvas.draw()
    pyplot.close("all")


@pytest.fixture
def make_explanation():
    """Make an explanation of parts for some patients and outputs."""

    def make(parts, n_patients=6, outputs=("relapse",), unit="log-odds", **given):
        rng = np.random.default_rng(0)
        shape = (n_patients, len(parts), len(outputs))
        tuples = isinstance(parts[0], tuple)
        described = {
            "values": rng.normal(size=shape),
            "parts": pd.MultiIndex.from_tuples(parts) if tuples else pd.Index(parts),
            "index": pd.Index([f"p{row}" for row in range(n_patients)]),
            "outputs": list(outputs),
            "units": [unit] * len(outputs),
            "method": "contributions",
            "base_values": np.full((n_patients, len(outputs)), -0.5),
        }
        return Explanation(**(described | given))

    return make


@pytest.fixture
def texts():
    """Texts of tick labels along an axis."""

    def read(axis):
        return [label.get_text() for label in axis.get_ticklabels()]

    return read
