"""One patient among the most similar training patients."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import NeighborhoodDisplay


@pytest.fixture
def neighbors():
    return pd.DataFrame(
        {
            "similarity": [0.2, 0.9, 0.5],
            "outcome": ["a", "b", "a"],
            "influence": [0.0, 0.12, -0.3],
        },
        ["p1", "p2", "p3"],
    )


def test_points_are_similarities_in_colours_of_outcomes(neighbors, texts):
    display = NeighborhoodDisplay.from_frame(neighbors)

    assert texts(display.ax_.yaxis) == ["p2", "p3", "p1"]
    drawn = {
        points.get_label(): points.get_offsets().tolist()
        for points in display.ax_.collections[1:]
    }
    assert drawn == {"a": [[0.5, 1], [0.2, 2]], "b": [[0.9, 0]]}


def test_influences_are_written_unless_all_are_0(neighbors):
    display = NeighborhoodDisplay.from_frame(neighbors, influence_label="log-odds")

    assert [text.get_text() for text in display.ax_.texts] == ["+0.12", "-0.3", "+0"]
    assert "log-odds" in display.ax_.get_title(loc="left")
    display = NeighborhoodDisplay.from_frame(neighbors.assign(influence=0.0))
    assert not display.ax_.texts


def test_ids_can_be_hidden(neighbors, texts):
    display = NeighborhoodDisplay.from_frame(neighbors, show_ids=False, max_neighbors=2)

    assert texts(display.ax_.yaxis) == ["neighbour 1", "neighbour 2"]


def test_outcomes_may_be_numbers_or_unknown(neighbors):
    numbers = NeighborhoodDisplay.from_frame(neighbors.assign(outcome=[1.5, 2, np.nan]))
    none = NeighborhoodDisplay.from_frame(neighbors[["similarity"]])

    assert_allclose(numbers.ax_.collections[-1].get_array(), [2.0, 1.5])
    assert_allclose(none.ax_.collections[1].get_offsets()[:, 0], [0.9, 0.5, 0.2])


def test_a_frame_without_similarities_is_refused(neighbors):
    with pytest.raises(ValueError, match="needs at least one neighbour .*'similarity'"):
        NeighborhoodDisplay.from_frame(neighbors.drop(columns="similarity"))


def test_neighbours_of_an_estimator_have_their_outcomes(fitted):
    estimator, X, y = fitted

    display = NeighborhoodDisplay.from_estimator(
        estimator, X[[0]], y, references=X, max_neighbors=4
    )

    assert len(display.neighbors) == 4
    positions = X.index.get_indexer(display.neighbors.index)
    assert display.neighbors["outcome"].tolist() == np.asarray(y)[positions].tolist()
