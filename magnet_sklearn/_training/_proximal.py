"""The proximal term of federated training, as a callback."""

from magnet_sklearn._training._skorch import Callback


class Proximal(Callback):
    r"""Pull weights to those that a round began with.

    Adds :math:`\mu (w - w_0)` to the gradient, that of :math:`\frac \mu 2 \lVert w -
    w_0 \rVert^2` (T. Li et al., "Federated optimization in heterogeneous networks",
    MLSys 2020).

    Parameters
    ----------
    mu : float
        Strength.
    """

    def __init__(self, mu):
        self.mu = mu

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Remember the weights at the start."""
        self.start_ = [p.detach().clone() for p in net.module_.parameters()]

    def on_grad_computed(self, net, named_parameters, **kwargs):
        """Add to the gradients."""
        pairs = zip(net.module_.parameters(), self.start_, strict=True)
        for parameter, start in pairs:
            if parameter.grad is not None:
                parameter.grad.add_(parameter.detach() - start, alpha=self.mu)
