"""What serves the machine: device, threads, processes, checkpoints, progress."""

from magnet_sklearn._training.runtime._checkpoint import Checkpoint
from magnet_sklearn._training.runtime._device import prediction_device, training_device
from magnet_sklearn._training.runtime._processes import (
    agreed_seeds,
    check_alike,
    members_at_a_time,
)
from magnet_sklearn._training.runtime._threads import threads_for

__all__ = [
    "Checkpoint",
    "agreed_seeds",
    "check_alike",
    "members_at_a_time",
    "prediction_device",
    "threads_for",
    "training_device",
]
