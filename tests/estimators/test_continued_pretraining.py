"""Patients without labels."""

import pickle

import numpy as np
import pytest
import torch
from common.checks import (
    all_answers,
    check_copies_give_same_bits,
    check_every_pattern_gives_an_answer_of_its_own,
    check_order_and_batch_size_do_not_matter,
    check_patient_alone_gets_same_answer,
)
from common.cohorts import make_patients
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from magnet_sklearn import MultiModalData

KINDS = [
    "early-stopping",
    "bare",
    "fusion-concat",
    "fusion-cross",
    "feature-graph-attention",
    "published",
    "MultiModalGNNRegressor",
    "MagnetSurvivalAnalysis-bare",
    "MagnetMultiTask",
]
COMMON = [
    check_patient_alone_gets_same_answer,
    check_order_and_batch_size_do_not_matter,
    check_copies_give_same_bits,
    check_every_pattern_gives_an_answer_of_its_own,
]


@pytest.fixture(scope="module", params=KINDS)
def pretrained(request):
    estimator = clone(INSTANCES[request.param])
    X, y = target_for(estimator)
    return estimator.pretrain(X, max_epochs=3).fit(X, y)


@pytest.fixture(scope="module", params=["bare", "MultiModalGNNRegressor-bare"])
def auxiliary(request):
    estimator = clone(INSTANCES[request.param]).set_params(contrastive_weight=0.5)
    return estimator.fit(*target_for(estimator))


@pytest.mark.parametrize("check", COMMON, ids=lambda check: check.__name__)
def test_common_check_holds_after_pretraining(pretrained, check):
    check(pretrained)


@pytest.mark.parametrize("check", COMMON, ids=lambda check: check.__name__)
def test_common_check_holds_with_the_auxiliary_loss(auxiliary, check):
    check(auxiliary)


def test_fit_starts_from_the_pretrained_encoders():
    clf = make_classifier(max_epochs=1, learning_rate=1e-9, early_stopping=False)
    X, y = make_patients()
    clf.pretrain(X, max_epochs=3)
    learned = [network.encoders.state_dict() for network in clf._pretrained.pretrained]

    clf.fit(X, y)

    for net, expected in zip(clf.nets_, learned, strict=True):
        for name, weights in net.module_.encoders.state_dict().items():
            assert torch.allclose(weights.float(), expected[name], atol=1e-6)


def test_pretraining_and_fit_with_a_seed_give_same_bits(pretrained):
    again = clone(pretrained)
    X, y = target_for(again)

    again.pretrain(X, max_epochs=3).fit(X, y)

    assert_array_equal(all_answers(again, X), all_answers(pretrained, X))


def test_a_second_fit_starts_from_the_pretrained_weights_again():
    clf = make_classifier(early_stopping=False)
    X, y = make_patients()
    first = all_answers(clf.pretrain(X, max_epochs=2).fit(X, y), X)

    assert_array_equal(all_answers(clf.fit(X, y), X), first)


def test_clone_forgets_what_was_pretrained():
    clf = make_classifier(early_stopping=False)
    X, y = make_patients()
    plain = all_answers(clone(clf).fit(X, y), X)
    clf.pretrain(X, max_epochs=2)

    assert_array_equal(all_answers(clone(clf).fit(X, y), X), plain)


def test_pretrained_estimator_is_not_fitted():
    clf = make_classifier().pretrain(make_patients()[0], max_epochs=1)

    with pytest.raises(NotFittedError):
        clf.predict(make_patients()[0])


def test_pretrained_estimator_can_be_pickled_before_fit():
    clf = make_classifier(early_stopping=False)
    X, y = make_patients()
    clf.pretrain(X, max_epochs=2)
    copied = pickle.loads(pickle.dumps(clf))

    assert_array_equal(all_answers(copied.fit(X, y), X), all_answers(clf.fit(X, y), X))


def test_a_modality_absent_in_fit_counts_as_missing():
    X, y = make_patients()
    clf = make_classifier().pretrain(X, max_epochs=1)

    with pytest.warns(UserWarning, match="no observed modality"):
        clf.fit({name: X[name] for name in ("rna", "protein")}, y)

    assert list(clf.attention_weights(X)) == list(X)


def test_a_modality_new_in_fit_is_refused():
    X, y = make_patients()
    clf = make_classifier()
    with pytest.warns(UserWarning, match="no observed modality"):
        clf.pretrain({"rna": X["rna"]}, max_epochs=1)

    with pytest.raises(ValueError, match="protein"):
        clf.fit(X, y)


def test_pretraining_for_another_width_is_refused():
    X, y = make_patients()
    clf = make_classifier().pretrain(X, max_epochs=1).set_params(hidden_dim=16)

    with pytest.raises(ValueError, match="hidden_dim is 16"):
        clf.fit(X, y)


@pytest.mark.parametrize(
    ("epochs", "error"), [(0, ValueError), ("many", TypeError), (1.5, TypeError)]
)
def test_number_of_epochs_is_checked(epochs, error):
    with pytest.raises(error, match="max_epochs"):
        make_classifier().pretrain(make_patients()[0], max_epochs=epochs)


def test_an_interruption_ends_all_of_the_pretraining():
    class Interrupts(torch.nn.Linear):
        def forward(self, X):
            raise KeyboardInterrupt

    clf = make_classifier(encoders={"rna": Interrupts(6, 8)})

    with pytest.raises(KeyboardInterrupt):
        clf.pretrain(make_patients()[0])


def test_a_single_patient_cannot_be_pretrained_on():
    with pytest.raises(ValueError, match="1 patient with an observed modality"):
        make_classifier().pretrain({"rna": np.ones((1, 3))})


def test_a_modality_can_be_added_after_pretraining():
    X, y = make_patients()
    known = X[X.mask[:, :2].any(axis=1)]
    clf = make_classifier()
    before = MultiModalData({name: known[name] for name in ("rna", "protein")})
    clf.pretrain(before, max_epochs=1).fit(before, y[X.mask[:, :2].any(axis=1)])

    clf.add_modality(X, y).fit(X, y)

    assert clf.predict(X).shape == y.shape


def test_networks_alone_gain_from_patients_without_labels():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(300, 2))
    y = (shared[:, 0] > 0).astype(int)
    X = MultiModalData(
        {
            name: shared @ rng.normal(size=(2, 20)) + 3 * rng.normal(size=(300, 20))
            for name in ("rna", "protein", "imaging")
        }
    )
    settings = {"experts": None, "graph": None, "early_stopping": False}
    plain = make_classifier(**settings, hidden_dim=16, max_epochs=20)
    pretrained = clone(plain).pretrain(X[:200], max_epochs=80)
    gains = []
    for first in (0, 16, 32, 48):
        labelled, tested = np.arange(first, first + 16), np.arange(200, 300)
        scores = [
            roc_auc_score(
                y[tested],
                clf.fit(X[labelled], y[labelled]).predict_proba(X[tested])[:, 1],
            )
            for clf in (plain, pretrained)
        ]
        gains.append(scores[1] - scores[0])

    assert np.mean(gains) > 0.02
