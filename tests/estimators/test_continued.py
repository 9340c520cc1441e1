"""A modality that comes after `fit`."""

import numpy as np
import pandas as pd
import pytest
import torch
from common.checks import (
    all_answers,
    check_copies_give_same_bits,
    check_every_pattern_gives_an_answer_of_its_own,
    check_order_and_batch_size_do_not_matter,
    check_patient_alone_gets_same_answer,
    check_patient_without_data_gets_the_average,
)
from common.cohorts import growing_cohort, make_patients
from common.instances import INSTANCES, TINY, make_classifier, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from magnet_sklearn import MagnetClassifier, MultiModalData, MultiModalGNNRegressor
from magnet_sklearn.preprocessing import ModalityTransformer

GROWING = [
    "early-stopping",
    "bare",
    "fusion-concat",
    "fusion-cross",
    "no-graph",
    "published",
    "MultiModalGNNRegressor",
    "MagnetSurvivalAnalysis",
    "MagnetMultiTask",
]


def without_clinical(X):
    """The same patients as they were before the clinical table came."""
    return MultiModalData({name: X[name] for name in ("rna", "protein")}, X.index)


def fit_and_grow(estimator, **arguments):
    """Fit on two modalities, then add the third one."""
    X, y = target_for(estimator)
    with pytest.warns(UserWarning, match="no observed modality"):
        estimator.fit(without_clinical(X), y)
    return estimator.add_modality(X, y, **arguments)


@pytest.fixture
def cohort():
    return growing_cohort()


@pytest.fixture(scope="module", params=GROWING)
def grown(request):
    return fit_and_grow(clone(INSTANCES[request.param]))


@pytest.mark.parametrize(
    "check",
    [
        check_patient_alone_gets_same_answer,
        check_order_and_batch_size_do_not_matter,
        check_copies_give_same_bits,
        check_every_pattern_gives_an_answer_of_its_own,
        check_patient_without_data_gets_the_average,
    ],
    ids=lambda check: check.__name__,
)
def test_common_check_holds_after_growth(grown, check):
    check(grown)


def test_new_modality_is_the_last_one(grown):
    assert grown.modalities_ == ["rna", "protein", "clinical"]
    assert grown.n_features_in_ == 12
    assert list(grown.attention_weights(make_patients(seed=1)[0])) == grown.modalities_


def test_modality_left_out_of_a_query_is_a_missing_one(grown):
    X = make_patients(seed=1)[0]
    X = X[X.mask[:, :2].any(axis=1)]
    clinical = X["clinical"].copy()
    clinical.loc[:] = np.nan
    missing = MultiModalData({**dict(X.items()), "clinical": clinical}, X.index)

    answers = all_answers(grown, without_clinical(X))

    assert_array_equal(answers, all_answers(grown, missing))
    assert np.isfinite(answers).all()


def test_growth_with_a_seed_gives_same_bits(grown):
    again = fit_and_grow(clone(grown))
    X = make_patients(seed=1)[0]

    assert_array_equal(all_answers(again, X), all_answers(grown, X))


@pytest.mark.parametrize("name", ["bare", "fusion-concat", "MultiModalGNNRegressor"])
def test_frozen_encoders_stay_as_they_are(name):
    estimator = clone(INSTANCES[name])
    X, y = target_for(estimator)
    with pytest.warns(UserWarning, match="no observed modality"):
        estimator.fit(without_clinical(X), y)
    before = [_weights(net.module_.encoders) for net in estimator.nets_]

    estimator.add_modality(X, y, freeze=True)

    for weights, net in zip(before, estimator.nets_, strict=True):
        assert_array_equal(_weights(net.module_.encoders[:2]), weights)
        assert all(parameter.requires_grad for parameter in net.module_.parameters())


def test_running_means_of_frozen_encoders_stay_as_they_are():
    class Normed(torch.nn.Sequential):
        def __init__(self):
            super().__init__(torch.nn.BatchNorm1d(6), torch.nn.Linear(6, 8))

    clf = make_classifier(encoders={"rna": Normed()}, experts=None)
    X, y = make_patients()
    with pytest.warns(UserWarning, match="no observed modality"):
        clf.fit(without_clinical(X), y)
    before = clf.net_.module_.encoders[0][0].running_mean.clone()

    clf.add_modality(X, y, freeze=True)

    assert_array_equal(clf.net_.module_.encoders[0][0].running_mean, before)


def test_encoders_train_on_unless_frozen():
    clf = clone(INSTANCES["bare"])
    X, y = make_patients()
    with pytest.warns(UserWarning, match="no observed modality"):
        clf.fit(without_clinical(X), y)
    before = _weights(clf.net_.module_.encoders)

    clf.add_modality(X, y)

    difference = np.abs(_weights(clf.net_.module_.encoders[:2]) - before).max()
    assert 0 < difference < 0.5  # four epochs away, not drawn anew


