"""Where tensors are computed."""

import torch


def training_device(device: str) -> torch.device:
    """Device that `fit` uses, or an error that says what is available.

    Parameters
    ----------
    device : str
        "auto", "cpu", "cuda" or "cuda:N".

    Returns
    -------
    device : torch.device
        For "auto" the first GPU if there is one, else the CPU.

    Raises
    ------
    ValueError
        If the device does not exist here.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        wanted = torch.device(device)
    except RuntimeError as error:
        raise ValueError(
            f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N'; got {device!r}."
        ) from error
    n_gpus = torch.cuda.device_count()
    if wanted.type == "cuda" and (wanted.index or 0) >= n_gpus:
        raise ValueError(
            f"device={device!r} is not available: this machine has {n_gpus} CUDA "
            "devices. Use device='auto' to take a GPU only if there is one."
        )
    return wanted


def prediction_device(device: str) -> torch.device:
    """Device for predictions: the training one, or the CPU where that is absent."""
    try:
        return training_device(device)
    except ValueError:
        return torch.device("cpu")
