"""Several targets of the same patients."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets import HeldOut, NumberTarget, SeveralTargets

N = 40
RNG = np.random.default_rng(0)
Y = pd.DataFrame(
    {
        ("grade", ""): np.arange(N) % 3,
        ("dose", ""): np.where(np.arange(N) % 4 == 0, np.nan, RNG.normal(size=N)),
        ("os", "event"): RNG.random(N) < 0.7,
        ("os", "time"): RNG.exponential(size=N),
        ("signs", "liver"): np.arange(N) % 2,
        ("signs", "heart"): np.where(np.arange(N) < 9, np.nan, 1.0),
    }
)


@pytest.fixture
def target():
    return SeveralTargets().fit(Y, np.ones(N))


def test_kinds_are_inferred_from_the_columns(target):
    kinds = {name: type(task).__name__ for name, task in target.tasks_.items()}

    assert kinds == {
        "grade": "ClassTarget",
        "dose": "NumberTarget",
        "os": "SurvivalTarget",
        "signs": "LabelsTarget",
    }


def test_targets_stand_side_by_side_as_the_loss_takes_them(target):
    encoded = target.encode(Y)

    assert encoded.shape == (N, target.loss.n_columns)
    labelled = [
        task.loss.labelled(encoded[:, task.columns]) for task in target.loss.tasks()
    ]
    assert [mask.sum() for mask in labelled] == [N, 30, N, N, 31]


def test_outputs_are_split_by_task(target):
    outputs = np.arange(3.0 * target.loss.n_outputs).reshape(3, -1)

    split = target.split(outputs)

    assert_array_equal(np.hstack(list(split.values())), outputs)
    assert {name: part.shape[1] for name, part in split.items()} == {
        "grade": 3,
        "dose": 1,
        "os": 1,
        "signs": 4,
    }


def test_calibration_uses_the_labelled_patients_of_each_task(target):
    outputs = np.zeros((N, target.loss.n_outputs))
    mask = np.ones((N, 1), bool)
    target.calibrate(HeldOut(Y, outputs, mask, np.ones(N)))

    frame = target.predict_quantiles(outputs[:2], mask[:2], np.array([0.5]))

    alone, dose = NumberTarget(), Y["dose", ""].dropna().to_numpy()
    alone.fit(dose, np.ones(30))
    alone.calibrate(HeldOut(dose, outputs[:30, :1], mask[:30], np.ones(30)))
    assert frame.columns.tolist() == [("dose", 0.5)]
    expected = alone.predict_quantiles(outputs[:2, :1], mask[:2], np.array([0.5]))
    assert_allclose(frame.to_numpy(), expected)


def test_parameters_of_a_task_reach_its_target():
    tasks = {
        "grade": "classification",
        "dose": {"kind": "regression", "loss": "quantile", "quantile": 0.9},
        "os": {"kind": "survival", "model": "discrete"},
        "signs": "labels",
    }

    target = SeveralTargets(tasks).fit(Y, np.ones(N))

    assert target.tasks_["dose"].loss.quantile == 0.9
    assert target.tasks_["os"].loss.n_outputs > 1


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("ranking", "Unknown kind of task"),
        ({"loss": "huber"}, "Unknown kind of task"),
        ({"kind": "regression", "power": 2}, "does not take.*power"),
    ],
)
def test_wrong_tasks_are_named(task, message):
    with pytest.raises(ValueError, match=message):
        SeveralTargets({"dose": task}).fit(Y[["dose"]], np.ones(N))


def test_what_no_task_has_is_refused():
    target = SeveralTargets().fit(Y[["dose"]], np.ones(N))

    with pytest.raises(ValueError, match="None of the tasks.*'dose'.*probabilities"):
        target.predict_proba(np.zeros((1, 1)))
