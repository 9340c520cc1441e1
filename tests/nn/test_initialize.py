from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
import torch
from torch import nn

from magnet_sklearn.nn import EdgeSAGEConv, PatientModalityAttention
from magnet_sklearn.nn._initialize import build_initialized
from magnet_sklearn.nn.convolutions import CONVOLUTIONS


def test_matrices_are_glorot_uniform_and_biases_zero():
    linear = build_initialized(lambda: nn.Linear(300, 100), torch.Generator())

    bound = (6 / 400) ** 0.5
    assert linear.weight.abs().max().item() == pytest.approx(bound, rel=1e-3)
    assert linear.weight.mean().abs() < 0.01 * bound
    assert (linear.bias == 0).all()


def test_fans_do_not_count_heads():
    attention = build_initialized(
        lambda: PatientModalityAttention(512, 2), torch.Generator()
    )

    bound = (6 / (256 + 1)) ** 0.5
    assert attention.query.abs().max().item() == pytest.approx(bound, rel=0.02)


def test_norm_starts_as_the_identity_scale():
    norm = build_initialized(lambda: nn.LayerNorm(4), torch.Generator())

    assert norm.weight.tolist() == [1.0] * 4
    assert norm.bias.tolist() == [0.0] * 4


def test_buffers_of_gin_are_set():
    conv = build_initialized(lambda: CONVOLUTIONS["gin"](4, 4), torch.Generator())

    assert conv.conv.eps.tolist() == [0.0]


def test_module_is_float32_whatever_the_default_dtype():
    torch.set_default_dtype(torch.float64)
    try:
        conv = build_initialized(lambda: EdgeSAGEConv(4, 4), torch.Generator())
    finally:
        torch.set_default_dtype(torch.float32)

    assert {weight.dtype for weight in conv.parameters()} == {torch.float32}


def test_lock_is_free_after_a_failed_build():
    with pytest.raises(ValueError, match="does not divide"):
        build_initialized(lambda: PatientModalityAttention(8, 3), torch.Generator())

    assert build_initialized(lambda: nn.Linear(1, 1), torch.Generator()).bias == 0


def test_builds_never_overlap():
    barrier = Barrier(2)

    def make():
        with pytest.raises(BrokenBarrierError):  # nobody comes to meet this build
            barrier.wait(timeout=0.1)
        return nn.Linear(1, 1)

    with ThreadPoolExecutor(2) as threads:
        generators = [torch.Generator(), torch.Generator()]
        built = list(threads.map(lambda g: build_initialized(make, g), generators))

    assert len(built) == 2
    assert torch.utils._device.CURRENT_DEVICE is None
