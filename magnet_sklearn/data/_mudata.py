"""Blocks of a MuData or AnnData object; neither package is imported."""

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._align import check_unique, join_blocks
from magnet_sklearn.data._blocks import Block, as_block
from magnet_sklearn.data._to_mudata import with_categories


def read_mudata(mdata: Any) -> tuple[dict[str, Block], pd.Index]:
    """Read the modalities of a MuData object as frames of the same patients.

    Parameters
    ----------
    mdata : MuData or AnnData
        Observations are patients. An AnnData object is one modality, "features".

    Returns
    -------
    blocks : dict of str to DataFrame of shape (n_patients, n_features)
        Matrices `X` with their variable names; rows of absent patients are NaN.
    ids : Index of shape (n_patients,)
        `mdata.obs_names`.

    Raises
    ------
    TypeError
        If the object is neither MuData nor AnnData.
    ValueError
        If modalities share variables instead of patients, or a matrix is absent.
    """
    if not hasattr(mdata, "obs_names"):
        raise TypeError(
            f"from_mudata needs a MuData or AnnData object, got {type(mdata).__name__}."
        )
    if getattr(mdata, "axis", 0) != 0:
        raise ValueError(
            "The modalities of this MuData share variables (axis=1), not patients. "
            "Make it with axis=0."
        )
    cohort = pd.Index(mdata.obs_names)
    check_unique("The MuData object", cohort)
    blocks, ids = {}, {}
    for name, table in getattr(mdata, "mod", {"features": mdata}).items():
        if table.X is None:
            raise ValueError(
                f"Modality {name!r} has no matrix X. Set it, e.g. from one of its "
                "layers, or leave the modality out."
            )
        frame = with_categories(table)
        frame = frame[_has_modality(mdata, name, frame.index, cohort)]
        blocks[name], ids[name] = as_block(name, frame), frame.index
    return join_blocks(blocks, ids, cohort)


def _has_modality(mdata: Any, name: str, ids: pd.Index, cohort: pd.Index) -> np.ndarray:
    if not hasattr(mdata, "mod") or name not in mdata.obsm:
        return np.ones(len(ids), dtype=bool)
    # MuData gives the mask of who has the modality as a column, not as a vector.
    listed = np.asarray(mdata.obsm[name]).ravel().astype(bool)
    return np.asarray(ids.isin(cohort[listed]))
