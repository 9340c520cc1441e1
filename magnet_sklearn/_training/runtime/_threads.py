"""As many threads as the arithmetic is worth."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from magnet_sklearn.data import MultiModalData

# Below, threads wait for each other longer than they compute; on a busy machine that
# makes a fit many times slower.
_WORTH_THREADS = 20_000_000

_lock = threading.Lock()
_this_thread = threading.local()
# What each thread at work will set again; all the same, and empty when nobody works.
_found: list[int] = []


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
        Afterwards torch has its number of threads back, also where several threads
        of Python were at work at once.
    """
    n_values = sum(torch.Size(block.shape).numel() for block in X.values())
    del X  # the caller may want to be rid of it before the end
    if n_values >= _WORTH_THREADS or getattr(_this_thread, "at_work", False):
        yield
        return
    with _lock:
        # A thread that asks for the first time takes over what was set last in any:
        # it asks now, lest it does so at work, and may get the 1 of others at work.
        now = torch.get_num_threads()
        before = _found[0] if _found else now
        _found.append(before)
    torch.set_num_threads(1)
    _this_thread.at_work = True
    try:
        yield
    finally:
        _this_thread.at_work = False
        with _lock:
            torch.set_num_threads(before)
            _found.pop()
