import pytest
import torch

from magnet_sklearn._training.runtime import prediction_device, training_device


@pytest.mark.parametrize(("n_gpus", "expected"), [(0, "cpu"), (2, "cuda")])
def test_auto_takes_a_gpu_if_there_is_one(monkeypatch, n_gpus, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: n_gpus > 0)

    assert training_device("auto").type == expected


def test_an_absent_device_is_an_error_in_training_only(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)

    with pytest.raises(ValueError, match="'cuda:1' is not available.* has 1 CUDA"):
        training_device("cuda:1")
    assert prediction_device("cuda:1") == torch.device("cpu")


def test_a_device_of_no_such_kind_is_named():
    with pytest.raises(ValueError, match="'cpu', 'cuda' or 'cuda:N'; got 'gpu'"):
        training_device("gpu")
