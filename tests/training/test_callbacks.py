"""Callbacks of users in each member's net, and the record of a training."""

import pickle

import numpy as np
import pandas as pd
import pytest
from common.instances import INSTANCES, make_classifier, target_for
from sklearn.base import clone
from sklearn.model_selection import cross_validate
from skorch.callbacks import Callback, EarlyStopping

from magnet_sklearn._training import history_frame


class Counts(Callback):
    """Counts the epochs of its own net."""

    def initialize(self):
        self.n_epochs_ = 0
        self.members_ = set()
        return self

    def on_epoch_end(self, net, **kwargs):
        self.n_epochs_ += 1
        self.members_.add(net.member)
        net.history.record("half_loss", net.history[-1]["train_loss"] / 2)


@pytest.fixture(scope="module")
def given():
    return Counts()


@pytest.fixture(scope="module")
def fitted(given):
    clf = make_classifier(callbacks=[("counts", given)], n_jobs=2)
    return clf.fit(*target_for(clf))


def callbacks(net, kind):
    """Callbacks of a class, in a net."""
    return [own for _, own in net.callbacks_ if isinstance(own, kind)]


def test_each_member_has_callbacks_of_its_own(fitted, given):
    for member, net in enumerate(fitted.nets_):
        (own,) = callbacks(net, Counts)
        assert own.n_epochs_ == len(net.history) == 4
        assert own.members_ == {member}
    assert not hasattr(given, "n_epochs_")
    assert dict(fitted.net_.callbacks_)["counts"].n_epochs_ == 4


def test_history_has_the_epochs_of_all_members(fitted):
    history = fitted.history_

    assert history.columns[:6].tolist() == [
        "member", "epoch", "train_loss", "valid_loss", "learning_rate", "seconds",
    ]  # fmt: skip
    assert history["member"].tolist() == [0] * 4 + [1] * 4
    assert history["epoch"].tolist() == [1, 2, 3, 4] * 2
    for member, net in enumerate(fitted.nets_):
        own = history[history["member"] == member]
        np.testing.assert_array_equal(own["valid_loss"], net.history[:, "valid_loss"])
    assert (history["seconds"] > 0).all()
    assert (history["learning_rate"] == 0.02).all()
    np.testing.assert_array_equal(history["half_loss"], history["train_loss"] / 2)


def test_history_without_held_out_patients_has_no_loss_of_them():
    clf = clone(INSTANCES["bare"])
    assert "valid_loss" not in clf.fit(*target_for(clf)).history_


def test_history_of_no_network_is_an_empty_frame():
    assert history_frame([]).columns[:3].tolist() == ["member", "epoch", "train_loss"]


def test_a_callback_that_stops_early_stops_its_member():
    clf = make_classifier(
        max_epochs=30,
        learning_rate=0.3,
        callbacks=[EarlyStopping(patience=2, threshold=0.5)],
    )
    history = clf.fit(*target_for(clf)).history_
    assert (history.groupby("member").size() < 8).all()


def test_a_callback_that_raises_ends_the_fit():
    class Raises(Callback):
        def on_epoch_end(self, net, **kwargs):
            if net.member == 1:
                raise RuntimeError("disk is full")

    clf = make_classifier(callbacks=[Raises()])
    with pytest.raises(RuntimeError, match="disk is full"):
        clf.fit(*target_for(clf))
    assert not hasattr(clf, "_model")


def test_callbacks_travel_with_clones_and_pickles(fitted):
    X, y = target_for(fitted)
    found = cross_validate(fitted, X, y, cv=2, return_estimator=True)
    assert [len(clf.history_) for clf in found["estimator"]] == [8, 8]
    again = pickle.loads(pickle.dumps(fitted))
    pd.testing.assert_frame_equal(again.history_, fitted.history_)


@pytest.mark.parametrize("wrong", ["progress", ("name", 3), print])
def test_other_than_callbacks_are_refused(wrong):
    clf = make_classifier(callbacks=[wrong])
    with pytest.raises(TypeError, match="callbacks must be skorch callbacks"):
        clf.fit(*target_for(clf))
