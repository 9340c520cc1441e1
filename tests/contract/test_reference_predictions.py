"""The same seeds give the same numbers, release after release.

`python tests/contract/test_reference_predictions.py` writes the file anew, which goes
into a commit that says why numbers moved.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script

from common.cohorts import hide, make_patients
from common.instances import TINY, feature_graph

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)

FILE = Path(__file__).with_name("reference_predictions.json")
# Last bits differ between processors; on one machine they do not.
TOLERANCE = float(os.environ.get("MAGNET_SKLEARN_REFERENCE_TOLERANCE", "1e-4"))
NETWORKS = {**TINY, "experts": None, "max_epochs": 8}


def _targets():
    X, y = make_patients(63, n_classes=3, seed=3)
    noise = np.random.default_rng(7).normal(size=len(y))
    times = pd.DataFrame({"event": noise < 0.5, "time": np.exp(noise - y).round(1)})
    return X, y, y + noise, times


def _several(y, numbers, times):
    labels = pd.DataFrame({"one": (y > 0) * 1.0, "two": (numbers > 1) * 1.0})
    labels.iloc[::4, 1] = np.nan
    dose = pd.DataFrame({"": np.where(numbers > 2, np.nan, numbers)})
    tasks = {"dose": dose, "time": times, "grade": pd.DataFrame({"": y})}
    return pd.concat({**tasks, "signs": labels}, axis=1)


def _answers(model, X, *methods):
    parts = [np.asarray(getattr(model, name)(X[:9]), float) for name in methods]
    parts.append(np.asarray(model.transform(X[:9])).sum(axis=1, keepdims=True))
    return np.hstack([part.reshape(9, -1) for part in parts])


def classifier_plain():
    X, y, *_ = _targets()
    return _answers(MagnetClassifier(**TINY).fit(X, y), X, "predict_proba")


def classifier_networks():
    X, y, *_ = _targets()
    return _answers(MagnetClassifier(**NETWORKS).fit(X, y), X, "decision_function")


def classifier_grouped_and_weighted():
    X, y, *_ = _targets()
    model = MagnetClassifier(class_weight="balanced", **NETWORKS)
    weight = np.arange(len(y)) % 4
    model.fit(X, y, sample_weight=weight, groups=np.arange(len(y)) // 2)
    return _answers(model, X, "predict_proba")


def classifier_several_labels():
    X, y, numbers, _ = _targets()
    labels = np.column_stack([y > 0, numbers > 1]).astype(int)
    return _answers(MagnetClassifier(**TINY).fit(X, labels), X, "predict_proba")


def classifier_published():
    X, y, *_ = _targets()
    model = MagnetClassifier.published(**{**TINY, "max_epochs": 8})
    return _answers(model.fit(X, y), X, "predict_proba")


def classifier_feature_graph():
    X, y, *_ = _targets()
    model = MagnetClassifier(feature_graph=feature_graph(), fusion="cross", **NETWORKS)
    return _answers(model.fit(X, y), X, "predict_proba")


def classifier_later_modality():
    X, y, *_ = _targets()
    without = MultiModalData({name: X[name] for name in ("rna", "protein")})
    model = MagnetClassifier(**NETWORKS)
    model.fit(without, y).add_modality(X, y)
    return _answers(model, X, "predict_proba")


def classifier_pretrained_and_continued():
    X, y, *_ = _targets()
    model = MagnetClassifier(warm_start=True, contrastive_weight=0.1, **NETWORKS)
    model.pretrain(X, max_epochs=3).fit(X, y).fit(X, y)
    return _answers(model, X, "predict_proba")


def classifier_with_validation_patients():
    X, y, *_ = _targets()
    model = MagnetClassifier(similarity_weight=0.1, decoder="gat", **NETWORKS)
    model.fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:])
    return _answers(model, X, "predict_proba")


def regressor_plain():
    X, _, numbers, _ = _targets()
    model = MultiModalGNNRegressor(**TINY).fit(X, numbers)
    return np.hstack([_answers(model, X, "predict"), model.predict(X[:9], [0.1, 0.9])])


def regressor_several_targets():
    X, y, numbers, _ = _targets()
    model = MultiModalGNNRegressor(loss="huber", **NETWORKS)
    return _answers(model.fit(X, np.column_stack([numbers, y])), X, "predict")


def survival_cox():
    X, *_, times = _targets()
    model = MagnetSurvivalAnalysis(**NETWORKS).fit(X, times)
    curves = model.predict_survival_function(X[:9], times=[0.5, 1.0])
    return np.hstack([_answers(model, X, "predict"), curves])


def survival_experts_and_strata():
    X, *_, times = _targets()
    model = MagnetSurvivalAnalysis(**TINY).fit(X, times, strata=np.arange(63) % 2)
    return _answers(model, X, "predict", "predict_median_survival_time")


def survival_discrete():
    X, *_, times = _targets()
    model = MagnetSurvivalAnalysis(model="discrete", **NETWORKS).fit(X, times)
    curves = model.predict_survival_function(X[:9], times=[0.5, 1.0])
    return np.hstack([_answers(model, X, "predict"), curves])


def multi_task():
    X, y, numbers, times = _targets()
    model = MagnetMultiTask(**TINY).fit(X, _several(y, numbers, times))
    return _answers(model, X, "predict", "predict_proba")


def multi_task_networks():
    X, y, numbers, times = _targets()
    model = MagnetMultiTask(**NETWORKS, task_weights="softmax", early_stopping=False)
    observed = np.ones(X.shape, dtype=bool)
    observed[::3, 0] = False
    model.fit(hide(X, observed & X.mask), _several(y, numbers, times))
    return _answers(model, X, "predict", "predict_proba")


CASES = [
    classifier_plain,
    classifier_networks,
    classifier_grouped_and_weighted,
    classifier_several_labels,
    classifier_published,
    classifier_feature_graph,
    classifier_later_modality,
    classifier_pretrained_and_continued,
    classifier_with_validation_patients,
    regressor_plain,
    regressor_several_targets,
    survival_cox,
    survival_experts_and_strata,
    survival_discrete,
    multi_task,
    multi_task_networks,
]


@pytest.mark.filterwarnings("ignore:.*patients have no observed modality")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_predictions_are_those_of_the_reference_file(case):
    expected = np.array(json.loads(FILE.read_text())[case.__name__], dtype=float)

    np.testing.assert_allclose(case(), expected, rtol=TOLERANCE, atol=TOLERANCE)


if __name__ == "__main__":
    found = {case.__name__: case().tolist() for case in CASES}
    FILE.write_text(json.dumps(found, indent=0).replace("\n", "") + "\n")
