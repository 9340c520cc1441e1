import numpy as np
import pytest

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._dry_run import check_dry_run, dry_run


def test_made_up_patients_are_the_same_each_time(classifier):
    np.testing.assert_array_equal(dry_run(classifier), dry_run(classifier))
    assert dry_run(classifier).shape == (3, 2)


def test_last_digits_may_differ_and_no_others(classifier):
    expected = dry_run(classifier)

    check_dry_run(classifier, expected * (1 + 1e-7))
    with pytest.warns(UserWarning, match="by up to 0.01 of"):
        check_dry_run(classifier, expected + 1e-2)
    with pytest.raises(ModelFileError, match=r"outputs of shape \(3, 2\)"):
        check_dry_run(classifier, expected[:, :1])
    check_dry_run(classifier, None)
