"""Seeds that neither read nor move a global random state."""

import numbers

import numpy as np


def spawn_seeds(random_state, n_seeds: int) -> list[int]:
    """Draw independent seeds from a scikit-learn style `random_state`.

    Parameters
    ----------
    random_state : int, RandomState, Generator or None
        None takes fresh entropy from the operating system; NumPy's global state
        stays as it is, unlike with :func:`sklearn.utils.check_random_state`.
    n_seeds : int
        How many seeds.

    Returns
    -------
    seeds : list of int
        Each below 2**31, as every library here accepts.
    """
    if isinstance(random_state, np.random.RandomState):
        return random_state.randint(2**31 - 1, size=n_seeds).tolist()
    if isinstance(random_state, np.random.Generator):
        return random_state.integers(2**31 - 1, size=n_seeds).tolist()
    if random_state is not None and not isinstance(random_state, numbers.Integral):
        raise TypeError(
            "random_state must be None, an int, a RandomState or a Generator; "
            f"got {random_state!r}."
        )
    entropy = None if random_state is None else int(random_state)
    states = np.random.SeedSequence(entropy).generate_state(n_seeds, np.uint32)
    return (states // 2).tolist()
