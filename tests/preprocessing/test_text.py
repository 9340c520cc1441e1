import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.preprocessing._text import TextBlock

FRAME = pd.DataFrame({"note": ["fever and cough", "cough, Müller", "fever", None]})
OBSERVED = FRAME["note"].notna().to_numpy()


@pytest.fixture
def block():
    return TextBlock.fit(FRAME[OBSERVED])


def test_words_that_patients_share_are_columns_on_one_scale(block):
    table = block.transform(FRAME, OBSERVED, impute=True)

    assert block.feature_names.tolist() == ["cough", "fever"]
    assert block.input_names.tolist() == ["note", "note"]
    assert_allclose(table[:3].mean(axis=0), 0, atol=1e-12)
    assert_allclose((table[:3] ** 2).mean(), 1)
    assert np.isnan(table[3]).all()


def test_nothing_but_shared_words_is_kept(block):
    stored = pickle.dumps(block).lower()

    assert b"cough" in stored
    assert b"muller" not in stored
    assert "müller".encode() not in stored


def test_new_words_say_nothing(block):
    new = pd.DataFrame({"note": ["unheard of", "of"]})

    one, other = block.transform(new, np.ones(2, bool), impute=True)

    assert_allclose(one, other)


def test_text_without_a_shared_word_says_what_to_do():
    frame = pd.DataFrame({"note": ["one here", "two there"]})

    with pytest.raises(ValueError, match="Column 'note' .* no word that two patients"):
        TextBlock.fit(frame)
