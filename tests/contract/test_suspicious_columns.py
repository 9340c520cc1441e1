"""Columns and targets that are not what they look like, through every door."""

import pickle

import numpy as np
import pandas as pd
import pytest
from common.instances import TINY

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)
from magnet_sklearn.preprocessing import DefaultPreprocessor, ModalityTransformer

N_PATIENTS = 60
RNG = np.random.default_rng(0)
IDS = pd.Index([f"p{i}" for i in range(N_PATIENTS)], name="patient")
RNA = pd.DataFrame(RNG.normal(size=(N_PATIENTS, 3)), IDS, ["TP53", "EGFR", "MYC"])
DIED = np.arange(N_PATIENTS) % 2 == 0
TIME = RNG.exponential(size=N_PATIENTS)
SURVIVAL = pd.DataFrame({"event": DIED, "time": TIME})
FITS = {
    MagnetClassifier: DIED,
    MultiModalGNNRegressor: TIME,
    MagnetSurvivalAnalysis: SURVIVAL,
    MagnetMultiTask: pd.DataFrame({"died": DIED, "time": TIME}),
}
COLUMNS = {
    "number": ["[Not Available]", *map("{:.2f}".format, RNG.normal(60, 10, 59))],
    "date": pd.date_range("2015-01-01", periods=N_PATIENTS).strftime("%d/%m/%Y"),
    "identifier": [f"MRN{i:05d}" for i in range(N_PATIENTS)],
    "note": [f"patient {i} phoned about a seizure" for i in range(N_PATIENTS)],
}


def from_folder(clinical, folder):
    RNA.to_csv(folder / "rna.csv")
    clinical.to_csv(folder / "clinical.csv")
    return MultiModalData.from_folder(folder, labels=None)[0]


DOORS = {
    "dict": lambda clinical, folder: {"rna": RNA, "clinical": clinical},
    "container": lambda clinical, folder: MultiModalData(
        {"rna": RNA, "clinical": clinical}
    ),
    "frames": lambda clinical, folder: MultiModalData.from_frames(
        {"rna": RNA, "clinical": clinical}
    ),
    "two levels": lambda clinical, folder: pd.concat(
        {"rna": RNA, "clinical": clinical}, axis=1
    ),
    "folder": from_folder,
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("estimator", FITS)
def test_a_column_of_text_that_is_no_category_is_refused(
    estimator, door, kind, tmp_path
):
    clinical = pd.DataFrame({"weight": TIME, "x": COLUMNS[kind]}, IDS)
    X = DOORS[door](clinical, tmp_path)
    model = estimator(**TINY)

    with pytest.raises(ValueError, match="Column 'x' of modality 'clinical'"):
        model.fit(X, FITS[estimator])

    assert b"phoned" not in pickle.dumps(model)


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_flat_frame_is_refused_with_and_without_modalities(kind):
    frame = pd.DataFrame({"weight": TIME, "x": COLUMNS[kind], "y": TIME})
    # a column of sentences that is a modality of its own would be text
    maps = {"features": None, "b": {"a": ["y"], "b": ["weight", "x"]}}

    for modality, modalities in maps.items():
        model = MagnetClassifier(**TINY, modalities=modalities)
        with pytest.raises(ValueError, match=f"Column 'x' of modality '{modality}'"):
            model.fit(frame, DIED)


def test_nothing_of_a_dropped_column_stays_in_a_pickle():
    clinical = pd.DataFrame({"weight": TIME, "note": COLUMNS["note"]})
    clinical["kind"] = pd.Categorical(
        np.where(DIED, "a", "b"), categories=["a", "b", "category of nobody"]
    )
    notes = clinical[["note"]].astype("category")
    X = {"clinical": clinical.drop(columns="note"), "notes": notes}

    dropper = ModalityTransformer({"notes": "drop"}).fit(X)
    default = DefaultPreprocessor().fit(dropper.transform(X))

    for fitted in (dropper, default):
        assert b"phoned" not in pickle.dumps(fitted)
        assert b"nobody" not in pickle.dumps(fitted)


@pytest.mark.parametrize(
    "columns",
    [
        {"event": np.where(DIED, "1:DECEASED", "0:LIVING"), "time": TIME},
        {"OS": DIED.astype(int), "OS.time": TIME},
        {"time": TIME, "status": pd.Categorical(np.where(DIED, "dead", "alive"))},
        {"OS_MONTHS": pd.array(TIME, "Float64"), "OS_STATUS": pd.array(DIED)},
    ],
)
def test_every_coding_of_survival_gives_the_same_model(columns):
    y = pd.DataFrame(columns)
    other = pd.concat({"sex": pd.DataFrame({"sex": DIED}), "os": y}, axis=1)
    plain = pd.concat({"sex": pd.DataFrame({"sex": DIED}), "os": SURVIVAL}, axis=1)

    for model, given, reference in (
        (MagnetSurvivalAnalysis, y, SURVIVAL),
        (MagnetMultiTask, other, plain),
    ):
        expected = model(**TINY).fit({"rna": RNA}, reference)
        fitted = model(**TINY).fit({"rna": RNA}, given)
        pd.testing.assert_frame_equal(
            pd.DataFrame(fitted.predict({"rna": RNA})),
            pd.DataFrame(expected.predict({"rna": RNA})),
        )
        assert fitted.score({"rna": RNA}, given) == expected.score(
            {"rna": RNA}, reference
        )


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("event", pd.array([None, *DIED[1:]], "boolean"), r"'event'.*row\(s\) \[0\]"),
        ("event", np.where(DIED, "NED", "dead"), "'event'.*'NED'"),
        ("time", pd.to_timedelta(TIME, unit="D"), r"'time'.*\.dt\.days"),
        ("time", pd.Timestamp("2020") + pd.to_timedelta(TIME, unit="D"), "'time'"),
        ("time", [str(time) for time in TIME], r"'time'.*pd\.to_numeric"),
        ("time", DIED, "exchanged"),
    ],
)
def test_other_survival_targets_are_refused_by_name(column, values, message):
    y = SURVIVAL.assign(**{column: values})
    tasks = pd.concat({"sex": pd.DataFrame({"sex": DIED}), "os": y}, axis=1)

    with pytest.raises(ValueError, match=message):
        MagnetSurvivalAnalysis(**TINY).fit({"rna": RNA}, y)
    # a patient without event and time has no label in several tasks
    if not y["event"].isna().any():
        with pytest.raises(ValueError, match=message):
            MagnetMultiTask(**TINY).fit({"rna": RNA}, tasks)


