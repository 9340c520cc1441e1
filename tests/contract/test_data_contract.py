"""What estimators accept, and what they say about the rest."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData


@pytest.fixture(scope="module")
def cohort():
    return make_patients(42)


@pytest.fixture(scope="module")
def fitted(cohort):
    return make_classifier().fit(*cohort)


def refit(X, y, **parameters):
    return make_classifier(ensemble_size=1, max_epochs=2, **parameters).fit(X, y)


def test_plain_dict_equals_multimodal_data(fitted, cohort):
    X, _ = cohort

    assert_array_equal(fitted.predict_proba(dict(X.items())), fitted.predict_proba(X))


def test_two_level_frame_equals_blocks():
    rng = np.random.default_rng(0)
    X = MultiModalData({"a": rng.normal(size=(30, 2)), "b": rng.normal(size=(30, 3))})
    y = np.arange(30) % 2
    clf = refit(X, y)

    assert_allclose(clf.predict_proba(X.to_frame()), clf.predict_proba(X))


def test_flat_array_with_modalities_equals_blocks():
    rng = np.random.default_rng(0)
    flat, y = rng.normal(size=(30, 5)), np.arange(30) % 2
    X = MultiModalData({"a": flat[:, :2], "b": flat[:, 2:]})
    clf = refit(flat, y, modalities={"a": slice(0, 2), "b": [2, 3, 4]})

    assert clf.n_features_in_ == 5
    assert_allclose(clf.predict_proba(flat), refit(X, y).predict_proba(X))


def test_pattern_never_seen_in_fit_works():
    rng = np.random.default_rng(0)
    X = MultiModalData({"a": rng.normal(size=(30, 2)), "b": rng.normal(size=(30, 2))})
    clf = refit(X, np.arange(30) % 2)
    only_b = MultiModalData({"a": np.full((3, 2), np.nan), "b": np.ones((3, 2))})

    assert np.isfinite(clf.predict_proba(only_b)).all()


def test_absent_modality_equals_missing_blocks(fitted, cohort):
    X, _ = cohort
    absent = {name: block for name, block in X.items() if name != "protein"}
    missing = {**dict(X.items()), "protein": np.full((len(X), 4), np.nan)}

    with pytest.warns(UserWarning, match="have no observed modality"):
        expected = fitted.predict_proba(missing)
    with pytest.warns(UserWarning, match="have no observed modality"):
        assert_array_equal(fitted.predict_proba(absent), expected)


def test_unknown_modality_is_named_with_a_suggestion(fitted, cohort):
    X = dict(cohort[0].items())
    X["protien"] = X.pop("protein")

    with pytest.raises(
        ValueError, match=r"'protien'(.|\n)*'rna', 'protein'(.|\n)*mean 'protein'\?"
    ):
        fitted.predict(X)


def test_wrong_width_names_modality_and_widths(fitted, cohort):
    X = {**dict(cohort[0].items()), "rna": np.ones((42, 5))}

    with pytest.raises(ValueError, match="5 features.*expecting 6 features.*'rna'"):
        fitted.predict(X)


def test_wrong_shape_of_an_image_names_modality_and_shapes():
    rng = np.random.default_rng(0)
    clf = refit({"ct": rng.normal(size=(20, 1, 4, 4))}, np.arange(20) % 2)

    with pytest.raises(ValueError, match=r"'ct' has shape \(1, 5, 4\).*\(1, 4, 4\)"):
        clf.predict({"ct": np.zeros((2, 1, 5, 4))})


def test_different_numbers_of_patients_are_counted(cohort):
    X, y = cohort

    with pytest.raises(ValueError, match="'rna' 42, 'protein' 40.*from_frames"):
        refit({"rna": X["rna"], "protein": X["protein"][:40]}, y)


def test_array_where_fit_had_categories_is_refused(fitted, cohort):
    X = {**dict(cohort[0].items()), "clinical": np.ones((42, 2))}

    with pytest.raises(ValueError, match=r"'clinical'.*'stage'.*Pass a DataFrame"):
        fitted.predict(X)


def test_array_where_fit_had_names_is_warned_about():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(30, 2)), columns=["a", "b"])
    clf = refit({"rna": frame}, np.arange(30) % 2)

    with pytest.warns(UserWarning, match=r"valid feature names.*'rna'"):
        answer = clf.predict_proba({"rna": frame.to_numpy()})

    assert_array_equal(answer, clf.predict_proba({"rna": frame}))


def test_modalities_beside_named_blocks_are_refused(cohort):
    with pytest.raises(ValueError, match="already has named modalities"):
        refit(*cohort, modalities={"rna": slice(0, 6)})


def test_columns_of_no_modality_are_listed():
    with pytest.raises(ValueError, match=r"(?s)no modality.*1, 2"):
        refit(np.ones((6, 3)), [0, 1] * 3, modalities={"rna": [0]})


def test_columns_are_matched_by_name(fitted, cohort):
    X = dict(cohort[0].items())
    reordered = {**X, "clinical": X["clinical"][["stage", "age"]]}

    assert_array_equal(fitted.predict_proba(reordered), fitted.predict_proba(X))


def test_other_columns_are_named(fitted, cohort):
    X = dict(cohort[0].items())
    X["clinical"] = X["clinical"].rename(columns={"age": "years"})

    with pytest.raises(ValueError, match=r"(?s)'clinical'.*'age'.*'years'"):
        fitted.predict(X)


@pytest.mark.parametrize("step", ["fit", "predict"])
def test_infinite_value_is_located(fitted, cohort, step):
    X, y = cohort
    rna = X["rna"].copy()
    row = np.flatnonzero(X.mask[:, 0])[2]
    rna[row, 1] = np.inf
    infinite = {**dict(X.items()), "rna": rna}

    with pytest.raises(ValueError, match=rf"(?s)'rna'.*{row}"):
        refit(infinite, y) if step == "fit" else fitted.predict(infinite)


def test_text_in_a_numeric_block_is_shown(cohort):
    X, y = cohort
    rna = X["rna"].astype(object)
    rna[3, 0] = "high"

    with pytest.raises(ValueError, match=r"(?s)'rna'.*'high'.*DataFrame"):
        refit({**dict(X.items()), "rna": rna}, y)


def test_text_in_a_column_that_was_numeric_is_shown(fitted, cohort):
    X = dict(cohort[0].items())
    X["clinical"] = X["clinical"].assign(age="old")

    with pytest.raises(ValueError, match=r"(?s)'age'.*'clinical'.*numeric.*'old'"):
        fitted.predict(X)


def test_unseen_category_counts_as_missing(fitted, cohort):
    X = dict(cohort[0][:1].items())
    rows = {
        stage: {**X, "clinical": pd.DataFrame({"age": [60.0], "stage": [stage]})}
        for stage in ("IV", None)
    }

    unseen, missing = (fitted.predict_proba(row) for row in rows.values())

    assert_array_equal(unseen, missing)


def test_single_row_of_a_class_can_be_learned(cohort):
    X, _ = cohort
    y = np.zeros(42, dtype=int)
    y[0], y[20:] = 2, 1
    clf = refit(X, y)

    assert clf.classes_.tolist() == [0, 1, 2]
    assert np.isfinite(clf.predict_proba(X)).all()


def test_two_patients_are_enough():
    clf = refit({"rna": np.array([[0.0, 1.0], [1.0, 0.0]])}, ["a", "b"])

    assert clf.predict_proba({"rna": np.zeros((1, 2))}).shape == (1, 2)


def test_duplicated_patients_get_the_same_answer(cohort):
    X, y = cohort
    twice = X[np.append(np.arange(42), np.arange(42))]
    clf = refit(twice, np.append(y, y))

    first, second = np.split(clf.predict_proba(twice), 2)

    assert_allclose(first, second, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, object])
def test_dtype_of_a_block_does_not_matter(dtype):
    rng = np.random.default_rng(0)
    block, y = rng.integers(0, 9, size=(30, 3)).astype(float), np.arange(30) % 2
    clf = refit({"rna": block}, y)

    expected = clf.predict_proba({"rna": block})
    same = refit({"rna": block.astype(dtype)}, y)

    assert_allclose(clf.predict_proba({"rna": block.astype(dtype)}), expected)
    assert_allclose(same.predict_proba({"rna": block}), expected)


@pytest.mark.parametrize("step", ["fit", "predict"])
def test_no_patients_is_an_error(fitted, cohort, step):
    nobody = cohort[0][:0]

    with pytest.raises(ValueError, match=r"0 patients.*0 sample\(s\).*selected"):
        refit(nobody, []) if step == "fit" else fitted.predict(nobody)


def test_patient_without_class_is_located(cohort):
    X, y = cohort
    labels = np.where(y, "sick", "healthy").astype(object)
    labels[[4, 7]] = None

    with pytest.raises(ValueError, match=r"2 of 42 patients.*\[4, 7\]. Leave"):
        refit(X, labels)


def test_other_number_of_patients_than_labels_is_an_error(cohort):
    X, y = cohort

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        refit(X, y[:-1])


def test_sparse_block_equals_dense_block():
    from scipy import sparse

    rng = np.random.default_rng(0)
    block, y = rng.poisson(0.5, size=(30, 6)).astype(float), np.arange(30) % 2

    dense, csr = refit({"a": block}, y), refit({"a": sparse.csr_array(block)}, y)

    expected = dense.predict_proba({"a": block})
    assert_allclose(csr.predict_proba({"a": sparse.csr_array(block)}), expected)
