import numpy as np
import pytest
from common.cohorts import PATTERNS, make_patients
from numpy.testing import assert_array_equal

from magnet_sklearn.explain._conformal_folds import (
    Alike,
    check_enough,
    choose,
    restrict,
)

MASKS = np.array([[1, 1]] * 10 + [[1, 0]] * 4 + [[0, 1]] * 2, dtype=bool)


def test_enough_patients_of_the_same_pattern_calibrate_alone():
    rows, observed, is_masked = choose(np.array([True, False]), MASKS, 4)

    assert_array_equal(rows, [10, 11, 12, 13])
    assert observed.tolist() == [True, False]
    assert not is_masked


def test_patients_with_more_modalities_calibrate_rare_patterns():
    rows, observed, is_masked = choose(np.array([False, True]), MASKS, 5)

    assert_array_equal(rows, [*range(10), 14, 15])
    assert observed.tolist() == [False, True]
    assert is_masked


def test_modalities_are_left_out_where_nobody_has_them_all():
    masks = np.array([[1, 0]] * 9 + [[0, 1]] * 5, dtype=bool)

    rows, observed, is_masked = choose(np.array([True, True]), masks, 6)

    assert_array_equal(rows, np.arange(9))
    assert observed.tolist() == [True, False]
    assert is_masked


def test_everybody_calibrates_a_patient_without_data():
    rows, observed, _ = choose(np.array([False, False]), MASKS, 50)

    assert_array_equal(rows, np.arange(16))
    assert not observed.any()


def test_restricting_hides_all_other_modalities():
    X, _ = make_patients()

    assert_array_equal(
        restrict(X, PATTERNS[2]).mask, X.mask & np.array([True, True, False])
    )


def test_too_few_calibration_patients_are_a_warning():
    few = Alike(np.arange(3), np.arange(18), np.ones(2, bool), False)

    with pytest.warns(UserWarning, match="3 of 3 patients .* fewer than 19"):
        check_enough([few], 0.05)
    check_enough([few], 0.1)
