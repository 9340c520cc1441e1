import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.datasets import make_multimodal_regression


def test_optimal_prediction_is_the_least_squares_of_a_huge_cohort():
    made = make_multimodal_regression(
        20000,
        n_features={"rna": 6, "ct": 4},
        n_informative=3,
        n_modules=1,
        return_X_y=False,
        random_state=0,
    )
    table = made.data.to_frame().to_numpy()
    weights = np.linalg.lstsq(table, made.target, rcond=None)[0]

    assert_allclose(made.optimal_prediction, table @ weights, atol=0.1)


def test_missing_blocks_are_integrated_out():
    made = make_multimodal_regression(
        20000,
        n_features=8,
        missing=0.5,
        n_informative=4,
        return_X_y=False,
        random_state=0,
    )
    lacking = ~made.data.mask[:, 0]
    residual = made.target - made.optimal_prediction

    # unbiased, and uncorrelated with what is predicted, also where a block is missing
    assert abs(residual[lacking].mean()) < 0.05
    slope = np.polyfit(made.optimal_prediction[lacking], made.target[lacking], 1)[0]
    assert_allclose(slope, 1.0, atol=0.05)


def test_noise_is_what_no_modality_explains():
    variances = [
        np.var(make_multimodal_regression(5000, noise=n, random_state=0)[1])
        for n in (0.0, 2.0)
    ]

    assert_allclose(variances, [1.0, 5.0], rtol=0.1)
