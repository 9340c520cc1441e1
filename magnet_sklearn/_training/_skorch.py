"""What we use of skorch; the only module that imports it."""

from magnet_sklearn._utils import quiet_import

with quiet_import():
    from skorch import NeuralNet
    from skorch.callbacks import Callback, EarlyStopping, LRScheduler
    from skorch.helper import predefined_split

__all__ = [
    "Callback",
    "EarlyStopping",
    "LRScheduler",
    "NeuralNet",
    "predefined_split",
]
