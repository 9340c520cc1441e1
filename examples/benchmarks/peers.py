"""MUSE and M3Care of iMML (``tox run -e peers``), behind fit and predict_proba."""

import logging

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from torch.utils.data import DataLoader

from magnet_sklearn.preprocessing import DefaultPreprocessor


class Peer(ClassifierMixin, BaseEstimator):
    """A classifier of iMML with the library's own defaults.

    Parameters
    ----------
    name : {"MUSE", "M3Care"}
        Class in ``imml.classify``.
    max_epochs : int, default=100
        The library leaves this to its user.
    batch_size : int, default=64
        Patients per step in training. All test patients are predicted at once, as
        both methods let patients of a batch inform each other.
    random_state : int, default=0
        Seed of everything, globally: iMML has no seed of its own.
    """

    def __init__(self, name, max_epochs=100, batch_size=64, random_state=0):
        self.name = name
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X, y):
        """Train with a Lightning Trainer, as iMML's manual does."""
        from imml import classify
        from lightning import seed_everything

        seed_everything(self.random_state, verbose=False)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.preprocessor_ = DefaultPreprocessor().fit(X)
        X = self.preprocessor_.transform(X)
        parameters = {
            "input_dim": [block.shape[1] for block in X.values()],
            "modalities": ["tabular"] * X.shape[1],
            "output_dim": len(self.classes_),
        }
        if self.name == "M3Care":
            parameters["vocab"] = [None]  # else it would download one, for text
        self.model_ = getattr(classify, self.name)(**parameters)
        self._trainer().fit(self.model_, self._batches(X, codes))
        return self

    def predict(self, X):
        """Most probable class."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        """Ask about all patients in one batch."""
        X = self.preprocessor_.transform(X)
        batches = self._batches(X, np.zeros(len(X), dtype=int), whole=True)
        (probability,) = self._trainer().predict(self.model_, batches)
        probability = probability.double().numpy()
        return probability / probability.sum(axis=1, keepdims=True)

    def _batches(self, X, codes, whole=False):
        blocks = [torch.tensor(np.nan_to_num(block)).float() for block in X.values()]
        mask, codes = torch.tensor(X.mask), torch.tensor(codes)

        def collate(rows):
            chosen = [block[rows] for block in blocks]
            if self.name == "M3Care":
                return chosen, codes[rows], mask[rows]
            labelled = torch.ones(len(rows), dtype=torch.bool)
            return chosen, codes[rows], ~mask[rows], labelled

        return DataLoader(
            range(len(X)),
            batch_size=len(X) if whole else self.batch_size,
            shuffle=not whole,
            # A last batch of one patient stops batch normalisation.
            drop_last=not whole and len(X) % self.batch_size == 1,
            collate_fn=collate,
        )

    def _trainer(self):
        from lightning import Trainer

        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
        return Trainer(
            max_epochs=self.max_epochs,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
