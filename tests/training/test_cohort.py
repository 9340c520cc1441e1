from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import Cohort
from magnet_sklearn.graph import PatientGraphBuilder


def make_cohort(groups=None):
    X = MultiModalData({"rna": np.arange(6.0).reshape(3, 2)})
    return Cohort(X, np.zeros((3, 2)), np.arange(3.0)[:, None], np.ones(3), groups)


def test_rows_are_taken_from_everything():
    cohort = make_cohort(np.array(["a", "b", "b"]))[np.array([2, 0])]

    assert len(cohort) == 2
    assert_array_equal(cohort.X["rna"], [[4.0, 5.0], [0.0, 1.0]])
    assert cohort.offset.shape == (2, 2)
    assert cohort.target.tolist() == [[2.0], [0.0]]
    assert cohort.groups.tolist() == ["b", "a"]


def test_cohort_without_groups_has_none_in_its_rows():
    assert make_cohort()[np.array([1])].groups is None


@pytest.fixture
def mixed():
    """Three patients, and two without a target."""
    others = MultiModalData({"rna": np.array([[9.0, 8.0], [7.0, 6.0]])})
    cohort = make_cohort(np.array(["a", "b", "b"]))
    return replace(
        cohort, unlabelled=others, unlabelled_groups=np.array(["b", "c"], dtype=object)
    )


def test_every_part_has_the_patients_without_a_target(mixed):
    part = mixed[np.array([2])]

    assert len(part) == len(part.target) == 1
    assert_array_equal(part.everybody["rna"], [[4.0, 5.0], [9.0, 8.0], [7.0, 6.0]])


def test_the_graph_has_everybody_and_respects_all_groups(mixed):
    graph = mixed.link(PatientGraphBuilder(5, shrinkage=0.0, metric="euclidean"))

    neighbors = [set(row[row >= 0]) for row in graph.training_graph_.neighbors]
    everybody, b = {0, 1, 2, 3, 4}, {1, 2, 3}
    assert neighbors == [everybody - {0}, {0, 4}, {0, 4}, {0, 4}, everybody - {4}]
    assert b.isdisjoint(neighbors[1])


def test_figures_of_classes_need_a_class_of_everybody(mixed):
    builder = PatientGraphBuilder(1)

    assert (
        "label_homophily"
        in make_cohort().link(builder, has_classes=True).graph_summary_
    )
    assert "label_homophily" not in mixed.link(builder, has_classes=True).graph_summary_
