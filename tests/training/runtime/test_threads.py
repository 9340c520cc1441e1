"""Torch gets its number of threads back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from magnet_sklearn import MultiModalData
from magnet_sklearn._training.runtime import threads_for


@pytest.fixture
def small():
    return MultiModalData({"rna": [[1.0]]})


@pytest.fixture(autouse=True)
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def n_threads_of_a_new_thread():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(torch.get_num_threads).result()


def test_small_cohort_gets_one_thread_and_gives_it_back(small):
    with threads_for(small):
        assert torch.get_num_threads() == 1

    assert torch.get_num_threads() == 3


def test_inner_block_leaves_the_outer_one_its_thread(small):
    with threads_for(small):
        with threads_for(small):
            pass
        assert torch.get_num_threads() == 1


def test_threads_at_work_at_once_give_back_what_was_before(small):
    first_is_in, last_is_in, first_is_out = (threading.Event() for _ in range(3))

    def first():
        with threads_for(small):
            first_is_in.set()
            last_is_in.wait(10)
        first_is_out.set()

    def last():
        first_is_in.wait(10)
        with threads_for(small):
            last_is_in.set()
            first_is_out.wait(10)
            assert torch.get_num_threads() == 1

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(first), pool.submit(last)]:
            work.result()

    assert n_threads_of_a_new_thread() == 3
