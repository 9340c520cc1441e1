"""Members of an ensemble, and who ends their training."""

import numpy as np
import pytest
from common.failing import FailsAt
from common.instances import make_classifier, target_for
from numpy.testing import assert_array_equal
from skorch.callbacks import Callback

from magnet_sklearn._training import _sequential


@pytest.fixture(autouse=True)
def decides_in_small_cohorts(monkeypatch):
    """Cohorts of these tests are small so that they are quick."""
    monkeypatch.setattr(_sequential, "_ALWAYS_BELOW", 0)


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


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(0)
    return {"noise": rng.normal(size=(60, 20))}, rng.integers(2, size=60)


@pytest.fixture(scope="module")
def signal():
    X = np.random.default_rng(0).normal(size=(90, 4))
    return {"rna": X}, (X[:, 0] > 0).astype(int)


def fit(cohort, **parameters):
    return make_classifier(**{"ensemble_size": 4, **parameters}).fit(*cohort)


def test_members_that_cannot_count_are_not_trained(noise):
    clf = fit(noise)

    assert clf.n_members_ == len(clf.nets_) == 2
    assert clf.transform(noise[0]).shape == (60, 2 * clf.hidden_dim)
    assert clf.get_feature_names_out().shape == (2 * clf.hidden_dim,)


def test_members_of_small_cohorts_are_all_trained(noise, monkeypatch):
    monkeypatch.undo()
    assert fit(noise).n_members_ == 4


def test_members_that_may_count_are_all_trained(signal):
    assert fit(signal, experts=None, max_epochs=30).n_members_ == 4


@pytest.mark.parametrize(
    "parameters", [{"early_stopping": False}, {"skip_connection": False}]
)
def test_without_gates_all_members_are_trained(noise, parameters):
    assert fit(noise, **parameters).n_members_ == 4


@pytest.mark.parametrize("name", ["noise", "signal"])
def test_members_trained_at_a_time_do_not_decide_how_many_count(name, request):
    cohort = request.getfixturevalue(name)
    one, three = (fit(cohort, n_jobs=n_jobs) for n_jobs in (1, 3))

    assert three.n_members_ == one.n_members_
    assert_array_equal(three.transform(cohort[0]), one.transform(cohort[0]))


def test_training_on_keeps_the_members_there_are(noise):
    clf = fit(noise, warm_start=True)
    first = clf.nets_[0].module_

    clf.fit(*noise)

    assert clf.n_members_ == 2
    assert clf.nets_[0].module_ is first


def test_own_validation_patients_decide_too(noise):
    X, y = noise
    clf = make_classifier(ensemble_size=4).fit(X, y, X_val=X, y_val=1 - y)

    assert clf.n_members_ == 2


def test_resumed_training_keeps_the_same_members(noise, tmp_path):
    expected = fit(noise).transform(noise[0])

    for _ in range(2):
        clf = fit(noise, checkpoint=tmp_path / "state")
        assert_array_equal(clf.transform(noise[0]), expected)
    (tmp_path / "state" / "member_2.pt").unlink()

    clf = fit(noise, checkpoint=tmp_path / "state")
    assert_array_equal(clf.transform(noise[0]), expected)
