"""Blocks that stay on disk."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import _on_disk as module
from magnet_sklearn.data._on_disk import in_parts, to_learn_from
from magnet_sklearn.preprocessing import DefaultPreprocessor


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(module, "_IN_MEMORY", 16)


@pytest.fixture
def block(tmp_path):
    """Eighty patients on disk, a quarter of them without the block."""
    values = np.random.default_rng(0).normal(size=(80, 3))
    values[::4] = np.nan
    values[1, 0] = np.nan
    np.save(tmp_path / "rna.npy", values)
    return np.load(tmp_path / "rna.npy", mmap_mode="r")


def test_parts_are_put_together_on_disk(block):
    doubled = in_parts(block, 80, lambda rows: 2 * np.asarray(block[rows]))

    assert isinstance(doubled, np.memmap)
    assert_array_equal(doubled, 2 * np.asarray(block))


def test_few_rows_and_blocks_in_memory_are_made_at_once(block):
    values = np.asarray(block)

    few = in_parts(block, 16, lambda rows: block[rows] + 1)
    in_memory = in_parts(values, 80, lambda rows: values[rows] + 1)

    assert getattr(few, "filename", None) is None
    assert not isinstance(in_memory, np.memmap)


def test_many_chosen_rows_stay_on_disk(block):
    rows = np.arange(79, 9, -1)

    chosen = MultiModalData({"rna": block})[rows]["rna"]

    assert isinstance(chosen, np.memmap)
    assert_array_equal(chosen, np.asarray(block)[rows])


def test_preprocessed_blocks_stay_on_disk_and_are_the_same(block):
    on_disk = MultiModalData({"rna": block})
    in_memory = MultiModalData({"rna": np.array(block)})

    found = DefaultPreprocessor().fit(on_disk).transform(on_disk)["rna"]
    expected = DefaultPreprocessor().fit(in_memory).transform(in_memory)["rna"]

    assert isinstance(found, np.memmap)
    assert_array_equal(found, expected)


def test_scales_of_large_blocks_are_learned_from_some_rows(block, monkeypatch):
    monkeypatch.setattr(module, "_LEARNED_FROM", 10)
    observed = ~np.isnan(block).all(axis=1)

    rows = to_learn_from(block, observed)

    assert len(np.unique(rows)) == 10
    assert observed[rows].all()
    assert_array_equal(
        to_learn_from(np.array(block), observed), np.flatnonzero(observed)
    )
