"""A sample of the training patients in place of all references."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.graph import PatientGraphBuilder

N_PATIENTS = 1200


@pytest.fixture(scope="module")
def cohort():
    """Patients of two kinds, the second rare, blocks missing."""
    rng = np.random.default_rng(0)
    kind = (np.arange(N_PATIENTS) % 12 == 0).astype(int)
    blocks = {
        name: rng.normal(size=(N_PATIENTS, 8)) + 3 * kind[:, None]
        for name in ("rna", "protein")
    }
    for number, block in enumerate(blocks.values()):
        block[number::5] = np.nan
    return MultiModalData(blocks), kind


@pytest.mark.parametrize("method", ["exact", "approximate"])
def test_graph_is_that_of_the_chosen_patients(cohort, method):
    X, _ = cohort
    some = PatientGraphBuilder(5, max_references=300, method=method, n_probes=99).fit(X)
    chosen = some.references_

    # standardised on all patients, so compare edges among all with those left over
    everybody = PatientGraphBuilder(N_PATIENTS - 1, method="exact").fit(X)

    assert len(np.unique(chosen)) == 300
    for row in range(0, N_PATIENTS, 100):
        ranked = everybody.training_graph_.neighbors[row]
        expected = ranked[np.isin(ranked, chosen)][:5]
        assert_array_equal(
            some.training_graph_.neighbors[row][: len(expected)], expected
        )


def test_new_patients_are_linked_to_the_same_references(cohort):
    X, _ = cohort
    some = PatientGraphBuilder(5, max_references=300).fit(X)
    others = np.setdiff1d(np.arange(N_PATIENTS), some.references_)

    found = some.connect(X[others])

    assert found.n_references == 300
    assert_array_equal(
        found.among(some.references_, N_PATIENTS).neighbors,
        some.training_graph_.neighbors[others],
    )


def test_rare_patients_keep_their_share(cohort):
    X, kind = cohort
    chosen = PatientGraphBuilder(max_references=600).fit(X).references_

    assert 40 <= kind[chosen].sum() <= 60


def test_patients_without_data_are_no_references():
    values = np.random.default_rng(0).normal(size=(300, 5))
    values[:100] = np.nan
    X = MultiModalData({"rna": values})

    some = PatientGraphBuilder(3, max_references=50).fit(X)
    more = PatientGraphBuilder(3, max_references=250).fit(X)

    assert len(some.references_) == 50
    assert some.references_.min() >= 100
    assert more.graph_summary_["similarity_kept"] == 1.0


def test_own_group_is_no_neighbour(cohort):
    X, _ = cohort
    groups = np.arange(N_PATIENTS) // 6
    builder = PatientGraphBuilder(5, max_references=300).fit(X, groups=groups)

    rows, ranks = np.nonzero(builder.training_graph_.neighbors >= 0)
    sources = builder.training_graph_.neighbors[rows, ranks]

    assert (groups[rows] != groups[sources]).all()


def test_summary_states_what_is_lost(cohort):
    X, _ = cohort
    kept = [
        PatientGraphBuilder(5, max_references=n)
        .fit(X)
        .graph_summary_["similarity_kept"]
        for n in (60, 300, N_PATIENTS)
    ]

    assert kept == sorted(kept)
    assert kept[0] < 0.95
    assert kept[-1] == 1.0


def test_as_many_references_as_patients_change_nothing(cohort):
    X, _ = cohort
    plain = PatientGraphBuilder(5).fit(X)
    full = PatientGraphBuilder(5, max_references=N_PATIENTS).fit(X)

    assert_array_equal(full.training_graph_.neighbors, plain.training_graph_.neighbors)
    assert_array_equal(full.references_, np.arange(N_PATIENTS))


@pytest.mark.parametrize("n_layers", [1, 2])
def test_classifier_keeps_the_states_of_the_references_only(cohort, n_layers):
    X, y = cohort
    model = MagnetClassifier(
        graph=PatientGraphBuilder(5, max_references=100),
        experts=None,
        early_stopping=False,
        n_layers=n_layers,
        max_epochs=3,
        ensemble_size=2,
        hidden_dim=8,
        random_state=0,
    ).fit(X, y)

    states = model._model.ensemble.reference_states_
    assert {state.shape for state in states} == {(2, 100, 8)}
    assert_allclose(model.predict_proba(X[7]), model.predict_proba(X)[[7]], rtol=1e-7)


def test_held_out_patients_see_the_references_only(cohort):
    X, y = cohort
    model = MagnetClassifier(
        graph=PatientGraphBuilder(5, max_references=100),
        max_epochs=3,
        ensemble_size=2,
        hidden_dim=8,
        random_state=0,
    ).fit(X, y)

    assert model.graph_summary_["n_references"] == 100
    assert model.score(X, y) > 0.9
