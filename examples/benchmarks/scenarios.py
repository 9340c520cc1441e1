"""Which blocks are missing where, and which patients are held out."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from cohorts import Split, blank
from sklearn.model_selection import RepeatedStratifiedKFold

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import drop_modalities

N_FOLDS = 5
MIN_GROUP = 30


def _keep(X, rng, split):
    return X


def _drop(rate, X, rng, split):
    return drop_modalities(X, rate, rng)


def _drop_one(X, rng, split):
    names = list(X)
    return drop_modalities(X, {names[split % len(names)]: 0.95}, rng)


def _disjoint(X, rng, split):
    """Half of the patients keep every other modality, the others keep the rest."""
    odd_modality = np.arange(X.shape[1]) % 2 == 1
    has_odd = X.mask[:, odd_modality].any(axis=1)
    has_even = X.mask[:, ~odd_modality].any(axis=1)
    in_odd = np.where(has_odd & has_even, rng.random(len(X)) < 0.5, has_odd)
    kept = in_odd[:, None] == odd_modality
    blocks = {
        name: blank(block, ~kept[:, m]) for m, (name, block) in enumerate(X.items())
    }
    return MultiModalData(blocks)


@dataclass(frozen=True)
class Scenario:
    """What happens to training and to test patients.

    Each change is called with the data, a random generator and the number of the
    split. `rate` is what the plot of scores against missing rate uses.
    """

    name: str
    change_train: Callable = _keep
    change_test: Callable = _keep
    rate: float | None = None
    by_group: bool = False


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("missing-0", rate=0.0),
        *(
            Scenario(f"missing-{rate}", change, change, rate)
            for rate in (0.3, 0.6, 0.9)
            for change in (partial(_drop, rate),)
        ),
        Scenario("train-only-0.6", change_train=partial(_drop, 0.6)),
        Scenario("test-only-0.6", change_test=partial(_drop, 0.6)),
        Scenario("disjoint-groups", _disjoint, _disjoint),
        Scenario("one-modality-0.95", _drop_one, _drop_one),
        Scenario("leave-group-out", by_group=True),
    )
}


def make_splits(cohort, scenario, n_splits):
    """Splits of a cell: groups, official ones (in turn), or repeated stratified folds.

    Groups left out are those of at least 30 patients and two classes; a cohort
    without groups has no such splits.
    """
    if scenario.by_group:
        return _group_splits(cohort)
    if cohort.splits is not None:
        return [cohort.splits[i % len(cohort.splits)] for i in range(n_splits)]
    n_repeats = -(-n_splits // N_FOLDS)
    folds = RepeatedStratifiedKFold(
        n_splits=N_FOLDS, n_repeats=n_repeats, random_state=0
    )
    rows = np.zeros(len(cohort.y))
    return [Split(*parts) for parts in folds.split(rows, cohort.y)][:n_splits]


def _group_splits(cohort):
    if cohort.groups is None:
        return []
    splits = []
    for group in np.unique(cohort.groups):
        held_out = cohort.groups == group
        n_classes = len(np.unique(cohort.y[held_out]))
        if held_out.sum() >= MIN_GROUP and n_classes > 1:
            splits.append(Split(np.flatnonzero(~held_out), np.flatnonzero(held_out)))
    return splits


def make_data(cohort, scenario, number, split):
    """Training and test data of one split.

    The blocks that go missing depend on cohort and split only, so that every method
    sees the same patients and a higher rate drops more of the same blocks.
    """
    X = cohort.X
    if split.modalities is not None:
        X = MultiModalData({name: X[name] for name in split.modalities})
    parts = []
    changes = (scenario.change_train, scenario.change_test)
    for part, (rows, change) in enumerate(
        zip((split.train, split.test), changes, strict=True)
    ):
        seed = [zlib.crc32(cohort.name.encode()), number, part]
        parts.append(change(X[rows], np.random.default_rng(seed), number))
    return parts
