"""
Training curves in TensorBoard
==============================

    pip install tensorboard
    python examples/tensorboard.py --folder runs
    tensorboard --logdir runs

Callbacks of skorch go into `callbacks`. Each member of the ensemble gets copies of its
own and says in `net.member` which one it is; so every member becomes a run with its
losses, learning rate and seconds. The writer is opened when a training begins and
dropped when it ends, so that the fitted estimator can be copied and pickled.

The same numbers are in `history_` without TensorBoard.
"""

import argparse
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from skorch.callbacks import TensorBoard

from magnet_sklearn import MagnetClassifier

try:
    from torch.utils.tensorboard import SummaryWriter
except ImportError:
    SummaryWriter = None


class MemberBoard(TensorBoard):
    """Writes each member of an ensemble to a run of its own.

    Parameters
    ----------
    folder : str or Path
        Where the runs are written.
    """

    def __init__(self, folder, writer=None, **parameters):
        super().__init__(writer, **parameters)
        self.folder = folder

    def on_train_begin(self, net, **kwargs):
        """Open a run."""
        self.writer = SummaryWriter(Path(self.folder) / f"member-{net.member}")
        super().on_train_begin(net, **kwargs)

    def on_train_end(self, net, **kwargs):
        """Close it."""
        super().on_train_end(net, **kwargs)
        self.writer = None


def main():
    """Fit, and show the same as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default="runs")
    options = parser.parse_args()
    if SummaryWriter is None:
        raise SystemExit("TensorBoard is not installed: pip install tensorboard")
    table, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = {"mean": table.filter(regex="^mean "), "worst": table.filter(regex="^worst ")}
    clf = MagnetClassifier(
        experts=None, random_state=0, callbacks=[MemberBoard(options.folder)]
    )
    clf.fit(X, y)
    last = clf.history_.groupby("member").tail(1)
    print(last.to_string(index=False))


if __name__ == "__main__":
    main()
