import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.preprocessing._site_columns import CovariateDesign, read_column

CLINICAL = pd.DataFrame(
    {"site": ["a", "b", None, "a"], "age": [50.0, 60.0, np.nan, 70.0]}
)


def test_columns_of_frames_and_arrays_are_read_by_name(make_data):
    X = make_data(clinical=CLINICAL, rna=[[1, 2], [3, 4], [5, 6], [7, 8]])

    assert read_column(X, ("clinical", "site"), "site").tolist()[:2] == ["a", "b"]
    assert read_column(X, ("rna", "rna_1"), "site").tolist() == [2, 4, 6, 8]


@pytest.mark.parametrize(
    ("where", "error", "message"),
    [
        ("site", TypeError, "takes a tuple"),
        (("clinicl", "site"), ValueError, "Did you mean 'clinical'"),
        (("clinical", "sites"), ValueError, "Did you mean 'site'"),
    ],
)
def test_a_wrong_column_is_named(make_data, where, error, message):
    with pytest.raises(error, match=message):
        read_column(make_data(clinical=CLINICAL), where, "site")


def test_design_is_centred_and_missing_cells_are_at_the_mean(make_data):
    columns = (("clinical", "age"), ("clinical", "site"))
    design = CovariateDesign(columns).fit(make_data(clinical=CLINICAL))

    later = CLINICAL.assign(site=["b", "z", "a", None])
    made = design.transform(make_data(clinical=later))

    assert_allclose(made[:, 0], [-10, 0, 0, 10])
    assert_allclose(made[:, 1], [2 / 3, 0, -1 / 3, 0])
