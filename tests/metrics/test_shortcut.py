"""How well the pattern of missing modalities alone predicts the target."""

import numpy as np
import pandas as pd
from common.cohorts import make_patients

from magnet_sklearn.metrics import missingness_shortcut_score


def test_score_is_chance_when_missingness_says_nothing():
    X, _ = make_patients(140)
    rng = np.random.default_rng(0)

    assert abs(missingness_shortcut_score(X, rng.permutation(140) % 2) - 0.5) < 0.12
    assert missingness_shortcut_score(X, rng.normal(size=140)) < 0.1


def test_score_sees_a_number_and_a_time_that_follow_the_pattern():
    X, _ = make_patients(140)
    number = X.mask[:, 0] + np.random.default_rng(0).normal(scale=0.1, size=140)
    y = pd.DataFrame({"event": np.ones(140, bool), "time": np.exp(-number)})

    assert missingness_shortcut_score(X, number) > 0.8
    assert missingness_shortcut_score(X, y) > 0.7


def test_several_classes_are_scored_one_against_the_rest():
    X, _ = make_patients(140)
    y = np.where(X.mask[:, 0], "a", np.where(X.mask[:, 1], "b", "c"))

    assert missingness_shortcut_score(X, y) > 0.95


def test_flat_tables_are_told_their_modalities():
    y = np.arange(40) % 2
    table = np.column_stack([np.where(y == 1, np.nan, 0.0), np.zeros(40)])

    score = missingness_shortcut_score(table, y, modalities={"rna": [0], "age": [1]})

    assert score == 1.0
