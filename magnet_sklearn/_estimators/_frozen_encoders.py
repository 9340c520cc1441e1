"""Encoders that do not learn: their outputs are computed once and become a table."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import nn

from magnet_sklearn._training import check_encoders
from magnet_sklearn.data import MultiModalData

_AT_A_TIME = 64  # patients


def frozen_encoders(encoders: Mapping[str, Any] | None) -> dict[str, nn.Module]:
    """Return the modules of which no parameter learns (`requires_grad` is False)."""
    modules = {n: m for n, m in (encoders or {}).items() if isinstance(m, nn.Module)}
    learns = {
        name: [parameter.requires_grad for parameter in module.parameters()]
        for name, module in modules.items()
    }
    return {
        name: module
        for name, module in modules.items()
        if learns[name] and not any(learns[name])
    }


class FrozenEncoders:
    """Replace blocks by the outputs of frozen modules, as a step of preprocessing.

    Experts, networks and the patient graph then see a table like any other.

    Parameters
    ----------
    modules : dict of str to Module
        From blocks of shape (n_patients, ...) to (n_patients, n_features).

    Attributes
    ----------
    widths_ : dict of str to int
        Features of each modality that training patients have.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        # in double precision a patient alone gets the features it gets among others
        self.modules = {
            name: deepcopy(module).to("cpu", torch.float64).eval()
            for name, module in modules.items()
        }

    def fit(self, X: MultiModalData, y: Any = None) -> FrozenEncoders:
        """Try the modules on some patients."""
        observed = dict(zip(X, X.mask.T, strict=True))
        used = [name for name in self.modules if observed[name].any()]
        check_encoders({name: self.modules[name] for name in used}, X)
        self.widths_ = {
            name: self._width(name, X[name][observed[name]][:1]) for name in used
        }
        return self

    def transform(self, X: MultiModalData) -> MultiModalData:
        """Replace blocks; rows that are not observed are NaN."""
        observed = dict(zip(X, X.mask.T, strict=True))
        blocks = dict(X.items())
        for name, width in self.widths_.items():
            table = np.full((len(X), width), np.nan)
            rows = np.flatnonzero(observed[name])
            for start in range(0, len(rows), _AT_A_TIME):
                part = rows[start : start + _AT_A_TIME]
                table[part] = self._outputs(name, X[name][part]).numpy()
            blocks[name] = table
        return MultiModalData._from_checked(blocks, X.index, X.mask)

    def _width(self, name, block):
        outputs = self._outputs(name, block)
        if outputs.ndim != 2:
            raise ValueError(
                f"The frozen encoder of modality {name!r} returns shape "
                f"{tuple(outputs.shape)} for one patient. Let it return one row of "
                "features per patient, such as by nn.Flatten() at its end."
            )
        return outputs.shape[1]

    @torch.no_grad()
    def _outputs(self, name, block):
        values = np.nan_to_num(np.asarray(block, dtype=np.float64))
        return self.modules[name](torch.from_numpy(values))
