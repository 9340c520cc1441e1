"""Fitted estimators that tests of files share."""

import pytest
from common.instances import make_classifier, target_for

from magnet_sklearn.io import save_model


@pytest.fixture(scope="module")
def classifier():
    """A classifier with all parts: experts of every family, open gates, categories."""
    estimator = make_classifier(
        experts=["linear", "kernel", "forest", "boosting"], gate=1.0, max_epochs=2
    )
    return estimator.fit(*target_for(estimator))


@pytest.fixture(scope="module")
def file(classifier, tmp_path_factory):
    """Its file."""
    path = tmp_path_factory.mktemp("model") / "model.zip"
    save_model(classifier, path)
    return path
