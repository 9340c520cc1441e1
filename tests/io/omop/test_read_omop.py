"""Tables become blocks by concepts and windows, never with a look ahead."""

import time

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.io import read_omop

HBA1C, DIABETES = 3004410, 201820
LABS = {"concepts": HBA1C, "unit": 8554, "factors": {9579: (0.0915, 2.15)}}
MAPPING = {
    "labs": {"hba1c": {**LABS, "aggregate": ["last", "mean", "count"]}},
    "history": {
        "diabetes": {
            "table": "condition_occurrence",
            "concepts": DIABETES,
            "descendants": True,
        }
    },
    "person": {
        "age": {"table": "person", "value": "age"},
        "sex": {"table": "person", "value": "gender"},
    },
}


def _reasons(cohort, table):
    counts = cohort.report[cohort.report["level"] == "resource"]
    own = counts[counts["resource"] == table]
    return dict(zip(own["reason"], own["count"], strict=True))


def test_cells_are_those_known_at_the_index_date(tables, as_folder):
    cohort = read_omop(as_folder(tables), MAPPING, index_date="2020-06-01")

    labs = cohort.data["labs"]
    assert cohort.data.index.tolist() == [1, 2, 3]
    assert_allclose(labs["hba1c_last"], [7.0, 42 * 0.0915 + 2.15, np.nan])
    assert_allclose(labs["hba1c_mean"], [6.5, 42 * 0.0915 + 2.15, np.nan])
    assert_allclose(labs["hba1c_count"], [2, 1, np.nan])
    assert_allclose(cohort.data["history"]["diabetes"], [1, 0, np.nan])
    assert_allclose(cohort.data["person"]["age"], [70.0, 59.9, 49.9], atol=0.05)
    assert cohort.data["person"]["sex"].tolist()[:2] == ["male", "female"]
    assert pd.isna(cohort.data["person"]["sex"].iloc[2])


def test_sources_give_the_same_cohort(tables, as_folder, as_database):
    pytest.importorskip("pyarrow")
    expected = read_omop(as_database(tables), MAPPING, index_date="2020-06-01")
    for separator, ending in ((",", ".csv"), ("\t", ".tsv"), (None, ".parquet")):
        folder = as_folder(tables, separator, ending)
        found = read_omop(folder, MAPPING, index_date="2020-06-01")
        for modality in MAPPING:
            left, right = found.data[modality], expected.data[modality]
            pd.testing.assert_frame_equal(left, right, check_column_type=False)
        for path in folder.iterdir():
            path.unlink()


def test_rows_are_counted_once_and_the_rest_is_named(tables, as_database):
    cohort = read_omop(as_database(tables), MAPPING, index_date="2020-06-01")

    assert _reasons(cohort, "measurement") == {
        "used": 3,
        "after the index date": 1,
        "not mapped": 1,
    }
    unmapped = cohort.unmapped.set_index("concept_id")
    assert unmapped.loc[99, "concept_name"] == "other"
    assert unmapped.loc[99, "table"] == "measurement"


def test_trace_names_the_rows_of_a_cell(tables, as_database):
    cohort = read_omop(as_database(tables), MAPPING, index_date="2020-06-01")

    assert cohort.trace(1, "labs", "hba1c_last")["resource"].tolist() == [
        "measurement/2"
    ]
    assert len(cohort.trace(1, "labs", "hba1c_mean")) == 2


@pytest.mark.parametrize(
    ("index_date", "expected"),
    [
        ({2: "2020-06-01", 1: "2020-02-01"}, {2: 42.0, 1: 6.0}),
        ({"1": "2022-01-01"}, {1: 9.0}),
        ({"concepts": HBA1C, "which": "first"}, {1: 6.0, 2: 42.0}),
        ("latest", {1: 9.0, 2: 42.0, 3: np.nan}),
    ],
)
def test_index_dates_choose_persons_and_what_is_known(
    tables, as_database, index_date, expected
):
    mapping = {"labs": {"x": {"concepts": HBA1C, "unit": 8554, "factors": {9579: 1}}}}
    cohort = read_omop(as_database(tables), mapping, index_date=index_date)

    assert cohort.data["labs"].index.tolist() == list(expected)
    assert_allclose(cohort.data["labs"]["x"], list(expected.values()))


def test_later_rows_change_nothing(tables, as_folder):
    folder = as_folder(tables)
    before = read_omop(folder, MAPPING, index_date="2020-06-01")
    later = tables["measurement"].assign(
        measurement_id=lambda t: t["measurement_id"] + 100,
        measurement_date="2020-06-02",
        value_as_number=1e6,
    )
    more = pd.concat([tables["measurement"], later])
    after = read_omop(
        as_folder({"measurement": more}), MAPPING, index_date="2020-06-01"
    )
    pd.testing.assert_frame_equal(before.data["labs"], after.data["labs"])


