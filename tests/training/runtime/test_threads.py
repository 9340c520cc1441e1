"""One thread for small cohorts in any thread of Python, and all given back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from threadpoolctl import threadpool_info, threadpool_limits

from magnet_sklearn import MultiModalData
from magnet_sklearn._training.runtime import threads_for


@pytest.fixture
def small():
    return MultiModalData({"rna": [[1.0]]})


@pytest.fixture(autouse=True)
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    with threadpool_limits(3):
        yield
    torch.set_num_threads(before)


def numbers_of_threads():
    return {library["num_threads"] for library in threadpool_info()}


def in_a_new_thread(function, *arguments):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def product(X):
    """A product whose last bits depend on the number of threads."""
    with threads_for(X):
        table = np.random.default_rng(0).normal(size=(301, 307))
        return table @ table.T


def product_under(X, n_threads):
    """The same where the user has set a number of threads."""
    with threadpool_limits(n_threads):
        return product(X)


def n_threads_of_a_new_thread():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(torch.get_num_threads).result()


def test_blas_openmp_and_torch_get_one_thread_and_give_it_back(small):
    with threads_for(small):
        assert numbers_of_threads() == {1}

    assert numbers_of_threads() == {3}


def test_thread_of_python_gets_one_too_where_another_holds_a_limit(small):
    def work():
        with threads_for(small):
            return numbers_of_threads()

    with threadpool_limits(2):
        assert in_a_new_thread(work) == {1}


def test_last_bits_are_those_of_one_thread_wherever_they_are_computed(small):
    expected = product_under(small, 1)

    assert_array_equal(product_under(small, 3), expected)
    assert_array_equal(in_a_new_thread(product_under, small, 3), expected)
    # the number is the whole process': a limit that ends in one thread is felt in all
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(lambda _: product(small), range(60)):
            assert_array_equal(found, expected)


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
        assert torch.get_num_threads() == 3
        first_is_out.set()

    def last():
        first_is_in.wait(10)
        with threads_for(small):
            last_is_in.set()
            first_is_out.wait(10)
            assert numbers_of_threads() == {1}
        assert torch.get_num_threads() == 3

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(first), pool.submit(last)]:
            work.result()

    assert n_threads_of_a_new_thread() == 3
