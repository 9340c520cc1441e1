"""One or several numbers per patient."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn._targets import HeldOut, NumberTarget

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(50,), (50, 3)])
def test_decoding_inverts_encoding(shape):
    y = RNG.normal(5, 3, shape)
    target = NumberTarget().fit(y, np.ones(50))

    encoded = target.encode(y)

    assert_allclose(encoded.mean(axis=0), 0, atol=1e-12)
    assert_allclose(encoded.std(axis=0), 1)
    assert_allclose(target.predict(encoded), y)
    assert_allclose(target.score(y, encoded), 1)


def test_unlabelled_patients_stay_nan():
    y = np.array([1.0, np.nan, 3.0])

    encoded = NumberTarget().fit(y, np.ones(3)).encode(y)

    assert_allclose(encoded[:, 0], [-1, np.nan, 1])


def test_each_number_is_a_task_with_its_loss():
    target = NumberTarget(loss="huber").fit(RNG.normal(size=(9, 2)), np.ones(9))

    alone = [task.loss for task in target.loss.tasks()]

    outlier = torch.tensor([[100.0]]), torch.zeros(1, 1), torch.ones(1)
    assert [loss(*outlier).item() for loss in alone] == [199.0, 199.0]


def test_quantiles_cover_held_out_residuals_in_units_of_y():
    y = 100 * RNG.normal(size=2000)
    target = NumberTarget().fit(y, np.ones(2000))
    outputs, mask = np.zeros((2000, 1)), np.ones((2000, 1), bool)
    target.calibrate(HeldOut(y, outputs, mask, np.ones(2000)))

    low, high = target.predict_quantiles(outputs[:1], mask[:1], np.array([0.1, 0.9]))[0]

    assert_allclose(np.mean((y > low) & (y < high)), 0.8, atol=0.01)


def test_continued_training_keeps_the_scale():
    first = NumberTarget().fit(np.arange(9.0), np.ones(9))

    second = NumberTarget().fit(100 * np.arange(9.0), np.ones(9), first)

    assert second.scaler_ is first.scaler_


@pytest.mark.parametrize(
    ("y", "message"),
    [([1.0, np.inf], r"infinite in row\(s\) \[1\]"), ([np.nan] * 2, "has no number")],
)
def test_what_cannot_be_learned_is_named(y, message):
    with pytest.raises(ValueError, match=f"Task 'dose' .*{message}"):
        NumberTarget("Task 'dose'").fit(np.array(y), np.ones(2))
