import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_blocks
from common.instances import INSTANCES, target_for
from numpy.testing import assert_allclose
from sklearn.model_selection import GroupKFold, cross_val_score

from magnet_sklearn import MultiModalData
from magnet_sklearn.model_selection import EventStratifiedKFold
from magnet_sklearn.tuning._folds import make_folds


def test_scores_are_those_of_cross_val_score(clf, patients):
    folds = make_folds(clf, *patients, None, 3, "neg_log_loss")
    expected = cross_val_score(clf, *patients, cv=3, scoring="neg_log_loss")
    assert_allclose(list(folds.scores(clf)), expected)


def test_a_plain_dict_is_split_by_patient(clf):
    blocks, y = make_blocks()
    folds = make_folds(clf, blocks, y, None, 3, None)
    assert isinstance(folds.X, MultiModalData)
    assert sum(len(test) for _, test in folds.splits) == len(y)


def test_events_are_spread_over_folds():
    estimator = INSTANCES["MagnetSurvivalAnalysis"]
    X, y = target_for(estimator)
    folds = make_folds(estimator, X, y, None, 3, None)
    expected = EventStratifiedKFold(3).split(X, y)
    for (_, test), (_, own) in zip(folds.splits, expected, strict=True):
        assert_allclose(test, own)


def test_groups_stay_together(clf, patients):
    X, y = patients
    groups = np.arange(len(y)) // 4
    folds = make_folds(clf, X, y, groups, GroupKFold(3), None)
    for train, test in folds.splits:
        assert not set(groups[train]) & set(groups[test])


def test_y_of_other_patients_is_refused(clf, patients):
    X, y = patients
    X = MultiModalData(dict(X.items()), index=[f"p{n}" for n in range(len(y))])
    labels = pd.Series(y, index=X.index[::-1])
    with pytest.raises(ValueError, match="loc"):
        make_folds(clf, X, labels, None, 3, None)
