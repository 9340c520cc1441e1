"""Images, time series, sets and text are modalities like any other."""

import pickle

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_kinds, make_notes
from common.instances import INSTANCES, TINY, make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV, cross_val_score

from magnet_sklearn import (
    MagnetClassifier,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)
from magnet_sklearn.explain import feature_attribution, modality_importance
from magnet_sklearn.io import export_onnx
from magnet_sklearn.preprocessing import ModalityTransformer

OPEN = {**TINY, "gate": 1.0, "experts": "linear"}


@pytest.fixture(scope="module")
def fitted():
    return MagnetClassifier(**OPEN).fit(*make_kinds())


@pytest.fixture(scope="module")
def queries():
    return make_kinds(9, seed=1)[0]


def test_each_kind_has_an_encoder_and_an_expert_without_being_told(fitted):
    encoders = [type(encoder).__name__ for encoder in fitted.net_.module_.encoders]

    assert encoders == ["CNNEncoder", "SeriesEncoder", "SetEncoder"]
    assert fitted.offset_.experts_.modalities_ == ["ct", "vitals", "cells"]


def test_missing_blocks_contribute_exactly_nothing_and_parts_sum_up(fitted, queries):
    contributions = fitted.contributions(queries)

    parts = contributions[["ct", "vitals", "cells"]].to_numpy()
    assert_array_equal(parts != 0, queries.mask)
    total = fitted.baseline_ + contributions.sum(axis=1)
    assert_allclose(total, fitted.decision_function(queries), atol=1e-8)


@pytest.mark.parametrize("kind", [MultiModalGNNRegressor, MagnetSurvivalAnalysis])
def test_other_targets_know_all_kinds_too(kind, queries):
    X, y = make_kinds()
    noise = np.random.default_rng(0).normal(size=len(y))
    target = y + noise
    if kind is MagnetSurvivalAnalysis:
        target = pd.DataFrame({"event": noise < 0.5, "time": np.exp(noise - y)})
    model = kind(**OPEN).fit(X, target)

    alone = np.ravel([model.predict(queries[[row]]) for row in range(9)])

    assert_allclose(model.predict(queries), alone, atol=1e-8)
    again = pickle.loads(pickle.dumps(model))
    assert_array_equal(again.predict(queries), model.predict(queries))


def test_longer_sets_and_series_than_in_fit_have_predictions(fitted):
    X = make_kinds(6, seed=2)[0]
    cells = [np.ones((50, 3)), *[np.ones((1, 3))] * 5]
    vitals = np.pad(X["vitals"], ((0, 0), (0, 9), (0, 0)), constant_values=np.nan)
    vitals = vitals.view(type(X["vitals"]))

    longer = {"ct": X["ct"], "vitals": vitals, "cells": cells}
    shorter = {**longer, "vitals": X["vitals"]}

    assert_allclose(fitted.predict_proba(longer), fitted.predict_proba(shorter))


def test_padded_array_is_read_as_sets_where_fit_saw_sets(fitted, queries):
    cells = queries["cells"][queries.mask[:, 2]]
    padded = {"cells": np.asarray(cells)}

    expected = fitted.predict_proba({"cells": cells})

    assert_array_equal(fitted.predict_proba(padded), expected)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"cells": [np.ones((2, 4))]}, r"'cells' has shape \(4,\) per element or step"),
        ({"vitals": np.ones((1, 5, 2))}, "'vitals' is a plain array.*with times"),
        ({"ct": [np.ones((4, 4))]}, "'ct' is sets .*fitted on a plain array"),
        ({"ct": np.ones((1, 4, 4))}, r"'ct' has shape \(4, 4\) per patient"),
    ],
)
def test_another_kind_than_in_fit_is_an_error_that_names_both(fitted, block, message):
    with pytest.raises(ValueError, match=message):
        fitted.predict(block)


def test_search_and_cross_validation_take_all_kinds():
    X, y = make_kinds()
    model = MagnetClassifier(**{**OPEN, "ensemble_size": 1, "max_epochs": 2})

    scores = cross_val_score(model, X, y, cv=2, scoring="roc_auc")
    search = GridSearchCV(model, {"dropout": [0.0, 0.5]}, cv=2).fit(X, y)

    assert scores.min() > 0.7
    assert len(search.cv_results_["params"]) == 2


def test_importance_and_attribution_have_one_part_per_modality(fitted, queries):
    importance = modality_importance(fitted, queries)
    attribution = feature_attribution(fitted, queries)

    names = ["ct", "vitals", "cells"]
    assert [*importance.parts[:3]] == names
    assert attribution.parts.tolist() == [(name, name) for name in names]
    assert_array_equal((attribution.values[:, :, 0] != 0), queries.mask)
    change = attribution.predictions() - attribution.base_values
    assert (np.abs(attribution.residual) <= 0.01 * np.abs(change) + 1e-3).all()


def test_modality_is_added_later():
    X, y = make_kinds()
    known = X.mask[:, 0]
    X, y = X[known], y[known]
    model = MagnetClassifier(**OPEN).fit({"ct": X["ct"]}, y)

    model.add_modality(X, y)

    assert model.modalities_ == ["ct", "vitals", "cells"]
    alone = np.vstack([model.predict_proba(X[[row]]) for row in range(5)])
    assert_allclose(model.predict_proba(X)[:5], alone, atol=1e-8)


def test_series_and_sets_are_no_onnx_file(fitted, tmp_path):
    with pytest.raises(ValueError, match="Modality 'vitals' is a time series, which"):
        export_onnx(fitted, tmp_path / "networks.onnx")


def test_text_is_words_for_the_model_and_no_sentence_for_an_explanation():
    X, y = make_notes()
    model = MagnetClassifier(**OPEN).fit(X, y)

    explanation = feature_attribution(model, X[:7])

    table = model._model.inputs.transform(X)["notes"]
    assert table.shape == (42, 9)
    assert ("notes", "note") in explanation.parts
    assert explanation.data["notes", "note"].isna().all()


def test_vocabulary_is_learned_from_the_patients_of_fit():
    X, y = make_notes()
    seen = make_classifier(max_epochs=1, experts="linear").fit(X[:40], y[:40])
    notes = X["notes"].copy()
    notes.iloc[40:] = "unheard words of other people"
    changed = MultiModalData({**dict(X.items()), "notes": notes})

    again = make_classifier(max_epochs=1, experts="linear").fit(changed[:40], y[:40])

    assert_array_equal(again.predict_proba(X), seen.predict_proba(X))


def test_own_vectoriser_makes_columns_with_the_names_of_words():
    X, y = make_notes()
    own = ModalityTransformer({"notes": TfidfVectorizer(ngram_range=(1, 2), min_df=4)})

    model = MagnetClassifier(**OPEN, preprocessor=own).fit(X, y)

    parts = feature_attribution(model, X[:5]).parts
    assert ("notes", "fever") in parts
    assert {"kinds", "text", "kinds-tasks"} <= set(INSTANCES)
