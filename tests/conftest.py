"""Fixtures that tests of all packages use."""

import pytest

from magnet_sklearn.data import MultiModalData


@pytest.fixture
def make_data():
    """Make MultiModalData from one keyword per modality: make_data(rna=[[1, 2]])."""

    def make(index=None, **blocks):
        return MultiModalData(blocks, index=index)

    return make
