"""What every kind of target does for an estimator, unless it says otherwise."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn._targets import HeldOut, Target
from magnet_sklearn.experts import NumberEvidence
from magnet_sklearn.losses import NumberLoss


class Plain(Target):
    """Only what a kind of target has to say."""

    def check(self, y):
        return np.asarray(y, dtype=float)

    def fit(self, y, weight, earlier=None):
        self.loss = NumberLoss()
        return self

    def encode(self, y):
        return y[:, None]

    def evidence(self):
        return [NumberEvidence()]

    def predict(self, outputs):
        return outputs[:, 0]

    def score(self, y, outputs):
        return 0.0


@pytest.fixture
def target():
    return Plain("Task 'dose'").fit(np.arange(4.0), np.ones(4))


def test_a_kind_that_leaves_out_a_step_cannot_be_made():
    class WithoutEncoding(Plain):
        encode = Target.encode

    with pytest.raises(TypeError, match="abstract method '?encode"):
        WithoutEncoding()


def test_users_read_outputs_as_they_are(target):
    scale = target.output_scale()
    outputs = np.array([[2.0], [-1.0]])

    assert_array_equal(outputs @ scale.weights + scale.shift, outputs)
    assert scale.names == [0]


def test_weights_of_patients_are_those_in_the_loss(target):
    weight = np.array([1.0, 2.0, 0.5, 3.0])

    assert target.sample_weight(np.arange(4.0), weight) is weight


def test_what_only_some_kinds_have_is_empty(target):
    outputs, mask = np.zeros((2, 1)), np.ones((2, 1), dtype=bool)

    assert target.predict_proba(outputs) == {}
    assert target.quantile_columns(outputs, mask, np.array([0.5])) == {}
    assert target.survival_columns(outputs, None) == {}


def test_task_is_named_as_errors_name_it(target):
    assert target.task_names() == ["Task 'dose'"]
    assert Plain().task_names() == ["y"]


def test_target_of_a_task_is_its_first_column(target):
    frame = pd.DataFrame({"dose": [1.0, 2.0], "unit": ["mg", "mg"]})

    assert target.from_columns(frame).tolist() == [1.0, 2.0]


def test_held_out_patients_of_a_task_keep_outputs_mask_and_weight_aligned():
    outputs = np.arange(12.0).reshape(4, 3)
    mask = np.eye(4, 2, dtype=bool)
    held_out = HeldOut(None, outputs, mask, np.arange(4.0))
    rows = np.array([3, 1])

    selected = held_out.select(["d", "b"], rows, slice(1, 3))

    assert selected.y == ["d", "b"]
    assert_array_equal(selected.outputs, [[10, 11], [4, 5]])
    assert_array_equal(selected.mask, mask[rows])
    assert_array_equal(selected.weight, [3, 1])
