"""What serves the machine: device, threads, processes, checkpoints, progress."""

from typing import TYPE_CHECKING

from magnet_sklearn._utils import lazy_attributes

if TYPE_CHECKING:
    from magnet_sklearn._training.runtime._checkpoint import Checkpoint
    from magnet_sklearn._training.runtime._device import (
        prediction_device,
        training_device,
    )
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

_MODULES = {
    "Checkpoint": "._checkpoint",
    "agreed_seeds": "._processes",
    "check_alike": "._processes",
    "members_at_a_time": "._processes",
    "prediction_device": "._device",
    "threads_for": "._threads",
    "training_device": "._device",
}
__getattr__, __dir__ = lazy_attributes(__name__, _MODULES)
