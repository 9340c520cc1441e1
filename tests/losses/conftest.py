"""Survival targets for losses."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def make_survival():
    """Return targets, weights and log-hazards; `truncated` gives entry times."""

    def make(n_patients, seed, *, truncated=False):
        rng = np.random.default_rng(seed)
        time = rng.integers(1, 8, n_patients).astype(float)
        entry = (
            time - rng.integers(1, 6, n_patients)
            if truncated
            else np.full(n_patients, -1)
        )
        columns = [
            entry,
            time,
            rng.random(n_patients) < 0.6,
            rng.integers(2, size=n_patients),
        ]
        weight = rng.uniform(0.5, 2, n_patients)
        return (
            np.column_stack(columns).astype(float),
            weight,
            rng.normal(size=n_patients),
        )

    return make
