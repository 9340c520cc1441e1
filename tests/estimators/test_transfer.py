"""Encoders of one cohort for another."""

import numpy as np
import pandas as pd
import pytest
import torch
from common.checks import (
    all_answers,
    check_copies_give_same_bits,
    check_patient_alone_gets_same_answer,
)
from common.cohorts import make_blocks, make_patients
from common.instances import INSTANCES, feature_graph, make_classifier, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score

from magnet_sklearn import MagnetClassifier, MultiModalData

ALONE = {"experts": None, "early_stopping": False}  # nothing says no


@pytest.fixture(scope="module")
def source():
    X, y = make_patients(n_classes=3, seed=3)
    return make_classifier(**ALONE).fit(X, y)


def rows(estimator, taken=True):
    """What was taken over, or not."""
    frame = estimator.transferred_
    frame = frame[frame["taken"] == taken]
    return [name or part for part, name in zip(frame.part, frame.modality, strict=True)]


@pytest.mark.parametrize(
    "name",
    ["bare", "MultiModalGNNRegressor-bare", "MagnetSurvivalAnalysis-bare",
     "MagnetMultiTask-bare"],
)  # fmt: skip
def test_every_estimator_starts_from_a_classifier(source, name):
    estimator = clone(INSTANCES[name]).fit(
        *target_for(INSTANCES[name]), init_from=source
    )

    assert rows(estimator) == ["rna", "protein", "clinical", "fusion"]
    check_copies_give_same_bits(estimator)
    check_patient_alone_gets_same_answer(estimator)


def test_embeddings_before_training_are_those_of_the_source(source):
    X, y = make_patients(n_classes=3, seed=3)
    clf = make_classifier(**ALONE, learning_rate=1e-12).fit(
        X, 1 - y % 2, init_from=source
    )
    assert_allclose(clf.transform(X), source.transform(X), atol=1e-5)


def test_source_stays_as_it_is_and_is_not_kept(source):
    X, y = make_patients()
    before = all_answers(source, X)
    clf = make_classifier(**ALONE).fit(X, y, init_from=source)
    assert_array_equal(all_answers(source, X), before)
    assert clf._model.ensemble.pretrained == ()
    assert clone(clf).get_params().keys() == clf.get_params().keys()


def test_columns_and_modalities_may_be_others(source):
    blocks, y = make_blocks()
    named = {
        "rna": pd.DataFrame(blocks["rna"]).add_prefix("gene_"),
        "protein": blocks["protein"],
        "clinical": blocks["clinical"],
    }
    known = make_classifier(**ALONE).fit(named, y)
    other = {
        "clinical": blocks["clinical"].assign(bmi=np.linspace(20, 30, 42)),
        "rna": named["rna"].iloc[:, ::-1].drop(columns="gene_2"),
        "mirna": blocks["protein"][:, :2],
    }

    clf = make_classifier(**ALONE).fit(other, y, init_from=known)

    frame = clf.transferred_.set_index("modality")
    assert rows(clf) == ["clinical", "rna", "fusion"]
    assert frame.loc["rna", "reason"].startswith("5 columns in common, 0 new, 1 left")
    assert frame.loc["clinical", "reason"].startswith("4 columns in common, 1 new, 0")
    assert "has not seen" in frame.loc["mirna", "reason"]
    assert "do not have" in frame.loc["protein", "reason"]
    given = known.net_.module_.encoders[0].layers[0].weight
    start = _started(clf, other, y, known)
    assert_allclose(start[:, 0], given.detach()[:, 5], rtol=1e-6)


def _started(clf, X, y, source):
    """First layer of the encoder of rna before training."""
    slow = clone(clf).set_params(learning_rate=1e-12).fit(X, y, init_from=source)
    weight = slow.net_.module_.encoders[1].layers[0].weight
    return weight.detach().numpy()


def test_columns_without_names_have_to_be_as_many(source):
    blocks, y = make_blocks()
    X = {"rna": blocks["rna"][:, :5], "protein": blocks["protein"]}
    clf = make_classifier(**ALONE).fit(X, y, init_from=source)
    assert rows(clf) == ["protein", "fusion"]


def test_wide_blocks_are_carried_over_by_their_columns():
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(60, 3))
    wide = factors @ rng.normal(size=(3, 2100)) + 0.1 * rng.normal(size=(60, 2100))
    frame = pd.DataFrame(wide).add_prefix("gene_")
    y = (factors[:, 0] > 0).astype(int)
    parameters = {**ALONE, "graph": None, "learning_rate": 1e-12}
    known = make_classifier(**parameters).fit({"rna": frame[:30]}, y[:30])

    # other patients, in other columns and with other components
    other = {"rna": frame[30:].iloc[:, ::-1].drop(columns="gene_7")}
    clf = make_classifier(**parameters).fit(other, y[30:], init_from=known)

    assert "2099 columns in common" in clf.transferred_["reason"][0]
    both = clf.transform(other), known.transform({"rna": frame[30:]})
    similarity = [np.corrcoef(a, b)[0, 1] for a, b in zip(*both, strict=True)]
    assert np.mean(similarity) > 0.9


