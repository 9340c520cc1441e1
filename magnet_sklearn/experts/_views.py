"""Views: each modality, and all of them side by side."""

import numpy as np


class Views:
    """Tables that experts are fitted on.

    One per 2-D modality, and with two or more of them their concatenation, where a
    missing block is filled with its mean.

    Attributes
    ----------
    modalities_ : list of str
        The 2-D modalities.
    names_ : list of str or None
        Modality of each view; None is the concatenation.
    """

    def fit(self, X):
        """Choose the views of preprocessed blocks."""
        self.modalities_ = [name for name, block in X.items() if block.ndim == 2]
        self.names_ = [*self.modalities_]
        if len(self.modalities_) > 1:
            self.names_.append(None)
        return self

    def tables(self, X):
        """Return each view's table, and which patients have the view."""
        columns = [list(X).index(name) for name in self.modalities_]
        mask = X.mask[:, columns]
        # a missing cell counts as the mean, 0 in standardised columns
        blocks = [np.nan_to_num(X[name]) for name in self.modalities_]
        tables = [(block, mask[:, i]) for i, block in enumerate(blocks)]
        if len(blocks) > 1:
            joint = np.concatenate(blocks, axis=1)
            tables.append((joint, mask.any(axis=1)))
        return tables
