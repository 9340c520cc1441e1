"""Label spreading as a family of experts."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import ClassEvidence, ModalityExperts
from magnet_sklearn.experts._views import Views
from magnet_sklearn.experts.families._spreading import SpreadingFamily

Y = np.arange(20) % 2


@pytest.fixture(scope="module")
def patients():
    """Twenty with a label, thirty without; a third lacks each modality."""
    rng = np.random.default_rng(0)
    hidden = np.r_[Y, np.arange(30) % 2]
    rna = rng.normal(size=(50, 4)) + 2.0 * hidden[:, None]
    protein = rng.normal(size=(50, 3)) - hidden[:, None]
    rna[::3], protein[1::3] = np.nan, np.nan
    return MultiModalData({"rna": rna, "protein": protein})


def fit(patients, estimator="spreading", **parameters):
    experts = ModalityExperts(estimator, evidence=ClassEvidence(), random_state=0)
    return experts.fit(
        patients[:20], Y, n_outputs=2, unlabelled=patients[20:], **parameters
    )


def test_unlabelled_patients_are_nodes_of_the_graph(patients):
    views = Views(patients[:20], list(patients), unlabelled=patients[20:])
    features = [SpreadingFamily().features(view, 0) for view in views]

    n_nodes = [family.builder.training_graph_.n_references for family in features]

    assert n_nodes == [*patients.mask.sum(axis=0), 50]


def test_fitted_experts_take_scores_in_place_of_influences(patients):
    view = Views(patients[:20], list(patients), unlabelled=patients[20:])[2]
    family = SpreadingFamily()
    features, expert = family.features(view, 0), family.expert("classes", 0)
    table = features.of_training(view)
    family.cross_fit(expert, table, Y, np.ones(20), [])
    expected = expert.predict_proba(table)

    features.finish(expert, view)
    # of the graph, in which a training patient is no neighbour of itself
    neighbors = features.builder.training_graph_.of_queries(20)
    features.builder.connect = lambda X: neighbors

    assert_allclose(expert.predict_proba(features.transform(view)), expected)


def test_automatic_only_with_unlabelled_patients_and_few_labels(patients, monkeypatch):
    alone = ModalityExperts(evidence=ClassEvidence(), random_state=0)
    alone.fit(patients[:20], Y, n_outputs=2)

    assert "spreading" not in alone.families_
    assert "spreading" in fit(patients, "auto").families_
    monkeypatch.setattr("magnet_sklearn.experts._modality_experts._MOST_SPREAD", 19)
    assert "spreading" not in fit(patients, "auto").families_
    assert fit(patients).families_ == ["spreading"]


def test_it_learns_from_labels_alone_if_named(patients):
    experts = ModalityExperts("spreading", evidence=ClassEvidence())
    experts.fit(patients[:20], Y, n_outputs=2)

    right = experts.predict_evidence(patients[:20]).values[0, :, 2].argmax(axis=1) == Y
    assert right.mean() >= 0.8


def test_groups_are_left_out_whole(patients):
    groups = np.arange(20) // 2
    first = fit(patients, groups=groups).training_evidence_.values
    changed = Y.copy()
    changed[[0, 1]] = changed[[1, 0]]
    experts = ModalityExperts("spreading", evidence=ClassEvidence(), random_state=0)
    second = experts.fit(
        patients[:20],
        changed,
        n_outputs=2,
        fold_labels=Y,
        groups=groups,
        unlabelled=patients[20:],
    ).training_evidence_.values

    assert_array_equal(first[:, :2], second[:, :2])
    assert not np.allclose(first[:, 2:], second[:, 2:])


def test_a_prediction_does_not_depend_on_the_other_patients(patients):
    experts = fit(patients)

    together = experts.predict_evidence(patients).values
    alone = [experts.predict_evidence(patients[[row]]).values for row in range(50)]

    assert_allclose(np.concatenate(alone, axis=1), together, atol=1e-12)
