"""Views that experts learn from: each modality, and all of them side by side."""

import numpy as np


def view_tables(X, modalities):
    """Return the table of each view, and which patients have the view.

    A view is a modality and, where there are several, also their concatenation.
    """
    observed = X.mask[:, [list(X).index(name) for name in modalities]]
    # a missing cell counts as the mean, 0 in standardised columns
    blocks = [np.nan_to_num(X[name]) for name in modalities]
    tables = [(block, observed[:, i]) for i, block in enumerate(blocks)]
    if len(blocks) > 1:
        tables.append((np.concatenate(blocks, axis=1), observed.any(axis=1)))
    return tables
