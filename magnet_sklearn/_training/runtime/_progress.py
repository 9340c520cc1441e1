"""Progress of training."""

from tqdm.auto import tqdm

from magnet_sklearn._training._skorch import Callback


class EpochBar(Callback):
    """Progress bar over the epochs of one ensemble member.

    Parameters
    ----------
    description : str
        What stands before the bar.
    """

    def __init__(self, description: str):
        self.description = description

    def on_train_begin(self, net, **kwargs):
        """Open the bar."""
        self.bar_ = tqdm(total=net.max_epochs, desc=self.description, unit="epoch")

    def on_epoch_end(self, net, **kwargs):
        """Move on by one epoch and show its losses."""
        last = net.history[-1]
        losses = {
            name: f"{last[name]:.4f}"
            for name in ("train_loss", "valid_loss")
            if name in last
        }
        self.bar_.set_postfix(losses)
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        """Close the bar."""
        self.bar_.close()
        del self.bar_
