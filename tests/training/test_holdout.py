"""Who a network has learned from is never held out by it."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import Cohort, HoldoutHistory

N_MEMBERS = 3
FOLDS = {"n_members": N_MEMBERS, "validation_fraction": 0.3}
LABELS = np.arange(30) % 2


def make_cohort(rows, *, image=False, groups=None):
    rng = np.random.default_rng(0)
    blocks = {"rna": rng.normal(size=(60, 4))[rows]}
    if image:
        blocks["image"] = rng.normal(size=(60, 2))[rows]
    numbers = np.zeros((len(rows), 1))
    return Cohort(MultiModalData(blocks), numbers, numbers, numbers[:, 0], groups)


def first_fit(groups=None):
    """History of a fit on patients 0 to 29, and whom each member learned from."""
    cohort = make_cohort(np.arange(30), groups=groups)
    splits = HoldoutHistory().splits(cohort, LABELS, seed=0, **FOLDS)
    return HoldoutHistory().after(cohort, splits), [set(train) for train, _ in splits]


def test_patients_stay_held_out_in_another_order_and_with_another_seed():
    history, taught = first_fit()
    order = np.random.default_rng(1).permutation(30)

    splits = history.splits(
        make_cohort(order, image=True), LABELS[order], seed=5, **FOLDS
    )

    for (_, held), known in zip(splits, taught, strict=True):
        assert set(order[held]) == set(range(30)) - known


def test_new_patients_are_divided_into_folds():
    history, _ = first_fit()
    rows = np.arange(30, 60)

    splits = history.splits(make_cohort(rows, image=True), LABELS, seed=0, **FOLDS)

    assert_array_equal(np.sort(np.hstack([held for _, held in splits])), np.arange(30))


def test_known_and_new_patients_mix():
    history, taught = first_fit()
    rows = np.arange(15, 45)

    splits = history.splits(make_cohort(rows), LABELS, seed=3, **FOLDS)

    for (_, held), known in zip(splits, taught, strict=True):
        assert not set(rows[held]) & known
        assert (rows[held] >= 30).any()


def test_new_patient_of_a_known_group_follows_the_group():
    groups = np.arange(30) // 5
    history, taught = first_fit(groups)

    cohort = make_cohort(np.arange(30, 60), groups=groups)
    splits = history.splits(cohort, LABELS, seed=3, **FOLDS)

    for (_, held), known in zip(splits, taught, strict=True):
        assert not set(groups[held]) & set(groups[list(known)])


def test_memory_reaches_back_over_several_fits():
    history, taught = first_fit()
    middle = make_cohort(np.arange(30, 60), image=True)
    history = history.after(middle, history.splits(middle, LABELS, seed=0, **FOLDS))

    splits = history.splits(
        make_cohort(np.arange(30), image=True), LABELS, seed=9, **FOLDS
    )

    for (_, held), known in zip(splits, taught, strict=True):
        assert set(held) == set(range(30)) - known


def test_networks_that_were_never_stopped_go_on_without():
    cohort = make_cohort(np.arange(30))
    everyone = [(np.arange(30), None)] * N_MEMBERS

    splits = (
        HoldoutHistory().after(cohort, everyone).splits(cohort, LABELS, seed=0, **FOLDS)
    )

    assert all(held is None for _, held in splits)


def test_nobody_left_to_hold_out_is_an_error():
    cohort, given = make_cohort(np.arange(30)), make_cohort(np.arange(30, 60))
    history = HoldoutHistory().after(cohort, [(np.arange(30), given)] * N_MEMBERS)

    with pytest.raises(ValueError, match="has learned from all of these patients"):
        history.splits(cohort, LABELS, seed=0, **FOLDS)


def test_who_took_part_in_a_training_is_known():
    history, _ = first_fit()

    seen = history.has_seen(make_cohort(np.arange(20, 40)).X)

    assert_array_equal(seen, [True] * 10 + [False] * 10)
