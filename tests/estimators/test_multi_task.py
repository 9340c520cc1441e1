"""Several tasks at once, with labels missing."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import TINY
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import cross_val_score

from magnet_sklearn import MagnetMultiTask


def make_model(**parameters):
    return MagnetMultiTask(**{**TINY, **parameters})


@pytest.fixture(scope="module")
def cohort():
    X, classes = make_patients(84)
    rng = np.random.default_rng(0)
    dose = classes + rng.normal(scale=0.3, size=84)
    time = rng.exponential(np.exp(-2.0 * classes))
    y = pd.DataFrame(
        {
            ("response", ""): np.where(classes > 0, "good", "bad"),
            ("dose", ""): np.where(rng.random(84) < 0.3, np.nan, dose),
            ("survival", "event"): rng.random(84) < 0.8,
            ("survival", "time"): time,
            ("toxicity", "liver"): classes.astype(float),
            ("toxicity", "heart"): np.where(rng.random(84) < 0.5, np.nan, 1 - classes),
        }
    )
    return X, y


@pytest.fixture(scope="module")
def fitted(cohort):
    return make_model().fit(*cohort)


def test_answers_are_frames_with_the_columns_of_the_tasks(fitted, cohort):
    X, _ = cohort

    answer, probability = fitted.predict(X), fitted.predict_proba(X)

    assert answer.columns.tolist() == [
        ("response", ""),
        ("dose", ""),
        ("survival", ""),
        ("toxicity", "liver"),
        ("toxicity", "heart"),
    ]
    assert_array_equal(answer.index, X.index)
    assert probability.columns.tolist() == [
        ("response", "bad"),
        ("response", "good"),
        ("toxicity", "liver"),
        ("toxicity", "heart"),
    ]
    assert_allclose(probability["response"].sum(axis=1), 1)


def test_every_task_is_learned(fitted, cohort):
    scores = fitted.score_tasks(*cohort)

    assert scores["response"] > 0.8
    assert scores["dose"] > 0.3
    assert scores["survival"] > 0.6
    assert scores["toxicity"] > 0.8
    assert fitted.score(*cohort) == scores.mean()


def test_patient_without_a_label_does_not_teach_that_task(cohort):
    X, y = cohort
    y = y.loc[:, ["response", "dose"]].droplevel(1, axis=1)
    y["response"] = (y["response"] == "good").astype(float).where(y.index > 20)
    changed = y.copy()
    changed.loc[:20, "response"] = np.nan

    answers = [make_model().fit(X, labels).predict(X) for labels in (y, changed)]

    assert_array_equal(*answers)
    assert np.isfinite(make_model().fit(X, y).predict(X).to_numpy(float)).all()


@pytest.mark.parametrize("weights", ["softmax", "equal", {"response": 1, "dose": 0.5}])
def test_task_weights_change_the_networks_only(cohort, weights):
    X, y = cohort
    y = y.loc[:, ["response", "dose"]]

    model = make_model(task_weights=weights, early_stopping=False).fit(X, y)

    plain = make_model(early_stopping=False).fit(X, y)
    assert_array_equal(
        *(m._model.experts.outputs(m._prepare(X)) for m in (model, plain))
    )
    assert not np.array_equal(model.transform(X), plain.transform(X))


def test_works_in_cross_validation(cohort):
    assert (cross_val_score(make_model(), *cohort, cv=3) > 0.3).all()


@pytest.mark.parametrize(
    ("parameters", "target", "error", "message"),
    [
        ({}, {"a": np.zeros(84)}, TypeError, "A dict cannot be split"),
        ({"tasks": {"b": "survival"}}, None, ValueError, "Name every task of y"),
        ({"tasks": {"a": "ranking"}}, None, ValueError, "Unknown kind of task"),
        ({"task_weights": {"b": 1}}, None, ValueError, "Give a weight to every task"),
        ({"task_weights": {"a": np.nan}}, None, ValueError, "numbers from 0 on"),
        ({"task_weights": {"a": -1}}, None, ValueError, "numbers from 0 on"),
        (
            {"tasks": {"a": "regression"}},
            np.inf,
            ValueError,
            r"infinite in row.* \[7\]",
        ),
        ({"tasks": {"a": "classification"}}, 0, ValueError, "at least two classes"),
    ],
)
def test_wrong_tasks_say_what_is_wrong(cohort, parameters, target, error, message):
    X, _ = cohort
    if target is None:
        target = pd.DataFrame({"a": np.arange(84) % 2})
    elif not isinstance(target, dict):
        target = pd.DataFrame({"a": np.where(np.arange(84) == 7, target, 0.0)})

    with pytest.raises(error, match=message):
        make_model(**parameters).fit(X, target)


def test_tasks_that_share_a_signal_gain_from_each_other():
    rng = np.random.default_rng(0)
    X = {"rna": rng.normal(size=(260, 12)), "protein": rng.normal(size=(260, 8))}
    signal = X["rna"][:, :3].sum(axis=1) + X["protein"][:, 0]
    y = pd.DataFrame(
        {
            "response": (signal + rng.normal(size=260) > 0).astype(float),
            "dose": signal + 2 * rng.normal(size=260),
        }
    )
    train, test = np.arange(160), np.arange(160, 260)
    blocks = {name: block[train] for name, block in X.items()}
    labels = y.iloc[train].copy()
    labels.loc[:119, "response"] = np.nan  # 40 labels, where dose has 160

    def score(columns):
        known = labels[columns].notna().any(axis=1).to_numpy()
        model = make_model(max_epochs=1)
        model.fit(
            {name: block[known] for name, block in blocks.items()},
            labels.loc[known, columns],
        )
        tested = {name: block[test] for name, block in X.items()}
        return model.score_tasks(tested, y.iloc[test][columns])["response"]

    assert score(["response", "dose"]) > score(["response"]) + 0.03