@pytest.mark.parametrize("y", [(DIED, TIME), np.column_stack([DIED, TIME])])
def test_event_and_time_side_by_side_are_refused_with_the_frame_to_write(y):
    with pytest.raises(TypeError, match=r"pd.DataFrame\(\{'event': y"):
        MagnetSurvivalAnalysis(**TINY).fit({"rna": RNA}, y)


def test_codes_one_and_two_are_warned_of_in_every_estimator():
    y = SURVIVAL.assign(event=np.where(DIED, 2, 1))
    tasks = pd.concat({"sex": pd.DataFrame({"sex": DIED}), "os": y}, axis=1)

    with pytest.warns(UserWarning, match="Nobody is censored"):
        MagnetSurvivalAnalysis(**TINY).fit({"rna": RNA}, y)
    with pytest.warns(UserWarning, match="Nobody is censored"):
        MagnetMultiTask(**TINY).fit({"rna": RNA}, tasks)


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame])
def test_several_labels_of_which_one_is_missing_point_to_multi_task(form):
    y = np.column_stack([DIED, TIME > 1]).astype(float)
    y[2, 0] = np.nan

    with pytest.raises(ValueError, match=r"NaN.*row\(s\) \[2\].*MagnetMultiTask"):
        MagnetClassifier(**TINY).fit({"rna": RNA}, form(y))


@pytest.mark.parametrize("scale", [1e200, 1e-200, 1e300])
def test_numbers_of_any_scale_are_learned(scale):
    predictions = [
        MultiModalGNNRegressor(**TINY).fit({"rna": RNA}, y).predict({"rna": RNA})
        for y in (TIME, TIME * scale)
    ]

    np.testing.assert_allclose(predictions[1] / scale, predictions[0], rtol=1e-5)


def test_new_patients_with_other_categories_are_warned_of():
    clinical = pd.DataFrame({"sex": np.where(DIED, "f", "m")})
    model = MagnetClassifier(**TINY).fit({"rna": RNA, "clinical": clinical}, DIED)

    with pytest.warns(UserWarning, match="column 'sex' of modality 'clinical'"):
        model.predict({"rna": RNA, "clinical": clinical.replace({"f": "F", "m": "M"})})
