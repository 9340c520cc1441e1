from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from common.cohorts import hide, make_patients, without_data
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.explain import neighbor_influence


@pytest.fixture(scope="module")
def classifier():
    X, y = make_patients()
    return make_classifier(gate=0.7, n_layers=2).fit(X, y), X, y


@pytest.fixture(scope="module")
def graphless():
    X, y = make_patients()
    return make_classifier(graph=None, max_epochs=1).fit(X, y), X, y


def without_reference(estimator, position):
    """The same model, in which nobody is similar to a training patient."""
    changed = deepcopy(estimator)
    builder = changed._model.ensemble.graph_
    others = np.arange(len(builder._mask)) != position
    builder._mask = builder._mask * others[:, None]
    builder._coordinates = builder._coordinates * others[:, None]
    builder._prepared = None
    return changed


def test_influence_is_the_output_less_that_without_the_reference(classifier):
    estimator, X, _ = classifier
    new = MultiModalData({"rna": X["rna"][[6]] + 0.1, "protein": X["protein"][[6]]})
    found = neighbor_influence(estimator, new, n=5)
    output = estimator.decision_function(new)
    neighbors = found[found["is_neighbor"]]
    assert len(neighbors) == estimator.n_neighbors
    for position, influence in neighbors["influence"].items():
        other = without_reference(estimator, position).decision_function(new)
        assert_allclose(influence, output - other, atol=1e-10)
    assert not found.loc[~found["is_neighbor"], "influence"].any()
    assert found["influence"].any()


def test_neighbors_are_those_of_the_graph(fitted):
    estimator, X, y = fitted
    references = X if estimator.graph is None else None
    found = neighbor_influence(estimator, X[[6]], y, n=6, references=references)
    assert found["similarity"].is_monotonic_decreasing
    # nobody is matched by id: a training patient is most similar to itself
    assert found.index[0] == 6
    if references is None:
        graph = estimator._model.ensemble.graph_
        edges = graph.connect(estimator._prepare(X[[6]]))
        own = found[found["is_neighbor"]]
        assert list(own.index) == list(edges.neighbors[0][edges.neighbors[0] >= 0])
        assert_allclose(own["similarity"], edges.edge_weight)
    for position, shared in found["shared"].items():
        both = X.mask[6] & X.mask[position]
        assert shared == tuple(np.array(list(X))[both])
    assert any(column.startswith("outcome") for column in found)


def test_closed_gates_leave_similar_patients_without_influence():
    X, y = make_patients()
    estimator = make_classifier(gate=0.0, max_epochs=1).fit(X, y)
    found = neighbor_influence(estimator, X[[0]], y, n=4)
    assert len(found) == 4
    assert not found["influence"].any()
    assert list(found["outcome"]) == list(y[found.index])


def test_patients_without_data_do_not_shift_ids_and_outcomes():
    X, y = make_patients()
    X = hide(X, X.mask & (np.arange(42) > 3)[:, None])
    X = MultiModalData(dict(X.items()), index=[f"p{row}" for row in range(42)])
    y = pd.Series(np.arange(42) % 2, index=X.index)
    with pytest.warns(UserWarning, match="no observed modality"):
        estimator = make_classifier(max_epochs=1).fit(X, y)
    found = neighbor_influence(estimator, X.loc[["p9"]], y, references=X)
    assert found.index[0] == "p9"
    assert list(found["outcome"]) == list(y[found.index])
    with pytest.raises(ValueError, match="y has 42 patients, but there are 38"):
        neighbor_influence(estimator, X.loc[["p9"]], y)


def test_without_graph_references_are_needed(graphless):
    estimator, X, y = graphless
    with pytest.raises(ValueError, match="references=X_train"):
        neighbor_influence(estimator, X[[0]], y)
    found = neighbor_influence(estimator, X[[0]], y, references=X, n=3)
    assert len(found) == 3
    assert not found["is_neighbor"].any()


def test_other_references_than_the_training_patients_are_refused(classifier):
    estimator, X, _ = classifier
    with pytest.raises(ValueError, match="references has 20 patients"):
        neighbor_influence(estimator, X[[0]], references=X[:20])


def test_one_patient_is_explained_at_a_time(classifier):
    with pytest.raises(ValueError, match=r"X has 42 patients.*X\[\[0\]\]"):
        neighbor_influence(*classifier)


def test_a_patient_without_data_has_no_neighbors(classifier):
    estimator, X, y = classifier
    assert neighbor_influence(estimator, without_data(X)[[-1]], y).empty
