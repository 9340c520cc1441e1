"""From a server to a prediction."""

import numpy as np
import pandas as pd
from common.fhir_server import AT, EHR_MAPPING

from magnet_sklearn.io import EHRConnector, read_fhir


def _as_dict(data):
    return {name: block.copy() for name, block in data.items()}


def test_a_prediction_equals_that_of_the_same_values_in_a_dict_bit_by_bit(
    connect, model, records
):
    prediction = connect().predict([f"p{n}" for n in range(5)], index_date=AT)

    by_hand = read_fhir(
        records, EHR_MAPPING, index_date={f"p{n}": AT for n in range(5)}
    )
    expected = model.predict_proba(_as_dict(by_hand.data))
    assert prediction.values.columns.tolist() == ["none", "relapse"]
    assert prediction.values.index.tolist() == [f"p{n}" for n in range(5)]
    np.testing.assert_array_equal(prediction.values.to_numpy(), expected)


def test_one_patient_is_predicted_as_within_a_cohort(connect):
    many = connect().predict([f"p{n}" for n in range(5)], index_date=AT)

    one = connect().predict("p3", index_date=AT)

    np.testing.assert_allclose(one.values, many.values.loc[["p3"]], rtol=1e-6)


def test_values_of_an_estimator_with_horizons_are_named_by_them(server):
    class Survival:
        baseline_ = None

        def predict_survival_function(self, X, times):
            return pd.DataFrame({time: np.full(len(X), 0.75) for time in times})

    connector = EHRConnector(
        server.base_url, EHR_MAPPING, Survival(), assessment={"times": [365, 730]}
    )

    values = connector.predict("p1", index_date=AT).values

    assert values.to_dict("list") == {"event (365 d)": [0.25], "event (730 d)": [0.25]}


def test_nothing_after_the_index_date_counts(connect, server, observation):
    before = connect().predict("p1", index_date=AT)
    server.put(observation("later", "p1", "2020-07-01", 40.0))

    after = connect().predict("p1", index_date=AT)

    pd.testing.assert_frame_equal(after.values, before.values)
    assert connect().fetch("p1").data["labs"].loc["p1", "hba1c"] == 40
