import numpy as np

from magnet_sklearn.data._missing import count_patterns


def test_patterns_agree_with_counting_rows_one_by_one():
    mask = np.random.default_rng(0).random((200, 3)) < 0.5

    patterns = count_patterns(mask, ["a", "b", "c"])

    rows = [tuple(row) for row in mask.tolist()]
    for *pattern, n_patients in patterns.itertuples(index=False):
        assert n_patients == rows.count(tuple(pattern))
    assert patterns["n_patients"].is_monotonic_decreasing
    assert patterns["n_patients"].sum() == 200


def test_of_equally_frequent_patterns_the_fuller_comes_first():
    patterns = count_patterns(np.array([[False, True], [True, True]]), ["a", "b"])

    assert patterns["a"].tolist() == [True, False]
