import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.data import check_survival
from magnet_sklearn.datasets import make_multimodal_survival
from magnet_sklearn.metrics import concordance_index_censored


def test_the_share_of_censored_patients_is_met():
    for censoring in (0.0, 0.4):
        _, y = make_multimodal_survival(3000, censoring=censoring, random_state=0)

        assert_allclose(1 - check_survival(y).event.mean(), censoring, atol=0.02)


def test_optimal_prediction_ranks_patients_and_none_does_without_effect():
    indices = []
    for effect in (0.0, 1.5):
        made = make_multimodal_survival(
            2000, effect=effect, return_X_y=False, random_state=0
        )
        risk = made.optimal_prediction + 1e-9 * np.arange(2000)
        indices.append(concordance_index_censored(made.target, risk))

    assert abs(indices[0] - 0.5) < 0.03
    assert indices[1] > 0.7


def test_times_are_in_days_with_the_median_documented():
    _, y = make_multimodal_survival(5000, effect=0.0, censoring=0.0, random_state=0)

    assert_allclose(y["time"].median(), 1000, rtol=0.05)
