"""Blocks as a MuData object, and what its matrices cannot hold beside them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._utils import import_optional
from magnet_sklearn.data._blocks import Block, feature_names, is_sparse, take_rows

# Under which AnnData names the columns that are in `obs`: X has no place for text.
CATEGORIES = "magnet_sklearn_categories"


def write_mudata(
    blocks: Mapping[str, Block], ids: pd.Index, observed: np.ndarray
) -> Any:
    """Make a MuData object of blocks; a modality has the patients observed in it.

    Parameters
    ----------
    blocks : mapping of str to block with n_patients rows
        Blocks of two dimensions.
    ids : Index of shape (n_patients,)
        Patient ids; MuData takes them as text.
    observed : bool ndarray of shape (n_patients, n_modalities)
        Who has which block.

    Returns
    -------
    mdata : MuData
        A modality per block.

    Raises
    ------
    ValueError
        If a block has more than two dimensions, or ids repeat.
    """
    mudata = import_optional("mudata", extra="mudata")
    anndata = import_optional("anndata", extra="mudata")
    names = pd.Index(ids.astype(str), dtype=object)
    if not names.is_unique:
        raise ValueError(
            "MuData needs one row per patient, and ids of X repeat as text: "
            f"{names[names.duplicated()][:5].tolist()}."
        )
    # MuData knows a patient through a modality: of whom nothing is known gets a NaN row
    has_row = observed.copy()
    has_row[~observed.any(axis=1), 0] = True
    with mudata.set_options(pull_on_update=False):
        return mudata.MuData(
            {
                name: _as_anndata(anndata, name, block, names, has_row[:, place])
                for place, (name, block) in enumerate(blocks.items())
            },
            obs=pd.DataFrame(index=names),
        )


def _as_anndata(anndata, name, block, ids, has_row):
    """Make an AnnData object of some patients."""
    if block.ndim != 2:
        raise ValueError(
            f"Modality {name!r} has shape {block.shape}; MuData holds matrices only. "
            "Leave it out, or save it as .npy in a folder for from_folder."
        )
    rows = take_rows(block, np.flatnonzero(has_row))
    obs = pd.DataFrame(index=ids[has_row])
    columns = pd.Index(np.asarray(feature_names(name, block))).astype(str)
    if not isinstance(rows, pd.DataFrame):
        values = rows if is_sparse(rows) else np.asarray(rows)
        return anndata.AnnData(values, obs=obs, var=pd.DataFrame(index=columns))
    rows = rows.set_axis(obs.index).set_axis(columns, axis=1)
    texts = rows.columns[[isinstance(t, pd.CategoricalDtype) for t in rows.dtypes]]
    numbers = rows.drop(columns=texts)
    table = anndata.AnnData(
        numbers.to_numpy(float, na_value=np.nan),
        obs=obs.join(rows[texts]),
        var=pd.DataFrame(index=numbers.columns),
    )
    if len(texts):
        table.uns[CATEGORIES] = {"names": list(texts), "order": list(columns)}
    return table


def with_categories(table: Any) -> pd.DataFrame:
    """Frame of an AnnData object, with the columns that `write_mudata` put beside."""
    frame, kept = table.to_df(), getattr(table, "uns", {}).get(CATEGORIES)
    if kept is None:
        return frame
    return frame.join(table.obs[list(kept["names"])])[list(kept["order"])]
