"""What comes beside X, row by row."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from numpy.testing import assert_array_equal

from magnet_sklearn._estimators._rows import check_rows
from magnet_sklearn._targets import ClassTarget, SeveralTargets, SurvivalTarget


@pytest.fixture
def cohort():
    return make_patients(14)


def test_without_weights_everybody_counts_once(cohort):
    X, y = cohort

    rows = check_rows(X, y, ClassTarget())

    assert rows.X is X
    assert_array_equal(rows.weight, np.ones(14))
    assert rows.groups is None


def test_patients_of_weight_zero_leave_with_all_that_is_beside_them(cohort):
    X, y = cohort
    weight, groups = np.arange(14.0), np.repeat(list("abcdefg"), 2)
    weight[5] = 0
    kept = np.flatnonzero(weight)

    rows = check_rows(X, y, ClassTarget(), sample_weight=weight, groups=groups)

    assert rows.X.index.equals(X.index[kept])
    assert_array_equal(rows.y, y[kept])
    assert_array_equal(rows.weight, weight[kept])
    assert_array_equal(rows.groups, groups[kept])


def test_rows_of_a_frame_leave_too(cohort):
    X, y = cohort
    frame = pd.DataFrame({"response": y}, index=X.index)

    weight = np.r_[0.0, np.ones(13)]
    rows = check_rows(X, frame, SeveralTargets(), sample_weight=weight)

    pd.testing.assert_frame_equal(rows.y, frame.iloc[1:])


@pytest.mark.parametrize("kind", [list, np.array, pd.Series])
def test_y_is_read_from_any_list(cohort, kind):
    X, y = cohort

    assert_array_equal(check_rows(X, kind(y), ClassTarget()).y, y)


def test_y_of_another_library_is_read_as_pandas(cohort):
    class Column:
        def __init__(self, values):
            self.values = values

        def to_pandas(self):
            return pd.Series(self.values)

    X, y = cohort

    assert_array_equal(check_rows(X, Column(y), ClassTarget()).y, y)


def test_arguments_of_the_target_reach_it(cohort):
    X, _ = cohort
    times = pd.DataFrame({"event": True, "time": np.arange(14) + 1.0})
    strata = np.repeat(["a", "b"], 7)

    rows = check_rows(X, times, SurvivalTarget(), strata=strata)

    assert_array_equal(rows.y[:, 3], np.repeat([0, 1], 7))


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        ({"sample_weight": np.ones(13)}, "sample_weight.shape == "),
        ({"groups": np.ones(13)}, "inconsistent numbers of samples"),
        ({"groups": np.ones((14, 2))}, "y should be a 1d array"),
        ({"sample_weight": np.r_[-1.0, np.ones(13)]}, "[Nn]egative"),
        ({"sample_weight": np.r_[np.nan, np.ones(13)]}, "sample_weight.*NaN"),
    ],
)
def test_what_does_not_fit_the_patients_is_refused(cohort, beside, message):
    with pytest.raises(ValueError, match=message):
        check_rows(*cohort, ClassTarget(), **beside)


def test_ids_of_other_patients_are_refused(cohort):
    X, y = cohort
    X = type(X)(dict(X.items()), index=[f"patient {n}" for n in range(14)])
    other = pd.Series(y, index=[f"patient {n}" for n in range(1, 15)])

    with pytest.raises(ValueError, match="patient"):
        check_rows(X, other, ClassTarget())


def test_patients_without_a_label_stand_behind_the_others(cohort):
    X, y = cohort
    marked, groups = np.where(np.arange(14) % 4 == 0, -1, y), np.arange(14)
    weight = np.r_[np.ones(8), 0.0, 0.0, np.ones(4)]  # 8 has no label, 9 has one
    known, unknown = [1, 2, 3, 5, 6, 7, 10, 11, 13], [0, 4, 12]

    rows = check_rows(
        X, marked, ClassTarget(), unlabeled=-1, sample_weight=weight, groups=groups
    )

    assert rows.X.index.equals(X.index[known + unknown])
    assert_array_equal(rows.groups, known + unknown)
    assert_array_equal(rows.y, y[known])
    assert_array_equal(rows.weight, np.ones(9))


def test_a_marker_that_nobody_has_changes_nothing(cohort):
    X, y = cohort

    rows = check_rows(X, y, ClassTarget(), unlabeled=-1)

    assert rows.X is X
    assert_array_equal(rows.y, y)


def test_number_of_labels_is_checked_before_the_marker(cohort):
    X, y = cohort

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        check_rows(X, np.r_[y, -1], ClassTarget(), unlabeled=-1)
