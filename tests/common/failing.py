"""Trainings that fail where a test wants it."""

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
