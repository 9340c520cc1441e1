import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.utils.estimator_checks import parametrize_with_checks

from magnet_sklearn.preprocessing import ExpressionFilter, ModalityTransformer


@parametrize_with_checks([ExpressionFilter(max_missing=0.5)])
def test_filter_is_a_scikit_learn_transformer(estimator, check):
    check(estimator)


def test_features_with_more_missing_cells_than_allowed_go():
    X = np.ones((10, 3))
    X[0, 1] = X[:2, 2] = np.nan

    fitted = ExpressionFilter().fit(X)

    assert fitted.get_support().tolist() == [True, True, False]
    assert_allclose(fitted.missing_, [0.0, 0.1, 0.2])


def test_missing_cells_do_not_count_as_low():
    X = np.array([[5.0, 5.0], [np.nan, 0.0], [np.nan, 0.0], [5.0, 0.0]])

    fitted = ExpressionFilter(max_missing=1.0, min_value=1.0, min_fraction=0.5).fit(X)

    assert_allclose(fitted.expressed_, [1.0, 0.25])
    assert fitted.get_support().tolist() == [True, False]


def test_patients_without_the_modality_are_not_counted(make_data):
    rna = pd.DataFrame(
        {"TP53": [1.0, 2.0, np.nan, np.nan], "MYC": [1.0] + [np.nan] * 3}
    )
    X = make_data(rna=rna, age=[[1.0]] * 4)

    kept = ModalityTransformer({"rna": ExpressionFilter()}).fit_transform(X)

    assert kept["rna"].columns.tolist() == ["TP53"]
    assert kept.mask[:, 0].tolist() == [True, True, False, False]


def test_an_empty_choice_is_an_error_with_the_numbers():
    with pytest.raises(ValueError, match=r"min_value=9.*largest value 3\. Relax"):
        ExpressionFilter(min_value=9).fit([[1.0], [3.0]])
