import numpy as np
import pandas as pd
from common.cohorts import make_patients
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn.federated import ModalityFedAvg, simulate


def test_experts_compare_the_patients_of_all_sites(survival):
    X, y = make_patients(160)
    rng = np.random.default_rng(0)
    event = rng.random(len(X)) < 0.7
    times = pd.DataFrame({"event": event, "time": np.exp(rng.normal(size=160) - 2 * y)})
    estimator = clone(survival).set_params(experts="linear", ensemble_size=1)
    # the sites differ in prognosis, and hardly within them
    order = np.argsort(y, kind="stable")
    sites = [(X[r], times.iloc[r].reset_index(drop=True)) for r in np.split(order, 2)]

    federated, _ = simulate(sites, estimator, strategy=ModalityFedAvg(n_rounds=0))

    local = clone(estimator).fit(X, times)
    for key, expert in local.offset_.experts_.experts_.items():
        own = federated.offset_.experts_.experts_[key]
        if own.penalty == expert.penalty:
            # times are rounded to a grid
            assert_allclose(own.coef_, expert.coef_, atol=0.03)
    assert np.corrcoef(federated.predict(X), local.predict(X))[0, 1] > 0.97
