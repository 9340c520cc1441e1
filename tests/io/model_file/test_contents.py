import numpy as np
from common.cohorts import make_notes, make_patients
from common.instances import INSTANCES, TINY, make_classifier, target_for
from sklearn.base import clone

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.io import describe_model, save_model


def contents(estimator, path):
    save_model(estimator, path)
    return "\n".join(describe_model(path).contents)


def test_no_id_of_a_patient_is_in_any_file(tmp_path):
    X, y = make_patients()
    ids = [f"MRN-{place:05}" for place in range(len(X))]
    X = MultiModalData(dict(X.items()), index=ids)
    estimator = make_classifier(experts=["linear", "kernel"]).fit(X, y)

    text = contents(estimator, tmp_path / "m.zip")

    assert "No ids of patients." in text
    save_model(estimator, tmp_path / "m", layout="folder")
    for file in (tmp_path / "m").iterdir():
        assert b"MRN-" not in file.read_bytes()


def test_landmarks_are_told_and_absent_without_kernels(tmp_path):
    X, y = make_patients()
    found = {
        experts: "Rows of up to"
        in contents(
            make_classifier(experts=experts, gate=0.0).fit(X, y), tmp_path / "m.zip"
        )
        for experts in ("linear", "kernel")
    }

    assert found == {"linear": False, "kernel": True}


def test_times_of_patients_are_told(tmp_path):
    estimator = MagnetSurvivalAnalysis(experts="linear", **TINY)
    estimator.fit(*target_for(estimator))

    assert "times at which training patients" in contents(estimator, tmp_path / "m.zip")


def test_groups_are_told(tmp_path):
    X, y = make_patients()
    groups = np.arange(len(X)) // 6
    estimator = make_classifier(experts="linear").fit(X, y, groups=groups)

    assert "Names of the 7 groups" in contents(estimator, tmp_path / "m.zip")


def test_words_of_texts_are_told(tmp_path):
    X, y = make_notes()
    estimator = make_classifier(experts="linear", gate=0.0).fit(X, y)

    text = contents(estimator, tmp_path / "m.zip")

    assert "words of the texts of 'notes'" in text
    assert "words of the texts" not in contents(
        make_classifier(experts="linear", gate=0.0).fit(*make_patients()),
        tmp_path / "m.zip",
    )


def test_sets_and_series_are_described_by_their_kind(tmp_path):
    estimator = INSTANCES["kinds"]
    estimator = clone(estimator).fit(*target_for(estimator))
    save_model(estimator, tmp_path / "m.zip")

    schema = describe_model(tmp_path / "m.zip").schema.set_index("modality")

    assert schema.loc["cells", "type"].startswith("set of rows of")
    assert schema.loc["ct", "type"].startswith("array of 1 x")
