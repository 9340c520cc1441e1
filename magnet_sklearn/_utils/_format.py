"""Format of pickled objects: those of other formats are refused, not misread."""

from typing import Any

# Raised whenever a fitted object of an earlier version can no longer be used.
_FORMAT = 2
_KEY = "_magnet_sklearn_format"


def with_format(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state of an object, marked for a pickle."""
    return {**state, _KEY: _FORMAT}


def checked_state(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state of a pickled object without its mark.

    Parameters
    ----------
    state : dict
        From the pickle.

    Raises
    ------
    ValueError
        If another version of the package wrote it.
    """
    found = state.get(_KEY, 1)
    if found != _FORMAT:
        raise ValueError(
            "This object was pickled by another version of magnet_sklearn (format "
            f"{found}, this version reads format {_FORMAT}; format 1 is that of 0.1). "
            "Fit it anew with this version, or load it with the version that wrote it."
        )
    return {name: value for name, value in state.items() if name != _KEY}
