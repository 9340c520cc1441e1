"""Fitted estimators that tests of files share."""

import pytest
from common.instances import make_classifier, target_for

from magnet_sklearn.io import save_model
from magnet_sklearn.io._model_file._arrays import ArrayReader
from magnet_sklearn.io._model_file._decoder import Decoder
from magnet_sklearn.io._model_file._encoder import Encoder
from magnet_sklearn.io._model_file._registry import Registry


@pytest.fixture(scope="session")
def classifier():
    """A classifier with all parts: experts of every family, open gates, categories."""
    estimator = make_classifier(
        experts=["linear", "kernel", "forest", "boosting"], gate=1.0, max_epochs=2
    )
    return estimator.fit(*target_for(estimator))


@pytest.fixture(scope="session")
def file(classifier, tmp_path_factory):
    """Its file."""
    path = tmp_path_factory.mktemp("model") / "model.zip"
    save_model(classifier, path)
    return path


@pytest.fixture
def there_and_back():
    """Encode a value, write and read its arrays, and decode it."""

    def write_and_read(value):
        encoder = Encoder(Registry())
        node = encoder.encode(value, "value")
        reader = ArrayReader(encoder.arrays.to_bytes())
        return Decoder(encoder.objects, reader, Registry()).decode(node)

    return write_and_read
