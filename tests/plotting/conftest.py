"""Figures are drawn off screen and closed after each test; explanations to draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from common.instances import make_classifier, target_for
from matplotlib import pyplot

from magnet_sklearn.explain import Explanation

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    """Close all figures, and see that no setting of matplotlib changed."""
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before
    pyplot.close("all")


@pytest.fixture(scope="session")
def fitted():
    """A fitted classifier, its training patients and their classes."""
    estimator = make_classifier(gate=0.7)
    X, y = target_for(estimator)
    return estimator.fit(X, y), X, y


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


@pytest.fixture
def check_layout():
    """See that all names lie within the figure and none touches another one."""

    def check(figure, axis):
        figure.canvas.draw()  # a layout that fails is a warning, which is an error
        boxes = [label.get_window_extent() for label in axis.get_ticklabels()]
        for box in boxes:
            assert 0 <= box.x0 <= box.x1 <= figure.bbox.x1
            assert 0 <= box.y0 <= box.y1 <= figure.bbox.y1
        assert not any(
            one.padded(-1).overlaps(other.padded(-1))
            for place, one in enumerate(boxes)
            for other in boxes[:place]
        )

    return check
