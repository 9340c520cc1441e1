"""Free text: weighted words in place of one column of sentences."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from magnet_sklearn._utils import CLIP

_MOST_WORDS = 5000
# A word of a single patient says nothing of others, and may be a name.
_SETTINGS = {"min_df": 2, "sublinear_tf": True, "strip_accents": "unicode"}


@dataclass(frozen=True)
class TextBlock:
    """Centred weights of words, on one scale: rare words do not weigh more.

    Parameters
    ----------
    vectorizer : TfidfVectorizer
        Knows the words of the training patients, but not who wrote them.
    mean : ndarray of shape (n_words,)
        Mean weights.
    scale : float
        Root mean square of the centred weights.
    input_names : ndarray of shape (n_words,)
        The column, for each word.
    """

    vectorizer: TfidfVectorizer
    mean: np.ndarray
    scale: float
    input_names: np.ndarray
    fill: ClassVar[float] = 0.0
    category_codes: ClassVar[tuple] = ()
    category_sizes: ClassVar[list[int]] = []

    @classmethod
    def fit(cls, frame: pd.DataFrame) -> "TextBlock":
        """Learn words that two or more patients share, and their weights."""
        texts = frame.iloc[:, 0].astype(str)
        vectorizer = TfidfVectorizer(max_features=_MOST_WORDS, **_SETTINGS)
        try:
            weights = vectorizer.fit_transform(texts)
        except ValueError as error:
            raise ValueError(
                f"Column {frame.columns[0]!r} is read as text, but has no word that "
                "two patients share. Pass a vectoriser that finds some, "
                "ModalityTransformer({...: TfidfVectorizer(...)}), as preprocessor."
            ) from error
        mean = np.asarray(weights.mean(axis=0)).ravel()
        square = np.asarray(weights.multiply(weights).mean(axis=0)).ravel()
        spread = np.sqrt(np.mean(np.maximum(square - mean**2, 0.0)))
        largest = weights.max() / CLIP
        names = np.full(len(mean), str(frame.columns[0]), dtype=object)
        return cls(vectorizer, mean, float(max(spread, largest)), names)

    @property
    def feature_names(self) -> np.ndarray:
        """Return the words."""
        return self.vectorizer.get_feature_names_out()

    def transform(
        self, block: pd.DataFrame, observed: np.ndarray, *, impute: bool
    ) -> np.ndarray:
        """Dense table of words; rows that are not observed are NaN."""
        table = np.full((len(observed), len(self.mean)), np.nan)
        if observed.any():
            texts = block.iloc[np.flatnonzero(observed), 0].astype(str)
            weights = self.vectorizer.transform(texts).toarray()
            table[observed] = np.clip((weights - self.mean) / self.scale, -CLIP, CLIP)
        return table
