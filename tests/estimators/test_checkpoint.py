"""A training that was killed or interrupted."""

import multiprocessing
import os
import signal
import time

import numpy as np
import pytest
from common.checks import all_answers
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_array_equal
from sklearn.base import clone
from skorch.callbacks import Callback


class Failure(Exception):
    """What ends a training in these tests."""


class FailsAt(Callback):
    """Ends the process' training in some epoch of some member."""

    def __init__(self, member, epoch, error):
        self.member = member
        self.epoch = epoch
        self.error = error
        self.begun = [0]

    def on_train_begin(self, net, **kwargs):
        self.begun[0] += 1

    def on_batch_begin(self, net, **kwargs):
        if self.begun[0] == self.member and len(net.history) == self.epoch:
            raise self.error

    def __deepcopy__(self, memo):
        return self  # counts over all members


@pytest.mark.parametrize(
    ("kind", "batch_size", "place"),
    [
        ("early-stopping", 1024, (1, 4)),
        ("early-stopping", 16, (2, 2)),
        ("no-early-stopping", 16, (1, 1)),
        ("feature-graph-attention", 16, (1, 2)),
        ("MultiModalGNNRegressor", 16, (1, 2)),
        ("MagnetMultiTask", 1024, (2, 3)),
    ],
)
def test_a_second_fit_gives_what_the_first_would_have(
    kind, batch_size, place, tmp_path
):
    estimator = clone(INSTANCES[kind]).set_params(batch_size=batch_size)
    X, y = target_for(estimator)
    expected = all_answers(clone(estimator).fit(X, y), X)
    estimator.set_params(checkpoint=tmp_path / "training")
    failing = FailsAt(*place, Failure())

    _fail(clone(estimator), failing, X, y)
    resumed = estimator.fit(X, y)

    assert_array_equal(all_answers(resumed, X), expected)


def _fail(estimator, failing, X, y):
    """Let a training end by what is not a parameter of the estimator."""
    from magnet_sklearn._estimators import _recipe

    plain = _recipe._optimisation
    _recipe._optimisation = lambda estimator: (
        plain(estimator) | {"callbacks": [failing]}
    )
    try:
        with pytest.raises(Failure):
            estimator.fit(X, y)
    finally:
        _recipe._optimisation = plain


def test_seeds_of_a_training_without_random_state_are_kept(tmp_path):
    clf = make_classifier(random_state=None, checkpoint=str(tmp_path))
    X, y = target_for(clf)

    first = all_answers(clf.fit(X, y), X)

    assert_array_equal(all_answers(clone(clf).fit(X, y), X), first)


def test_a_checkpoint_of_other_patients_is_refused(tmp_path):
    clf = make_classifier(checkpoint=tmp_path)
    X, y = target_for(clf)
    clf.fit(X, y)

    with pytest.raises(ValueError, match="other patients or parameters"):
        clf.fit(X[:-1], y[:-1])


def test_a_checkpoint_of_other_parameters_is_refused(tmp_path):
    clf = make_classifier(checkpoint=tmp_path)
    X, y = target_for(clf)
    clf.fit(X, y)

    with pytest.raises(ValueError, match="other patients or parameters"):
        clf.set_params(dropout=0.1).fit(X, y)


def _fit_for_long(folder):
    clf = make_classifier(checkpoint=folder, experts=None, max_epochs=300)
    clf.set_params(n_iter_no_change=300, ensemble_size=1).fit(*target_for(clf))


@pytest.mark.slow
def test_a_killed_process_leaves_a_checkpoint_to_go_on_from(tmp_path):
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_fit_for_long, args=(tmp_path,))
    process.start()
    deadline = time.monotonic() + 120
    while not (tmp_path / "member_1.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    clf = make_classifier(experts=None, max_epochs=300, n_iter_no_change=300)
    clf.set_params(ensemble_size=1)
    X, y = target_for(clf)

    resumed = clone(clf).set_params(checkpoint=tmp_path).fit(X, y)

    assert_array_equal(all_answers(resumed, X), all_answers(clf.fit(X, y), X))


def test_an_interrupted_training_keeps_the_members_so_far():
    interrupting = FailsAt(2, 3, KeyboardInterrupt())
    clf = make_classifier(ensemble_size=4, callbacks=[_Outside(interrupting)])
    X, y = target_for(clf)

    with pytest.warns(UserWarning, match="2 of 4 members"):
        clf.fit(X, y)

    assert len(clf.nets_) == 2
    assert np.isfinite(clf.predict_proba(X)).all()
    assert clf.transform(X).shape == (len(X), 2 * clf.hidden_dim)
    assert clf.get_feature_names_out().shape == (2 * clf.hidden_dim,)


class _Outside(Callback):
    """Raises in the forward pass, as a user's Ctrl-C does, not in a callback."""

    def __init__(self, failing):
        self.failing = failing

    def on_train_begin(self, net, **kwargs):
        self.failing.on_train_begin(net)

        def interrupt(module, inputs):
            if module.training:
                self.failing.on_batch_begin(net)

        self.hook = net.module_.register_forward_pre_hook(interrupt)

    def on_train_end(self, net, **kwargs):
        self.hook.remove()


def test_a_callback_that_ends_training_ends_its_member_only():
    class Ends(Callback):
        def on_epoch_end(self, net, **kwargs):
            if len(net.history) == 2:
                raise KeyboardInterrupt

    clf = make_classifier(early_stopping=False, callbacks=[Ends()])
    X, y = target_for(clf)

    clf.fit(X, y)

    assert [len(net.history) for net in clf.nets_] == [2, 2]
