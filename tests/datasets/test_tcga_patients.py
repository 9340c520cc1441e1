import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.datasets._tcga_patients import baseline, outcome, same_patients

IDS = ["p1", "p2", "p3", "p4"]
CLINICAL = pd.DataFrame(
    {
        "age_at_initial_pathologic_diagnosis": ["61", "48", None, "70"],
        "gender": ["MALE", None, "FEMALE", "MALE"],
        "grade": ["1", "2", "x", None],
        "vital_status": ["DECEASED"] * 4,
    },
    index=IDS,
)
SURVIVAL = pd.DataFrame(
    {
        "OS": ["1", "0", "1", None],
        "OS.time": ["12", "400", "3", "9"],
        "Redaction": [None, None, "Redacted", None],
    },
    index=IDS,
)


def test_endpoints_are_numbers_of_patients_who_have_them():
    y = outcome("OS", CLINICAL, SURVIVAL, "BRCA")

    assert y.index.tolist() == ["p1", "p2"]
    assert y.to_numpy().tolist() == [[1, 12], [0, 400]]


def test_clinical_columns_are_targets_too():
    y = outcome("age_at_initial_pathologic_diagnosis", CLINICAL, SURVIVAL, "BRCA")

    assert y.to_dict() == {"p1": 61, "p2": 48, "p4": 70}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("gendr", "Did you mean 'gender'"),
        ("DFI", r"no column 'DFI', 'DFI.time'"),
    ],
)
def test_targets_that_are_not_there_are_named(target, message):
    with pytest.raises(ValueError, match=message):
        outcome(target, CLINICAL, SURVIVAL, "BRCA")


def test_default_features_are_those_known_at_diagnosis():
    features = baseline(CLINICAL, None, "OS")

    assert list(features) == ["age_at_initial_pathologic_diagnosis", "gender"]
    assert features.iloc[:, 0].dtype == np.float64
    assert list(baseline(CLINICAL, None, "gender")) == list(features)[:1]


def test_the_target_is_no_feature():
    with pytest.raises(ValueError, match="'grade', which is the target"):
        baseline(CLINICAL, ["gender", "grade"], "grade")
    with pytest.raises(ValueError, match="is not in the clinical table.*'grade'"):
        baseline(CLINICAL, ["grad"], "OS")
    with pytest.raises(ValueError, match="none of the features"):
        baseline(CLINICAL[["vital_status"]], None, "OS")


def test_patients_have_a_target_and_a_block():
    rna = pd.DataFrame({"TP53": [1.0, np.nan, 3.0]}, index=["p2", "p1", "p9"])
    y = outcome("OS", CLINICAL, SURVIVAL, "BRCA")

    X, kept = same_patients({"rna": rna, "clinical": CLINICAL[["gender"]][2:]}, y)

    assert X.index.tolist() == kept.index.tolist() == ["p2"]
    with pytest.raises(ValueError, match="None of 1 patients"):
        same_patients({"rna": rna[2:]}, y)
