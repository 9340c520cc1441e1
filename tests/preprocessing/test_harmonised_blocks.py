import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from magnet_sklearn.preprocessing._harmonised_blocks import (
    HarmonisedBlock,
    chosen_modalities,
    without_column,
)

SITES = pd.Series(["a", "b"] * 10)
VALUES = (
    np.random.default_rng(0).normal(size=(20, 4))
    + 3 * (SITES == "b").to_numpy()[:, None]
)
NOTHING = np.zeros((20, 0))


def harmonised(block, modality="rna", site=("clinical", "site")):
    fitted = HarmonisedBlock(modality, site, "error")
    fitted.fit(block, SITES, NOTHING, mean_only=False)
    return fitted.transform(block, SITES, NOTHING)


@pytest.mark.parametrize(
    "kind", [np.asarray, np.float32, sparse.csr_array, pd.DataFrame]
)
def test_all_kinds_of_tables_are_harmonised_alike(kind):
    after = harmonised(kind(VALUES))

    assert_allclose(np.asarray(after), harmonised(VALUES), rtol=1e-3, atol=1e-5)
    assert abs(np.asarray(after)[::2].mean() - np.asarray(after)[1::2].mean()) < 0.1


def test_a_block_is_not_written_to():
    before = VALUES.copy()

    harmonised(VALUES)

    assert_array_equal(VALUES, before)


def test_the_site_itself_is_not_harmonised():
    block = np.column_stack([VALUES, (SITES == "b")])

    after = harmonised(block, site=("rna", "rna_4"))

    assert_array_equal(after[:, 4], block[:, 4])
    assert_allclose(after[:, :4], harmonised(VALUES))


def test_tables_without_site_and_covariates_are_chosen(make_data):
    X = make_data(rna=VALUES, ct=np.zeros((20, 1, 2, 2)), clinical=VALUES)

    assert chosen_modalities(X, None, {"clinical"}) == ["rna"]
    with pytest.raises(ValueError, match="'ct' has 4 dimensions"):
        chosen_modalities(X, ["ct"], set())


def test_a_column_is_taken_out_by_name():
    assert without_column("rna", VALUES, "rna_1").shape == (20, 3)
    assert list(without_column("rna", pd.DataFrame(VALUES), 2)) == [0, 1, 3]