def test_held_out_patients_decide():
    X, y = make_patients(60, seed=3)
    good = make_classifier(max_epochs=40, experts=None).fit(X, y)
    noise = np.random.default_rng(0)
    spoiled = clone(good).fit(X, y)
    for net in spoiled.nets_:
        for encoder in net.module_.encoders:
            for parameter in encoder.parameters():
                values = 30 * noise.normal(size=parameter.shape)
                parameter.data = torch.from_numpy(values)
    quick = make_classifier(max_epochs=3, experts=None)
    clf = make_classifier(max_epochs=15, experts=None)
    scratch = all_answers(clone(clf).fit(X, y), X)

    helped = quick.fit(X, y, init_from=good)
    refused = clf.fit(X, y, init_from=spoiled)

    assert rows(helped) == ["rna", "protein", "clinical", "fusion"]
    assert rows(refused) == []
    assert "for held-out patients; needs" in refused.transferred_["reason"][0]
    assert_array_equal(all_answers(refused, X), scratch)


def test_other_feature_graphs_are_not_taken_over():
    X, y = make_patients()
    graph = {"feature_graph": feature_graph(), **ALONE}
    known = make_classifier(**graph).fit(X, y)
    same = make_classifier(**graph).fit(X, y, init_from=known)
    less = X[X.mask[:, :2].any(axis=1)]
    less = MultiModalData({name: less[name] for name in ("rna", "protein")})
    other = make_classifier(**graph).fit(less, y[: len(less)], init_from=known)

    assert rows(same) == ["rna", "protein", "clinical", "fusion"]
    assert rows(other) == []
    assert "different nodes" in other.transferred_["reason"][0]


def test_source_passes_through_cross_validation(source):
    X, y = make_patients()
    clf = make_classifier(**ALONE)
    scores = cross_val_score(clf, X, y, cv=2, params={"init_from": source})
    assert scores.shape == (2,)


def test_training_with_a_source_resumes(source, tmp_path):
    X, y = make_patients()
    clf = make_classifier(checkpoint=tmp_path)
    first = all_answers(clf.fit(X, y, init_from=source), X)
    assert_array_equal(all_answers(clone(clf).fit(X, y, init_from=source), X), first)
    other = make_classifier(**ALONE).fit(X, y)
    with pytest.raises(ValueError, match="belongs to a training with other"):
        clone(clf).fit(X, y, init_from=other)


def test_verbose_says_what_was_taken_over(source, capsys):
    make_classifier(**ALONE, verbose=1).fit(*make_patients(), init_from=source)
    said = capsys.readouterr().out
    assert "taken over from init_from: rna, protein, clinical, fusion" in said


def test_without_a_source_nothing_is_reported(source):
    assert source.transferred_ is None


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda fitted: "model.zip", TypeError, "init_from must be a fitted est.*str"),
        (lambda fitted: MagnetClassifier(), NotFittedError, "not fitted"),
        (lambda fitted: closed(), ValueError, "compact\\(\\) has given them up"),
        (
            lambda fitted: wide(),
            ValueError,
            "hidden_dim is 8, but .* init_from have 16",
        ),
    ],
    ids=["path", "not-fitted", "compact", "width"],
)
def test_other_sources_are_refused(source, make, error, match):
    clf = make_classifier()
    with pytest.raises(error, match=match):
        clf.fit(*make_patients(), init_from=make(source))
    assert not hasattr(clf, "_model")


def closed():
    """A compact model with closed gates."""
    return make_classifier(gate=0.0).fit(*make_patients()).compact()


def wide():
    """A model with wider networks."""
    return make_classifier(hidden_dim=16).fit(*make_patients())


def test_only_one_start_is_possible(source):
    X, y = make_patients()
    pretrained = make_classifier().pretrain(X, max_epochs=1)
    fitted = make_classifier(warm_start=True).fit(X, y)
    for clf, own in ((pretrained, "pretrain"), (fitted, "warm_start=True")):
        with pytest.raises(ValueError, match=f"init_from and from {own}"):
            clf.fit(X, y, init_from=source)
    with pytest.raises(TypeError, match="does not take 'init_from'"):
        fitted.add_modality(X, y, init_from=source)
