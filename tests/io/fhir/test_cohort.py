"""Every value leads back to its resource."""

import numpy as np
import pytest

from magnet_sklearn.io import read_fhir

AGGREGATES = ["last", "first", "mean", "min", "max", "count", "any"]
MAPPING = {
    "labs": {
        "hba1c": {"codes": "loinc|4548-4", "unit": "%", "aggregate": AGGREGATES},
    },
    "history": {"dm": {"resource": "Condition", "codes": "icd10cm|E11*"}},
}
FROM_VALUES = {
    "last": lambda values: values[-1],
    "first": lambda values: values[0],
    "mean": np.mean,
    "min": np.min,
    "max": np.max,
    "count": len,
    "any": lambda values: 1,
}


@pytest.fixture(scope="module")
def cohort(observation, condition):
    rng = np.random.default_rng(0)
    resources = [
        observation(f"o{n}", f"p{n % 5}", f"2020-0{1 + n % 6}-01", rng.uniform(5, 9))
        for n in range(50)
    ] + [condition("c", "p0", "2019-01-01"), condition("d", "p1", "2019", "J45")]
    index = {f"p{n}": "2020-04-15" for n in range(5)}
    return read_fhir(resources, MAPPING, index_date=index)


@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_cell_follows_from_its_trace(cohort, aggregate):
    for patient in cohort.data.index:
        values = cohort.trace(patient, "labs", f"hba1c_{aggregate}")["value"].tolist()
        cell = cohort.data["labs"].loc[patient, f"hba1c_{aggregate}"]
        assert cell == pytest.approx(FROM_VALUES[aggregate](values))


@pytest.mark.parametrize("aggregate", ["last", "first", "min", "max"])
def test_value_that_is_picked_has_one_resource(cohort, aggregate):
    assert len(cohort.trace("p0", "labs", f"hba1c_{aggregate}")) == 1


def test_trace_names_resource_path_and_time(cohort):
    row = cohort.trace("p0", "history", "dm").iloc[0]

    assert row["resource"] == "Condition/c"
    assert row["path"] == "resource[50]"
    assert str(row["time"])[:10] == "2019-01-01"
    assert cohort.trace("p1", "history", "dm").empty  # a 0


def test_unknown_cells_are_errors(cohort):
    with pytest.raises(KeyError, match="no patient 'p9'"):
        cohort.trace("p9", "labs", "hba1c_last")
    with pytest.raises(KeyError, match="Did you mean 'hba1c_last'"):
        cohort.trace("p0", "labs", "hba1c_lst")
    with pytest.raises(KeyError, match="Did you mean 'labs'"):
        cohort.trace("p0", "lab", "hba1c_last")


def test_cohort_shows_how_much_was_used(cohort):
    assert "35 of 52 resources used" in repr(cohort)
