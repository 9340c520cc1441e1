"""Patients in two dimensions."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

from magnet_sklearn.plotting import PatientMapDisplay
from magnet_sklearn.plotting._patterns import missing_patterns


@pytest.fixture
def Z():
    return np.random.default_rng(0).normal(size=(60, 5)) * [3, 2, 1, 1, 1]


def test_points_are_principal_components(Z):
    display = PatientMapDisplay.from_embedding(Z)

    expected = PCA(2).fit_transform(Z)
    offsets = display.ax_.collections[0].get_offsets()
    assert_allclose(np.abs(offsets), np.abs(expected))
    assert "of variance)" in display.ax_.get_xlabel()


def test_scores_are_those_of_all_dimensions_and_of_known_labels(Z):
    labels = pd.Series(np.where(Z[:, 2] > 0, "a", "b"), name="subtype").astype(object)
    labels[:5] = None

    display = PatientMapDisplay.from_embedding(Z, labels)

    known = Z[5:], labels[5:]
    assert_allclose(
        list(display.scores.values()),
        [
            silhouette_score(*known),
            davies_bouldin_score(*known),
            calinski_harabasz_score(*known),
        ],
    )
    assert "silhouette" in display.ax_.get_title(loc="left")
    assert display.ax_.get_legend().get_title().get_text() == "subtype"


def test_numbers_and_a_single_class_have_no_scores(Z):
    assert PatientMapDisplay.from_embedding(Z, Z[:, 0]).scores is None
    assert PatientMapDisplay.from_embedding(Z, ["a"] * 60).scores is None


def test_of_many_patients_a_sample_is_drawn_and_the_seed_fixes_it(Z):
    first, second = (
        PatientMapDisplay.from_embedding(Z, Z[:, 0], max_patients=20) for _ in range(2)
    )

    assert len(first.coordinates) == 20
    assert_allclose(first.coordinates, second.coordinates)
    assert_allclose(first.labels, Z[first.coordinates.index, 0])


def test_map_of_an_estimator_is_coloured_by_what_patients_have(fitted):
    estimator, X, _ = fitted
    _, ax = plt.subplots()

    display = PatientMapDisplay.from_estimator(estimator, X, ax=ax)

    expected = PCA(2).fit_transform(estimator.contributions(X))
    assert_allclose(np.abs(display.coordinates), np.abs(expected), atol=1e-9)
    assert set(display.labels) == set(missing_patterns(X).names)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure


def test_umap_names_its_extra(Z, monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)

    with pytest.raises(ImportError, match=r"magnet-sklearn\[umap\]"):
        PatientMapDisplay.from_embedding(Z, method="umap")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "tsne"}, "method is 'tsne'. Choose one of 'pca', 'umap'"),
        ({"labels": ["a"]}, "1 labels of 60 patients"),
    ],
)
def test_wrong_input_is_refused(Z, arguments, message):
    with pytest.raises(ValueError, match=message):
        PatientMapDisplay.from_embedding(Z, **arguments)


def test_two_patients_make_no_map():
    with pytest.raises(ValueError, match="minimum of 3 is required"):
        PatientMapDisplay.from_embedding([[0.0, 1.0], [1.0, 0.0]])


def test_legend_of_twenty_classes_lies_within_the_figure(Z):
    labels = [f"a class with a long name {number}" for number in range(20)] * 3

    display = PatientMapDisplay.from_embedding(Z, labels)

    display.figure_.canvas.draw()
    box = display.ax_.get_legend().get_window_extent()
    assert box.x1 <= display.figure_.bbox.x1
    assert box.y0 >= 0
    assert display.ax_.bbox.width > 200


def test_map_may_be_that_of_embeddings(fitted):
    estimator, X, y = fitted

    display = PatientMapDisplay.from_estimator(estimator, X, y, space="embedding")

    expected = PCA(2).fit_transform(estimator.transform(X))
    assert_allclose(np.abs(display.coordinates), np.abs(expected), atol=1e-6)
    with pytest.raises(ValueError, match="space is 'logits'"):
        PatientMapDisplay.from_estimator(estimator, X, space="logits")
