"""Nobody is given another patient's data."""

import pandas as pd
import pytest
from common.fhir_server import AT, N_PATIENTS


def test_resources_of_other_patients_are_never_attributed(connect, server):
    expected = connect().fetch("p1", index_date=AT)
    server.ignores = {"patient"}

    with pytest.warns(UserWarning, match="resources of other patients"):
        cohort = connect().fetch("p1", index_date=AT)

    for name, block in expected.data.items():
        pd.testing.assert_frame_equal(cohort.data[name], block)
    refused = cohort.report[cohort.report["reason"] == "of another patient"]
    assert dict(zip(refused["resource"], refused["count"], strict=True)) == {
        "Observation": 3 * (N_PATIENTS - 1),
        "Condition": len(server.of_type("Condition")) - 1,
    }
    assert set(cohort.provenance["resource"]) == set(expected.provenance["resource"])


@pytest.mark.parametrize(
    "reference",
    ["https://elsewhere.example/fhir/Patient/p1", "urn:uuid:p1", "Group/p1", "#p1"],
)
def test_the_same_id_elsewhere_is_another_patient(
    connect, server, observation, reference
):
    wrong = observation("w", "p1", "2020-06-20", 99.0, subject={"reference": reference})
    server.put(wrong)
    server.ignores = {"patient"}

    with pytest.warns(UserWarning, match="resources of other patients"):
        cohort = connect().fetch("p1", index_date=AT)

    assert cohort.data["labs"].loc["p1", "hba1c"] < 10
