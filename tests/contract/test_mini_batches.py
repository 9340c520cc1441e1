"""Training in mini-batches."""

import numpy as np
import pytest
from common.checks import (
    all_answers,
    check_copies_give_same_bits,
    check_patient_alone_gets_same_answer,
)
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import log_loss, roc_auc_score

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import drop_modalities

KINDS = [
    "early-stopping",
    "no-experts",
    "published",
    "decoder-gat",
    "fusion-cross",
    "no-graph",
    "MultiModalGNNRegressor-bare",
    "MagnetSurvivalAnalysis-bare",
    "MagnetMultiTask-bare",
]


@pytest.fixture(scope="module", params=KINDS)
def fitted(request):
    estimator = clone(INSTANCES[request.param]).set_params(batch_size=8)
    return estimator.fit(*target_for(estimator))


@pytest.mark.parametrize(
    "check",
    [check_patient_alone_gets_same_answer, check_copies_give_same_bits],
    ids=lambda check: check.__name__,
)
def test_common_check_holds(fitted, check):
    check(fitted)


def test_fit_with_a_seed_gives_same_bits(fitted):
    X, y = target_for(fitted)

    again = clone(fitted).fit(X, y)

    assert_array_equal(all_answers(again, X), all_answers(fitted, X))


def test_an_epoch_has_a_step_per_batch():
    clf = make_classifier(experts=None, early_stopping=False, batch_size=16)
    X, y = target_for(clf)

    clf.fit(X, y)

    assert len(clf.net_.history[0]["batches"]) == -(-X.mask.any(axis=1).sum() // 16)


@pytest.mark.parametrize("graph", ["knn", None])
def test_mini_batches_reach_the_score_of_full_batches(graph):
    table, y = load_breast_cancer(return_X_y=True)
    blocks = {name: table[:, i::3] for i, name in enumerate("abc")}
    X = drop_modalities(MultiModalData(blocks), 0.3, random_state=0)
    train, test = np.arange(0, 569, 2), np.arange(1, 569, 2)
    scores = []
    for batch_size in (1024, 64):
        clf = make_classifier(
            experts=None,
            graph=graph,
            batch_size=batch_size,
            hidden_dim=32,
            max_epochs=40,
            learning_rate=0.005,
        ).fit(X[train], y[train])
        probability = clf.predict_proba(X[test])[:, 1]
        scores.append(
            (roc_auc_score(y[test], probability), log_loss(y[test], probability))
        )

    assert abs(scores[0][0] - scores[1][0]) < 0.01
    assert abs(scores[0][1] - scores[1][1]) < 0.04


@pytest.mark.parametrize("kind", ["early-stopping", "no-experts", "no-graph"])
def test_fit_from_disk_is_fit_from_memory(tmp_path, monkeypatch, kind):
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    blocks = {name: rng.normal(size=(60, 4)) + y[:, None] for name in ("rna", "age")}
    blocks["rna"][::3] = np.nan
    for name, block in blocks.items():
        np.save(tmp_path / f"{name}.npy", block)
    files = {name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in blocks}
    on_disk, in_memory = MultiModalData(files), MultiModalData(blocks)
    monkeypatch.setattr("magnet_sklearn.data._on_disk._IN_MEMORY", 16)
    model = clone(INSTANCES[kind]).set_params(batch_size=20)

    expected = clone(model).fit(in_memory, y)
    found = clone(model).fit(on_disk, y)

    assert_array_equal(found.predict_proba(in_memory), expected.predict_proba(on_disk))
