"""As many threads as the arithmetic is worth."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from threadpoolctl import OpenBLASController, ThreadpoolController

from magnet_sklearn.data import MultiModalData

# Below, threads wait for each other longer than they compute; on a busy machine that
# makes a fit many times slower.
_WORTH_THREADS = 20_000_000

_lock = threading.Lock()
_this_thread = threading.local()
# What torch and BLAS get back from the last thread at work; one entry a thread.
_found: list = []


@contextmanager
def threads_for(X: MultiModalData) -> Iterator[None]:
    """Use one thread of BLAS, OpenMP and torch where a cohort is small.

    With one thread the last bits are the same whatever the user has set. Sums that
    several threads share, in cohorts of 20 million values or more, are added up in
    an order that depends on their number. Other code that sets the number of OpenBLAS
    in another thread meanwhile sets it for this one too.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients to be worked on.

    Yields
    ------
    None
        Afterwards all have their numbers of threads back, also where several threads
        of Python were at work at once.
    """
    n_values = sum(torch.Size(block.shape).numel() for block in X.values())
    del X  # the caller may want to be rid of it before the end
    if n_values >= _WORTH_THREADS or getattr(_this_thread, "at_work", False):
        yield
        return
    with _lock:
        _found.append(_found[0] if _found else (torch.get_num_threads(), _limit_blas()))
        # of OpenMP each thread of Python has a number of its own
        openmp = _libraries("openmp").limit(limits=1)
        torch.set_num_threads(1)
    _this_thread.at_work = True
    try:
        yield
    finally:
        _this_thread.at_work = False
        with _lock:
            openmp.restore_original_limits()
            _give_back()


def _limit_blas():
    """Give BLAS one thread; return what undoes it.

    OpenBLAS has one number for the whole process, and threadpoolctl lets only the
    thread that was first set it: in any other the limit is ignored without a word.
    """
    _take_control()
    return _libraries("blas").limit(limits=1)


def _give_back() -> None:
    """Undo what the first thread at work has set, if this is the last one.

    Given back earlier, the others would go on with other last bits.
    """
    n_threads, blas = _found.pop()
    if _found:
        # MKL inside torch, too, has one number: torch's own setter would change it
        _libraries("openmp").limit(limits=n_threads)
    else:
        _take_control()
        blas.restore_original_limits()
        _take_control()
        torch.set_num_threads(n_threads)


def _take_control() -> None:
    """Let any thread set the number of threads of OpenBLAS."""
    if hasattr(OpenBLASController, "clear_controlling_thread"):
        OpenBLASController.clear_controlling_thread(force=True)


@cache
def _libraries(user_api: str) -> ThreadpoolController:
    """Libraries with threads of their own; to look for them costs milliseconds."""
    return ThreadpoolController().select(user_api=user_api)
