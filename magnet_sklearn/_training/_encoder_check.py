"""Encoders by users are to keep a patient's prediction its own."""

from collections.abc import Mapping
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from magnet_sklearn.data import MultiModalData

_ROWS = 4
_TOLERANCE = 1e-6


@torch.no_grad()
def check_encoders(encoders: Mapping[str, str | nn.Module], X: MultiModalData) -> None:
    """Try modules on a few patients, together and alone, before they are trained.

    Parameters
    ----------
    encoders : dict of str to str or Module
        As in an estimator; names are left alone.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients.

    Raises
    ------
    ValueError
        If a module fails on a block, or gives a patient another embedding alone than
        among others.
    """
    observed = dict(zip(X, X.mask.T, strict=True))
    for name, encoder in encoders.items():
        if not isinstance(encoder, nn.Module) or name not in observed:
            continue
        rows = np.flatnonzero(observed[name])[:_ROWS]
        values = np.asarray(X[name][rows], dtype=float)
        if not getattr(encoder, "takes_nan", False):
            values = np.nan_to_num(values)
        block = torch.from_numpy(values)
        module = deepcopy(encoder).to("cpu", torch.float64).eval()
        try:
            together = module(block)
            alone = torch.cat([module(block[[row]]) for row in range(len(block))])
        except Exception as error:
            raise ValueError(
                f"The encoder of modality {name!r} fails on {len(block)} patients, a "
                f"tensor of shape {tuple(block.shape)}: {error}"
            ) from error
        if not torch.allclose(alone, together, _TOLERANCE, _TOLERANCE, equal_nan=True):
            raise ValueError(
                f"The encoder of modality {name!r} gives a patient another embedding "
                "alone than among others. Let each row of its output depend on the "
                "same row of its input only: no mean over the patients of a batch, no "
                "random numbers in eval mode."
            )
