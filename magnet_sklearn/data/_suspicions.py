"""check_columns: refuse columns that cannot be learned, warn of those that may not."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block
from magnet_sklearn.data._columns import (
    Finding,
    inspect_column,
    name_tells_identifier,
)
from magnet_sklearn.data._frames import is_categorical
from magnet_sklearn.data._kinds import is_text
from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._omics import are_raw_counts, mangled_names


def check_columns(blocks: Iterable[tuple[str, Block]]) -> None:
    """Check that columns are what they look like, before anything is learned.

    Parameters
    ----------
    blocks : iterable of (str, block)
        Modalities of the training patients.

    Raises
    ------
    ValueError
        If a column of text holds numbers, dates, identifiers or free text, or a column
        of numbers identifiers.

    Warns
    -----
    UserWarning
        If categories are nearly as many as patients or may be numbers, names of
        columns were turned into dates, or counts were not logged.
    """
    errors = []
    for modality, block in blocks:
        for column, finding in inspect_block(block):
            message = f"Column {column!r} of modality {modality!r}: {finding}"
            if finding.is_error:
                errors.append(message)
            else:
                _warn(message)
        for reason in block_reasons(block):
            _warn(f"Modality {modality!r}: {reason}")
    if errors:
        more = f"\n... and {len(errors) - 5} more" if len(errors) > 5 else ""
        raise ValueError(
            "X has columns that are not what they look like.\n"
            + "\n".join(errors[:5])
            + more
        )


def inspect_block(block: Block) -> list[tuple[Any, Finding]]:
    """Find the columns of a block that should not be learned as they are."""
    if not isinstance(block, pd.DataFrame) or is_text(block):
        return []
    named = [name_tells_identifier(name) for name in block.columns]
    chosen = is_categorical(block) | np.array(named, dtype=bool)
    findings = (
        (name, inspect_column(column)) for name, column in block.loc[:, chosen].items()
    )
    return [(name, finding) for name, finding in findings if finding is not None]


def block_reasons(block: Block) -> list[str]:
    """Say what is suspicious about a block as a whole."""
    reasons = []
    if isinstance(block, pd.DataFrame) and (names := mangled_names(block.columns)):
        reasons.append(
            f"{len(names)} column name(s) look like genes that a spreadsheet turned "
            f"into dates or numbers: {quoted(map(str, names), 5)}. Take the names from "
            "the original file, read as text (SEPTIN2 for '2-Sep', MARCHF1 for "
            "'1-Mar')."
        )
    if are_raw_counts(block):
        reasons.append(
            "whole numbers of a huge range look like counts that were not logged. "
            "Pass np.log1p(counts), best after scaling every patient to the same total."
        )
    return reasons


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=4)
