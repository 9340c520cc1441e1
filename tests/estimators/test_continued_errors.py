"""What `add_modality` refuses, and that it changes nothing then."""

import numpy as np
import pytest
from common.checks import all_answers
from common.cohorts import growing_cohort, make_patients
from common.instances import feature_graph, make_classifier
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from magnet_sklearn import MultiModalData


@pytest.fixture
def cohort():
    return growing_cohort()


def test_growth_of_an_unfitted_estimator_is_refused(cohort):
    with pytest.raises(NotFittedError):
        make_classifier().add_modality(*cohort[1:])


def test_growth_without_new_modality_is_refused(cohort):
    before, _, y = cohort
    clf = make_classifier().fit(before, y)

    with pytest.raises(ValueError, match="X has no modality that this MagnetClassif"):
        clf.add_modality(before, y)


def test_growth_with_an_empty_modality_is_refused(cohort):
    before, _, y = cohort
    clf = make_classifier().fit(before, y)
    X = MultiModalData({**dict(before.items()), "image": np.full((80, 2), np.nan)})

    with pytest.raises(ValueError, match="'image' is missing for all 80 patients"):
        clf.add_modality(X, y)


def test_growth_with_other_columns_of_a_known_modality_is_refused(cohort):
    before, after, y = cohort
    clf = make_classifier().fit(before, y)
    X = {**dict(after.items()), "rna": after["rna"][:, :4]}

    with pytest.raises(ValueError, match="expecting 5 features as input in modality"):
        clf.add_modality(X, y)


def test_growth_of_a_feature_graph_is_refused():
    clf = make_classifier(feature_graph=feature_graph(), experts=None)
    X, y = make_patients()
    clf.fit(X, y)

    with pytest.raises(ValueError, match="has a feature_graph"):
        clf.add_modality({**dict(X.items()), "image": np.ones((len(y), 2))}, y)


def test_growth_with_another_width_is_refused(cohort):
    before, after, y = cohort
    clf = make_classifier().fit(before, y).set_params(hidden_dim=16)

    with pytest.raises(ValueError, match="hidden_dim is 16, but the networks"):
        clf.add_modality(after, y)


def test_failed_growth_changes_nothing(cohort):
    before, after, y = cohort
    clf = make_classifier().fit(before, y)
    answers = all_answers(clf, before)

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clf.add_modality(after, y[:-1])

    assert clf.modalities_ == ["rna", "protein"]
    assert_array_equal(all_answers(clf, before), answers)


def test_networks_that_were_stopped_by_patients_given_ask_for_them(cohort):
    before, after, y = cohort
    clf = make_classifier()
    clf.fit(before[:60], y[:60], X_val=before[60:], y_val=y[60:])

    with pytest.raises(ValueError, match="Pass X_val"):
        clf.add_modality(after[:60], y[:60])
    clf.add_modality(after[:60], y[:60], X_val=after[60:], y_val=y[60:])

    assert clf.predict(after).shape == (80,)
