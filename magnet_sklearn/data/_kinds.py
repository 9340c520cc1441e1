"""What kind of modality a block is."""

from typing import Any

import pandas as pd

from magnet_sklearn.data._columns import inspect_column
from magnet_sklearn.data._frames import is_categorical
from magnet_sklearn.data._padded import SetArray

_OF_DIMENSIONS = {2: "table", 3: "series", 4: "image"}


def kind_of(block: Any) -> str:
    """Tell the kind of a block from its type and dimensions.

    Parameters
    ----------
    block : block
        Of one modality.

    Returns
    -------
    kind : {"table", "series", "image", "set", "array"}
        "array" is an array of more than four dimensions, such as volumes.
    """
    if isinstance(block, SetArray):
        return "set"
    return _OF_DIMENSIONS.get(block.ndim, "array")


def is_text(block: Any) -> bool:
    """Whether a block is one column of free text, such as notes or reports.

    Parameters
    ----------
    block : block
        Of the patients that are learned from.

    Returns
    -------
    is_text : bool
        False for categories, also long ones that many patients share.
    """
    is_column = isinstance(block, pd.DataFrame) and block.shape[1] == 1
    if not (is_column and is_categorical(block)[0]):
        return False
    finding = inspect_column(block.iloc[:, 0])
    return finding is not None and finding.is_free_text
