"""Estimators to explain, fitted once."""

import pytest
from common.instances import INSTANCES, make_classifier, target_for
from sklearn.base import clone

# With experts and without, closed and opened gates, with graph and feature graph.
EXPLAINED = {
    "classifier": make_classifier(gate=0.7),
    "closed": make_classifier(gate=0.0),
    "no-graph": make_classifier(gate=0.7, graph=None),
    "no-experts": make_classifier(experts=None),
    **{name: INSTANCES[name] for name in INSTANCES if name.startswith("Magnet")},
    "regressor": clone(INSTANCES["MultiModalGNNRegressor"]).set_params(gate=0.5),
}


@pytest.fixture(scope="session", params=EXPLAINED)
def fitted(request):
    """A fitted estimator, its training patients and their target."""
    estimator = clone(EXPLAINED[request.param])
    X, y = target_for(estimator)
    return estimator.fit(X, y), X, y
