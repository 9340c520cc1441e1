import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.preprocessing._images import image_features


def test_small_images_keep_their_pixels():
    images = np.random.default_rng(0).normal(size=(3, 2, 4, 5))

    assert_allclose(image_features(images)[:, :40], images.reshape(3, -1))


def test_large_images_are_averaged_over_cells():
    images = np.random.default_rng(0).normal(size=(2, 1, 32, 33))

    cells = image_features(images)[:, :256].reshape(2, 16, 16)

    assert_allclose(cells[:, 0, 0], images[:, 0, :2, :2].mean(axis=(1, 2)))
    assert_allclose(cells[:, -1, -1], images[:, 0, 30:, 30:].mean(axis=(1, 2)))


def test_histograms_tell_the_direction_of_an_edge():
    ramp = np.tile(np.arange(8.0), (8, 1))
    images = np.stack([ramp, ramp.T, -ramp])[:, None]

    histograms = image_features(images)[:, 64:].reshape(3, 8, 4)

    # to the right, down, to the left: turns of 0, 1/4 and 1/2
    assert histograms.sum(axis=2).argmax(axis=1).tolist() == [0, 2, 4]
    assert_allclose(histograms.sum(axis=(1, 2)), 4.0)


def test_volumes_are_averaged_over_all_axes():
    volumes = np.random.default_rng(0).normal(size=(2, 1, 16, 8, 8))

    features = image_features(volumes)

    assert features.shape == (2, 512)
    assert_allclose(features[:, 0], volumes[:, 0, :2, 0, 0].mean(axis=1))
