"""What is missing in training, or for a patient."""

import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData


@pytest.fixture(scope="module")
def cohort():
    return make_patients()


def fit(X, y):
    return make_classifier(ensemble_size=1, max_epochs=2).fit(X, y)


def test_patient_without_block_in_fit_counts_for_class_shares_only(cohort):
    X, y = cohort
    rows = np.append(np.arange(42), [0, 0])
    blocks = {name: X[rows][name].copy() for name in ("rna", "protein")}
    for block in blocks.values():
        block[-2:] = np.nan
    both = MultiModalData(blocks)
    n_empty = int((~both.mask.any(axis=1)).sum())

    with pytest.warns(UserWarning, match=f"{n_empty} of 44 training patients"):
        clf = fit(both, np.append(y, [1, 1]))
    with pytest.warns(UserWarning, match="1 of 1 patients have no observed"):
        probability = clf.predict_proba(both[-1])

    assert_allclose(probability[0], [21 / 44, 23 / 44])


def test_no_patient_with_data_is_an_error():
    with pytest.raises(ValueError, match="observed value in any of the 4 patients"):
        fit({"rna": np.full((4, 2), np.nan)}, [0, 1, 0, 1])


def test_modality_missing_in_all_of_training_is_ignored(cohort):
    X, y = cohort
    blocks = {**dict(X.items()), "ct": np.full((42, 2), np.nan)}
    clf = fit(blocks, y)
    query = {**dict(X[:5].items()), "ct": np.ones((5, 2))}

    without_ct = clf.predict_proba({**query, "ct": np.full((5, 2), np.nan)})

    assert_array_equal(clf.predict_proba(query), without_ct)
    assert clf.attention_weights(query)["ct"].tolist() == [0.0] * 5


def test_missing_cell_counts_as_the_training_mean():
    rng = np.random.default_rng(0)
    rna, y = rng.normal(size=(30, 3)), np.arange(30) % 2
    clf = fit({"rna": rna}, y)
    missing, mean = np.ones((1, 3)), np.ones((1, 3))
    missing[0, 1], mean[0, 1] = np.nan, rna[:, 1].mean()

    answers = [clf.predict_proba({"rna": cells}) for cells in (missing, mean)]

    assert_allclose(*answers)


def test_column_missing_in_all_of_training_does_not_crash(cohort):
    X, y = cohort
    rna = X["rna"].copy()
    rna[:, 2] = np.nan
    clf = fit({**dict(X.items()), "rna": rna}, y)

    assert np.isfinite(clf.predict_proba(X)).all()
