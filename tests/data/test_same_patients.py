import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneOut,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
    learning_curve,
    train_test_split,
)

from magnet_sklearn.data import MultiModalData, check_multimodal, check_same_patients

N = 12
INDEXES = {
    "default": None,
    "text": [f"p{i}" for i in range(N)],
    "numbers": np.arange(1000, 1000 + N),
    "shuffled": np.random.default_rng(0).permutation(N),
    "gaps": np.arange(0, 3 * N, 3),
    "levels": pd.MultiIndex.from_product([["a", "b"], range(N // 2)]),
    "category": pd.CategoricalIndex([f"p{i}" for i in range(N)]),
}


class Checker(ClassifierMixin, BaseEstimator):
    """Does nothing but check ids, in fit and in score."""

    def __init__(self, a=1):
        self.a = a

    def fit(self, X, y, sample_weight=None):
        X = check_multimodal(X)
        check_same_patients(X, {"y": y, "sample_weight": sample_weight})
        self.classes_ = np.unique(np.asarray(y))
        return self

    def predict(self, X):
        return np.resize(self.classes_, len(X))

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def score(self, X, y):
        check_same_patients(check_multimodal(X), {"y": y})
        return 0.5


def _frame(index):
    values = np.random.default_rng(1).normal(size=(N, 3))
    return pd.DataFrame(values, columns=list("abc"), index=index)


CONTAINERS = {
    "arrays": lambda index: MultiModalData({"rna": _frame(None).to_numpy()}),
    "frames": lambda index: MultiModalData({"rna": _frame(index)}),
    "joined": lambda index: MultiModalData.from_frames({"rna": _frame(index)}),
    "flat": _frame,
    "levels": lambda index: pd.concat({"rna": _frame(index)}, axis=1),
}
CASES = [
    (container, of_x, of_y)
    for container in CONTAINERS
    for of_x in INDEXES
    for of_y in INDEXES
    if container != "joined"
    and (of_x == of_y or "default" in (of_x, of_y))
    and (container != "levels" or {of_x, of_y} <= {"default", "text", "gaps"})
    and (container != "arrays" or of_x == "default")
]


def _labels(index):
    return pd.Series(np.tile([0, 1], N // 2), index=index)


@pytest.mark.parametrize(("container", "of_x", "of_y"), CASES)
def test_tools_of_scikit_learn_raise_no_false_alarm(container, of_x, of_y):
    X, y = CONTAINERS[container](INDEXES[of_x]), _labels(INDEXES[of_y])
    weight = pd.Series(np.ones(N), index=y.index)
    shuffled = StratifiedKFold(3, shuffle=True, random_state=0)
    options = {"error_score": "raise"}

    for cv in (shuffled, ShuffleSplit(2, random_state=0)):
        cross_val_score(Checker(), X, y, cv=cv, **options)
    if "shuffled" not in (of_x, of_y):
        # row numbers in any order can be those of a leave-one-out fold by chance
        cross_val_score(Checker(), X, y, cv=LeaveOneOut(), **options)
    cross_validate(Checker(), X, y, cv=2, params={"sample_weight": weight}, **options)
    GridSearchCV(Checker(), {"a": [1]}, cv=2, **options).fit(X, y)
    learning_curve(Checker(), X, y, cv=2, train_sizes=[0.3, 1.0], **options)
    CalibratedClassifierCV(Checker(), cv=2).fit(X, y)
    StackingClassifier([("checker", Checker())], cv=2).fit(X, y)
    if container == "flat":
        BaggingClassifier(Checker(), n_estimators=2, random_state=0).fit(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
    Checker().fit(X_train, y_train).score(X_test, y_test)
    cross_val_score(Checker(), X_train, y_train, cv=2, **options)


@pytest.mark.parametrize(
    ("container", "of_x"),
    [(c, x) for c in CONTAINERS for x in INDEXES if x != "default" and c != "arrays"],
)
def test_the_ids_of_x_in_another_order_are_refused(container, of_x):
    X, y = CONTAINERS[container](INDEXES[of_x]), _labels(INDEXES[of_x])
    X_train, _, y_train, _ = train_test_split(X, y, random_state=1)

    for other in (
        y.iloc[::-1],
        y.sample(frac=1, random_state=0),
        y.iloc[[1, 0, *range(2, N)]],
    ):
        with pytest.raises(ValueError, match="patient ids of X in another order"):
            Checker().fit(X, other)
    with pytest.raises(ValueError, match="`sample_weight` has the patient ids of X in"):
        Checker().fit(X, y, sample_weight=y.iloc[::-1])
    with pytest.raises(ValueError, match="in another order"):
        Checker().fit(X_train, y_train.iloc[::-1])


@pytest.mark.parametrize("container", ["frames", "joined"])
@pytest.mark.parametrize("of_x", ["text", "numbers", "shuffled", "gaps", "category"])
def test_other_ids_are_refused(container, of_x):
    X, y = CONTAINERS[container](INDEXES[of_x]), _labels(INDEXES[of_x])
    ids = y.index.tolist()
    foreign = [f"q{i}" if isinstance(i, str) else i + 5000 for i in ids]

    for other in (foreign, [foreign[0], *ids[1:]], [*ids[1:], foreign[0]]):
        with pytest.raises(ValueError, match="`y` has other patient ids than X"):
            Checker().fit(X, y.set_axis(other))


def test_rows_of_another_split_are_refused():
    X, y = CONTAINERS["frames"](INDEXES["shuffled"]), _labels(INDEXES["shuffled"])
    X_train = train_test_split(X, random_state=1)[0]
    y_train = train_test_split(y, random_state=2)[0]

    with pytest.raises(ValueError, match="other patient ids"):
        Checker().fit(X_train, y_train)


def test_sorted_labels_beside_shuffled_arrays_are_refused():
    X, y = CONTAINERS["arrays"](None), _labels(None)
    X_train, _, y_train, _ = train_test_split(X, y, random_state=1)

    with pytest.raises(ValueError, match="in another order"):
        Checker().fit(X_train, y_train.sort_index())


@pytest.mark.parametrize("dtype", [str, float, "category", object, "Int64", "string"])
def test_the_same_ids_of_another_dtype_are_the_same(dtype):
    X = CONTAINERS["frames"](INDEXES["numbers"])
    y = _labels(pd.Index(INDEXES["numbers"]).astype(dtype))

    check_same_patients(X, {"y": y})
    with pytest.raises(ValueError, match="in another order"):
        check_same_patients(X, {"y": y.iloc[::-1]})


def test_the_error_names_both_at_most_five_rows_and_the_line_to_write():
    X, y = CONTAINERS["frames"](INDEXES["text"]), _labels(INDEXES["text"])
    message = (
        r"`groups` has the patient ids of X_val in another order: in row\(s\) 0, 1, 2, "
        r"3, 4 X_val has 'p0', 'p1', 'p2', 'p3', 'p4', groups 'p11', 'p10', 'p9', "
        r"'p8', 'p7'\. Write groups\.loc\[X_val\.index\]"
    )

    with pytest.raises(ValueError, match=message):
        check_same_patients(X, {"groups": y.iloc[::-1]}, name="X_val")


def test_ids_in_another_spelling_are_pointed_out():
    X, y = CONTAINERS["frames"](INDEXES["text"]), _labels(INDEXES["text"])

    with pytest.raises(
        ValueError, match=r"12 of them would match as text.*'p0' and 'P0"
    ):
        check_same_patients(X, {"y": y.set_axis(y.index.str.upper())})


@pytest.mark.parametrize("wrap", [np.asarray, list, lambda y: y.reset_index(drop=True)])
def test_values_without_ids_are_taken_by_position(wrap):
    X, y = CONTAINERS["frames"](INDEXES["text"]), _labels(INDEXES["text"])

    check_same_patients(X, {"y": wrap(y.iloc[::-1]), "groups": None})


def test_frames_are_checked_as_series_are():
    X, y = CONTAINERS["frames"](INDEXES["text"]), _labels(INDEXES["text"]).to_frame("y")

    check_same_patients(X, {"y": y})
    with pytest.raises(ValueError, match="in another order"):
        check_same_patients(X, {"y": y.iloc[::-1]})


def test_another_number_of_rows_is_left_to_the_check_of_lengths():
    X, y = CONTAINERS["frames"](INDEXES["text"]), _labels(INDEXES["text"])

    check_same_patients(X, {"y": y.iloc[1:]})


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda X: pickle.loads(pickle.dumps(X))]
)
def test_row_numbers_of_a_copy_are_still_no_ids(copied):
    X, y = CONTAINERS["arrays"](None), _labels(INDEXES["numbers"])
    rows = np.arange(3, 9)

    check_same_patients(copied(X[rows]), {"y": y.iloc[rows]})
    check_same_patients(MultiModalData(X[rows]), {"y": y.iloc[rows]})


ids_of_patients = st.one_of(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=12, unique=True),
    st.lists(
        st.text("abc-01", min_size=1, max_size=4), min_size=2, max_size=12, unique=True
    ),
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 9)),
        min_size=2,
        max_size=12,
        unique=True,
    ),
)


@given(ids=ids_of_patients, data=st.data())
@settings(max_examples=100, deadline=None)
def test_equal_sequences_are_accepted_and_permutations_refused(ids, data):
    index = pd.Index(ids)
    rows = data.draw(st.lists(st.integers(0, len(ids) - 1), min_size=1, max_size=15))
    order = data.draw(st.permutations(range(len(ids))))
    assume(order != list(range(len(ids))))
    X = MultiModalData({"rna": pd.DataFrame({"a": np.ones(len(ids))}, index=index)})
    y = pd.Series(np.zeros(len(ids)), index=index)

    check_same_patients(X, {"y": y})
    check_same_patients(X[rows], {"y": y.iloc[rows]})
    with pytest.raises(ValueError, match="in another order"):
        check_same_patients(X, {"y": y.iloc[list(order)]})
