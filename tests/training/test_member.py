"""Members of an ensemble, and who ends their training."""

import numpy as np
import pytest
from common.failing import FailsAt
from common.instances import make_classifier, target_for
from skorch.callbacks import Callback


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