def test_window_of_the_mapping_leaves_persons_alone(tables, as_database):
    mapping = {"modalities": MAPPING, "window": [-30, 0]}
    cohort = read_omop(as_database(tables), mapping, index_date="2020-06-01")

    assert cohort.data["person"]["age"].notna().all()
    assert_allclose(cohort.data["labs"]["hba1c_count"], [1, 0, np.nan])


def test_values_of_other_units_are_reported_not_mixed(tables, as_database):
    mapping = {"labs": {"hba1c": {"concepts": HBA1C, "unit": 8554}}}
    cohort = read_omop(as_database(tables), mapping, index_date="2020-06-01")

    assert_allclose(cohort.data["labs"]["hba1c"], [7.0, np.nan, np.nan])
    assert _reasons(cohort, "measurement")["unit that has no factor"] == 1


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda t: t.pop("measurement"), "no table 'measurement'"),
        (lambda t: t.pop("concept_ancestor"), "no table 'concept_ancestor'"),
        (lambda t: t["person"].pop("year_of_birth"), "no column 'year_of_birth'"),
        (
            lambda t: t.update(person=pd.concat([t["person"], t["person"]])),
            r"3 rows whose person_id was there before: \[1, 2, 3\]",
        ),
        (
            lambda t: (
                t["measurement"].insert(
                    0, "person_id", ["a", *"1234"], allow_duplicates=False
                )
                if not t["measurement"].pop("person_id").empty
                else None
            ),
            "'person_id' of table 'measurement' must be of whole numbers; 1 are not: "
            "row 0 has 'a'",
        ),
        (
            lambda t: t.update(
                measurement=t["measurement"].assign(measurement_date="31.12.2020")
            ),
            "'measurement_date' of table 'measurement' must hold dates",
        ),
        (
            lambda t: t.update(person=t["person"].assign(month_of_birth=13)),
            "dates of birth that do not exist",
        ),
    ],
)
def test_broken_tables_are_named(tables, as_folder, break_it, message):
    break_it(tables)
    with pytest.raises(ValueError, match=message):
        read_omop(as_folder(tables), MAPPING, index_date="2020-06-01")


def test_wrong_arguments_are_named(tables, as_database, tmp_path):
    source = as_database(tables)
    with pytest.raises(ValueError, match="index_date is None"):
        read_omop(source, MAPPING)
    with pytest.raises(ValueError, match="persons who are not in the table"):
        read_omop(source, MAPPING, index_date={7: "2020-01-01"})
    with pytest.raises(FileNotFoundError, match="is no folder"):
        read_omop(tmp_path / "no", MAPPING, index_date="latest")
    with pytest.raises(TypeError, match="must be a folder or a connection"):
        read_omop(tables, MAPPING, index_date="latest")
    with pytest.raises(ValueError, match="Did you mean 'window'"):
        read_omop(source, {"modalities": MAPPING, "windo": 1}, index_date="latest")
    with pytest.raises(ValueError, match="index_date is a rule"):
        read_omop(source, MAPPING, index_date={"concepts": 1, "which": "any"})


def test_many_rows_take_seconds(as_folder):
    rng = np.random.default_rng(0)
    n_rows, n_persons = 50_000, 500
    days = pd.Timestamp("2010-01-01") + pd.to_timedelta(
        rng.integers(3000, size=n_rows), "D"
    )
    measurement = pd.DataFrame(
        {
            "measurement_id": np.arange(n_rows),
            "person_id": rng.integers(n_persons, size=n_rows),
            "measurement_concept_id": rng.integers(1, 41, size=n_rows),
            "measurement_date": days.strftime("%Y-%m-%d"),
            "value_as_number": rng.normal(size=n_rows),
        }
    )
    folder = as_folder(
        {
            "person": pd.DataFrame({"person_id": np.arange(n_persons)}),
            "measurement": measurement,
        }
    )
    labs = {f"c{c}": {"concepts": c, "aggregate": "mean"} for c in range(1, 41)}

    start = time.process_time()
    cohort = read_omop(folder, {"labs": labs}, index_date="2015-06-30")

    assert time.process_time() - start < 5  # 20 s for 200 000
    known = measurement[days <= "2015-06-30"]
    slow = known.pivot_table(
        index="person_id", columns="measurement_concept_id", values="value_as_number"
    )
    assert_allclose(cohort.data["labs"], slow)
