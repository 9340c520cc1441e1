"""What the experts look at: each modality, and all of them side by side."""

import numpy as np
from sklearn.kernel_approximation import Nystroem

_MAX_LANDMARKS = 300
# Brings the features of the kernel to the scale of standardised ones.
_KERNEL_SCALE = 3.0


class Views:
    """Tables that experts are fitted on.

    One per 2-D modality, and with two or more of them their concatenation, where a
    missing block is filled with its mean.

    Parameters
    ----------
    random_state : int, default=None
        Draws the landmarks of the kernels.

    Attributes
    ----------
    names_ : list of str or None
        Modality of each view; None is the concatenation.
    """

    def __init__(self, *, random_state=None):
        self.random_state = random_state

    def fit(self, X):
        """Choose the views and fit their kernels.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.

        Returns
        -------
        self : Views
            Fitted views.
        """
        self.modalities_ = [name for name, block in X.items() if block.ndim == 2]
        self.names_ = [*self.modalities_]
        if len(self.modalities_) > 1:
            self.names_.append(None)
        self._kernels = [
            Nystroem(
                # exp(-1) at the typical squared distance of standardised patients
                gamma=0.5 / table.shape[1],
                n_components=min(len(table), _MAX_LANDMARKS),
                random_state=self.random_state,
            ).fit(table)
            if len(table)
            else None
            for table in (table[seen] for table, seen in self.tables(X))
        ]
        return self

    def tables(self, X):
        """Return each view's table and which patients are in it.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed blocks.

        Returns
        -------
        tables : list of (ndarray of shape (n_patients, n_features), bool ndarray)
            Values, and True where the patient has the view.
        """
        columns = [list(X).index(name) for name in self.modalities_]
        mask = X.mask[:, columns]
        # a missing cell counts as the mean, 0 in standardised columns
        blocks = [np.nan_to_num(X[name]) for name in self.modalities_]
        tables = [(block, mask[:, i]) for i, block in enumerate(blocks)]
        if len(blocks) > 1:
            joint = np.concatenate(blocks, axis=1)
            tables.append((joint, mask.any(axis=1)))
        return tables

    def kernel_features(self, view, table):
        """Return radial basis functions of patients in a view.

        Parameters
        ----------
        view : int
            Place of the view.
        table : ndarray of shape (n_patients, n_features)
            Its values.

        Returns
        -------
        features : ndarray of shape (n_patients, n_landmarks)
            Features whose products approximate the kernel.
        """
        kernel = self._kernels[view]
        landmarks = kernel.components_
        # scikit-learn's own checks cost one patient more than the answer
        squared = (table**2).sum(axis=1)[:, None] - 2.0 * table @ landmarks.T
        squared += (landmarks**2).sum(axis=1)
        similarity = np.exp(-kernel.gamma * np.maximum(squared, 0.0))
        return _KERNEL_SCALE * similarity @ kernel.normalization_.T
