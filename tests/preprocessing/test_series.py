import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.data import as_time_series
from magnet_sklearn.preprocessing._series import SeriesBlock, series_features

NAN = np.nan
ALL = np.ones(2, dtype=bool)


def test_time_runs_from_0_to_1_and_channels_are_scaled():
    block = as_time_series(
        [np.array([[0.0, 1.0], [2.0, NAN]]), np.array([[NAN, 3.0]])], [[10, 20], [30]]
    )

    scaled = SeriesBlock.fit(block).transform(block, ALL, impute=True)

    assert_array_equal(scaled[:, :, 0], [[0.0, 0.5], [1.0, NAN]])
    assert_array_equal(scaled[:, :, 1], [[-1, 1], [NAN, NAN]])
    assert_array_equal(scaled[:, :, 2], [[-1, NAN], [1, NAN]])


def test_place_of_a_step_is_its_time_in_a_plain_array():
    block = np.array([[[1.0], [2.0], [NAN]], [[3.0], [NAN], [4.0]]])

    scaled = SeriesBlock.fit(block).transform(block, ALL, impute=True)

    assert_array_equal(scaled[:, :, 0], [[0.0, 0.5, NAN], [0.0, NAN, 1.0]])


def test_patients_without_the_series_are_nan():
    block = np.array([[[1.0], [2.0]], [[3.0], [4.0]]])

    scaled = SeriesBlock.fit(block).transform(block, np.array([True, False]), impute=1)

    assert np.isnan(scaled[1]).all()
    assert not np.isnan(scaled[0]).any()


@pytest.mark.parametrize("n_empty", [0, 5])
def test_features_are_summaries_of_the_known_values(n_empty):
    time = np.array([0.0, 0.1, 0.5, 0.9])
    value = np.array([2.0, NAN, 5.0, 3.0])
    block = np.column_stack([time, value])[None]
    block = np.pad(block, ((0, 0), (0, n_empty), (0, 0)), constant_values=NAN)

    features = series_features(block)[0]

    known = value[~np.isnan(value)]
    slope = np.polyfit(time[~np.isnan(value)], known, 1)[0]
    summary = [3.0, known.mean(), 2.0, 5.0, known.std(), slope, np.log1p(3)]
    assert_allclose(features, [*summary, 2.0, 5.0, 3.0])


def test_channel_that_nobody_measured_has_no_features_but_its_count():
    block = np.array([[[0.0, 1.0, NAN], [1.0, 2.0, NAN]]])

    features = series_features(block)[0].reshape(-1, 2)

    assert features[6, 1] == 0
    assert np.isnan(np.delete(features[:, 1], 6)).all()
    assert not np.isnan(features[:6, 0]).any()
