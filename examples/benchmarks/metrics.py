"""What is measured: ranking, decisions, calibration, time and memory."""

import threading
import time

import numpy as np
import psutil
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    log_loss,
    matthews_corrcoef,
    roc_auc_score,
)

HIGHER_IS_BETTER = ("auroc", "auprc", "mcc", "accuracy", "macro_f1")
LOWER_IS_BETTER = ("log_loss", "brier", "ece")


def scores(y, probability):
    """All metrics of one test part.

    Parameters
    ----------
    y : int array of shape (n_patients,)
        Column of the true class.
    probability : array of shape (n_patients, n_classes)
        Predicted probabilities.

    Returns
    -------
    scores : dict of str to float
        Areas are means over the classes that have patients with and without them
        (binary: of the second class); NaN where there is none.
    """
    predicted = probability.argmax(axis=1)
    one_hot = np.eye(probability.shape[1])[y]
    return {
        "auroc": _mean_over_classes(roc_auc_score, one_hot, probability),
        "auprc": _mean_over_classes(average_precision_score, one_hot, probability),
        "mcc": matthews_corrcoef(y, predicted),
        "accuracy": accuracy_score(y, predicted),
        "macro_f1": f1_score(y, predicted, average="macro", zero_division=0),
        "log_loss": log_loss(y, probability, labels=np.arange(probability.shape[1])),
        "brier": float(np.mean(np.sum((probability - one_hot) ** 2, axis=1))),
        "ece": expected_calibration_error(y, probability),
    }


def _mean_over_classes(metric, one_hot, probability):
    columns = range(1, 2) if one_hot.shape[1] == 2 else range(one_hot.shape[1])
    columns = [c for c in columns if 0 < one_hot[:, c].sum() < len(one_hot)]
    if not columns:
        return float("nan")
    return float(np.mean([metric(one_hot[:, c], probability[:, c]) for c in columns]))


def expected_calibration_error(y, probability, n_bins=10):
    """Mean gap between confidence and accuracy over bins of equal width."""
    confidence = probability.max(axis=1)
    right = probability.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gap = np.bincount(bins, weights=right - confidence, minlength=n_bins)
    return float(np.abs(gap).sum() / len(y))


def align(probability, classes, all_classes):
    """Columns for all classes; 0 for those that the training part did not have."""
    aligned = np.zeros((len(probability), len(all_classes)))
    aligned[:, np.searchsorted(all_classes, classes)] = probability
    return aligned


class CPUTime:
    """Context that measures the CPU `seconds` of this process."""

    def __enter__(self):
        self._start = time.process_time()
        return self

    def __exit__(self, *_):
        self.seconds = time.process_time() - self._start


class PeakMemory:
    """Context that samples resident memory; `mib` is the peak above the start.

    Memory that an earlier step of the same process has freed but not given back is
    used again unseen, so this is a lower bound.
    """

    def __init__(self, interval=0.005):
        self._interval = interval
        self._process = psutil.Process()
        self._done = threading.Event()

    def __enter__(self):
        self._start = self._peak = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
        self._peak = max(self._peak, self._process.memory_info().rss)
        self.mib = (self._peak - self._start) / 2**20

    def _sample(self):
        while not self._done.wait(self._interval):
            self._peak = max(self._peak, self._process.memory_info().rss)
