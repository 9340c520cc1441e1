"""What must hold for the blocks of a container taken together."""

from collections.abc import Mapping
from typing import Any

from magnet_sklearn.data._blocks import Block, as_block


def check_blocks(blocks: Mapping[str, Any]) -> dict[str, Block]:
    """Check names and lengths, and turn each value into a block.

    Parameters
    ----------
    blocks : mapping of str to array-like, DataFrame, Series or sparse matrix
        What the user gave.

    Returns
    -------
    checked : dict of str to block
        At least one block, all with the same number of rows.
    """
    if not isinstance(blocks, Mapping):
        raise TypeError(
            "MultiModalData needs a dict of modality name to block, got "
            f"{type(blocks).__name__}. Use check_multimodal for a flat table."
        )
    if not blocks:
        raise ValueError("There is no modality: pass at least one block.")
    checked = {check_name(name): as_block(name, v) for name, v in blocks.items()}
    lengths = {name: block.shape[0] for name, block in checked.items()}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name!r} {length}" for name, length in lengths.items())
        raise ValueError(
            f"Modalities have different numbers of patients: {counts}. Every block "
            "needs one row per patient, all NaN where the modality is missing; "
            "MultiModalData.from_frames makes such blocks from frames with patient ids."
        )
    return checked


def check_name(name: Any) -> str:
    """Refuse a modality name that is not a non-empty string."""
    if not isinstance(name, str):
        raise TypeError(
            f"Names of modalities must be strings, got {name!r} of type "
            f"{type(name).__name__}. Rename the key of this block."
        )
    if not name:
        raise ValueError("The name of a modality is empty. Name the key of this block.")
    return name
