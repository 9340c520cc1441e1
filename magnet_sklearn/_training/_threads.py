"""As many threads as the arithmetic is worth."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from magnet_sklearn.data import MultiModalData

# Below, threads wait for each other longer than they compute; on a busy machine that
# makes a fit many times slower.
_WORTH_THREADS = 20_000_000


@contextmanager
def threads_for(X: MultiModalData) -> Iterator[None]:
    """Use one thread of torch where a cohort is small.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients to be worked on.

    Yields
    ------
    None
        Afterwards the calling thread has its number of torch threads back.
    """
    before = torch.get_num_threads()
    if sum(torch.Size(block.shape).numel() for block in X.values()) < _WORTH_THREADS:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
