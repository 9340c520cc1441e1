"""The folder of a training."""

import pytest
from common.checks import all_answers
from common.instances import make_classifier, target_for
from numpy.testing import assert_array_equal
from sklearn.base import clone

from magnet_sklearn._training.runtime import Checkpoint


def test_seeds_of_a_training_without_random_state_are_kept(tmp_path):
    clf = make_classifier(random_state=None, checkpoint=str(tmp_path))
    X, y = target_for(clf)

    first = all_answers(clf.fit(X, y), X)

    assert_array_equal(all_answers(clone(clf).fit(X, y), X), first)


def test_a_checkpoint_of_other_patients_is_refused(tmp_path):
    clf = make_classifier(checkpoint=tmp_path)
    X, y = target_for(clf)
    clf.fit(X, y)

    with pytest.raises(ValueError, match="other patients or parameters"):
        clf.fit(X[:-1], y[:-1])


def test_a_checkpoint_of_other_parameters_is_refused(tmp_path):
    clf = make_classifier(checkpoint=tmp_path)
    X, y = target_for(clf)
    clf.fit(X, y)

    with pytest.raises(ValueError, match="other patients or parameters"):
        clf.set_params(dropout=0.1).fit(X, y)


def test_unfinished_files_of_a_killed_process_are_removed(tmp_path):
    unfinished = [tmp_path / "seeds.12.part", tmp_path / "member_10.34.part"]
    others = [tmp_path / "mine.part", tmp_path / "member_1.pt"]
    for path in unfinished + others:
        path.write_bytes(b"half")

    Checkpoint(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted(others)