def test_preprocessing_and_experts_of_known_modalities_stay(cohort):
    before, after, y = cohort
    clf = make_classifier().fit(before, y)
    prepared = clf._prepare(before)["rna"]
    evidence = clf.offset_.experts_.training_evidence_.values

    clf.add_modality(after, y)

    assert_array_equal(clf._prepare(after)["rna"], prepared)
    grown_evidence = clf.offset_.experts_.training_evidence_.values
    # the last view is the joint one
    assert_array_equal(grown_evidence[:, :, :2], evidence[:, :, :2])


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize("kind", [MagnetClassifier, MultiModalGNNRegressor])
def test_an_informative_modality_raises_the_score(cohort, kind, freeze):
    before, after, y = cohort
    train, test = np.arange(50), np.arange(50, 80)
    estimator = kind(**{**TINY, "max_epochs": 20}).fit(before[train], y[train])

    def score(X):
        if kind is MagnetClassifier:
            return roc_auc_score(y[test], estimator.predict_proba(X[test])[:, 1])
        return r2_score(y[test], estimator.predict(X[test]))

    without = score(before)
    estimator.add_modality(after[train], y[train], freeze=freeze)

    assert score(after) > without + 0.2


def test_networks_alone_learn_the_new_modality(cohort):
    before, after, y = cohort
    train, test = np.arange(50), np.arange(50, 80)
    clf = clone(INSTANCES["bare"]).set_params(max_epochs=40)
    without = clf.fit(before[train], y[train]).score(before[test], y[test])

    clf.add_modality(after[train], y[train], freeze=True)

    assert clf.score(after[test], y[test]) > without + 0.2


def test_other_patients_can_bring_the_modality(cohort):
    before, after, y = cohort
    clf = make_classifier().fit(before[:40], y[:40])

    clf.add_modality(after[30:], y[30:])

    assert clf.predict(after).shape == (80,)


def test_two_modalities_can_come_one_after_the_other(cohort):
    before, after, y = cohort
    clf = make_classifier().fit({"rna": before["rna"]}, y)

    clf.add_modality(before, y).add_modality(after, y, freeze=True)

    assert clf.modalities_ == ["rna", "protein", "image"]
    assert clf.predict_proba({"image": after["image"]}).shape == (80, 2)


def test_warm_start_goes_on_with_the_new_modality(cohort):
    before, after, y = cohort
    clf = make_classifier().fit(before, y).add_modality(after, y)

    clf.set_params(warm_start=True).fit(after, y)

    assert clf.modalities_ == ["rna", "protein", "image"]


def test_clinical_modality_that_comes_later_asks_the_others():
    clf = fit_and_grow(clone(INSTANCES["fusion-cross"]))

    assert clf.net_.module_.fusion.query_position == 2


def test_own_preprocessor_is_fitted_on_the_new_modality(cohort):
    before, after, y = cohort
    scaler = ModalityTransformer({}, remainder=StandardScaler())
    clf = make_classifier(preprocessor=scaler).fit(before, y)

    clf.add_modality(after, y)

    assert_allclose(clf._prepare(after)["image"].mean(axis=0), 0, atol=1e-12)


def test_flat_data_grow_with_the_parameter_modalities(cohort):
    before, after, y = cohort
    frames = [after[name] for name in ("rna", "protein", "image")]
    flat = pd.DataFrame(np.hstack(frames)).add_prefix("x")
    slices = {"rna": slice(0, 5), "protein": slice(5, 8)}
    clf = make_classifier(modalities=slices).fit(flat.iloc[:, :8], y)

    clf.set_params(modalities={**slices, "image": slice(8, 12)}).add_modality(flat, y)

    assert clf.n_features_in_ == 12
    assert clf.predict(flat).shape == (80,)


def test_weight_zero_is_a_patient_left_out_of_growth(cohort):
    before, after, y = cohort
    weight = np.ones(80)
    weight[:10] = 0
    weighted = make_classifier().fit(before[10:], y[10:])
    reduced = make_classifier().fit(before[10:], y[10:])

    weighted.add_modality(after, y, sample_weight=weight)
    reduced.add_modality(after[10:], y[10:])

    assert_array_equal(all_answers(weighted, after), all_answers(reduced, after))


def _weights(encoders):
    """All weights of some encoders in one row."""
    parts = [parameter.detach().ravel() for parameter in encoders.parameters()]
    return torch.cat(parts).numpy()
