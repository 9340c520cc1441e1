import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.preprocessing._places import PlacesScaling


def test_columns_are_scaled_over_all_places():
    block = np.array([[[1.0, 5.0], [3.0, 5.0]], [[np.nan, np.nan], [2.0, 5.0]]])
    scaling = PlacesScaling.fit(block)

    scaled = scaling.apply(block, fill=False)

    assert scaled.shape == (2, 2, 1)  # the constant column tells nothing
    assert_allclose(scaled[0, :, 0], [-(1.5**0.5), 1.5**0.5])
    assert np.isnan(scaled[1, 0, 0])
    assert_array_equal(scaling.apply(block, fill=True)[1], [[0.0], [0.0]])
