"""Lists of numbers that users give, such as levels and times."""

import numpy as np


def check_list(values, allowed, message):
    """Return numbers as an array.

    Parameters
    ----------
    values : array-like of shape (n_values,)
        What the user gave.
    allowed : callable
        Maps the array to which numbers are allowed.
    message : str
        What is wanted.

    Returns
    -------
    numbers : float64 ndarray of shape (n_values,)
        The same.

    Raises
    ------
    ValueError
        If `values` is no list of such numbers.
    """
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        numbers = np.empty(())
    if numbers.ndim != 1 or not allowed(numbers).all():
        raise ValueError(f"{message}; got {values!r}.")
    return numbers


def check_levels(quantiles):
    """Return levels of quantiles as an array, or say that they are none."""
    return check_list(
        quantiles,
        lambda numbers: (numbers > 0) & (numbers < 1),
        "quantiles must be a list of numbers between 0 and 1",
    )


def check_times(times):
    """Return times as an array, or say that they are none."""
    return check_list(
        times,
        lambda numbers: ~np.isnan(numbers),
        "times must be a list of numbers, not NaN",
    )
