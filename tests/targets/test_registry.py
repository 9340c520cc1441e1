"""Kinds of target by name."""

import inspect

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets import TARGETS, HeldOut

N = 30
RNG = np.random.default_rng(0)
EXAMPLES = {
    "classification": np.array(["well", "sick", "dead"] * 10),
    "labels": np.column_stack([np.arange(N) % 2, np.arange(N) % 3 > 0]).astype(float),
    "regression": RNG.normal(100, 20, size=N),
    "survival": pd.DataFrame(
        {"event": np.arange(N) % 3 > 0, "time": RNG.permutation(N) + 1.0}
    ),
}


WITHOUT_TIMES = sorted(set(EXAMPLES) - {"survival"})


@pytest.fixture(params=sorted(TARGETS))
def kind(request):
    return request.param


@pytest.fixture
def target(kind):
    target = TARGETS[kind]()
    return target.fit(target.check(EXAMPLES[kind]), np.ones(N))


def best_outputs(kind, encoded):
    """Outputs of a model that knows the target."""
    if kind == "classification":
        return 9.0 * np.eye(3)[encoded[:, 0].astype(int)]
    if kind == "labels":
        return np.stack([-9 * encoded, 9 * encoded - 5], axis=2).reshape(N, -1)
    return encoded if kind == "regression" else -encoded[:, 1:2]


def test_every_kind_has_an_example_here():
    assert set(EXAMPLES) == set(TARGETS)


def test_best_outputs_give_the_target_back(kind, target):
    y = target.check(EXAMPLES[kind])
    outputs = best_outputs(kind, target.encode(y))

    assert outputs.shape == (N, target.loss.n_outputs)
    assert target.score(y, outputs) == pytest.approx(1.0)
    if kind == "survival":
        order = np.argsort(target.predict(outputs))[::-1]
        assert_array_equal(order, np.argsort(EXAMPLES[kind]["time"]))
    elif kind == "regression":
        assert_allclose(target.predict(outputs), y)
    else:
        assert_array_equal(target.predict(outputs), y)


def test_encoded_target_is_what_the_loss_takes(kind, target):
    encoded = target.encode(target.check(EXAMPLES[kind]))

    assert encoded.shape == (N, target.loss.n_columns)
    assert target.loss.labelled(encoded).all()
    assert len(target.evidence()) == len(target.loss.tasks())
    assert len(target.task_names()) == len(target.loss.tasks())
    assert target.loss.baseline(encoded, np.ones(N)).shape == (target.loss.n_outputs,)


@pytest.mark.parametrize("kind", WITHOUT_TIMES)  # which have strata beside them
def test_checking_twice_is_checking_once(kind):
    once = TARGETS[kind]().check(EXAMPLES[kind])

    assert_array_equal(TARGETS[kind]().check(once), once)


@pytest.mark.parametrize("kind", WITHOUT_TIMES)  # whose ranks are among patients
def test_patient_encodes_the_same_alone(kind, target):
    y = target.check(EXAMPLES[kind])

    alone = np.vstack([target.encode(y[row : row + 1]) for row in range(N)])

    assert_array_equal(alone, target.encode(y))


def test_output_scale_has_a_name_for_each_number(target):
    scale = target.output_scale()

    assert scale.weights.shape == (target.loss.n_outputs, len(scale.names))
    assert scale.shift.shape == (len(scale.names),)


def test_calibration_on_held_out_patients_changes_no_prediction(kind, target):
    y = target.check(EXAMPLES[kind])
    outputs = best_outputs(kind, target.encode(y))
    before = target.predict(outputs)

    target.calibrate(HeldOut(y, outputs, np.ones((N, 2), dtype=bool), np.ones(N)))

    assert_array_equal(target.predict(outputs), before)


def test_errors_of_every_kind_name_the_task(kind):
    wrong = {
        "classification": np.array(["one"] * N),
        "labels": pd.DataFrame({"a": [0.5] * N}),
        "regression": np.full(N, np.nan),
        "survival": None,
    }[kind]
    target = TARGETS[kind]("Task 'x'")
    if kind == "survival":
        wrong = target.check(EXAMPLES[kind].assign(event=False))

    with pytest.raises(ValueError, match="Task 'x'"):
        target.fit(wrong, np.ones(N))


def test_parameters_of_a_kind_have_defaults(kind):
    parameters = inspect.signature(TARGETS[kind]).parameters.values()

    assert all(item.default is not inspect.Parameter.empty for item in parameters)
