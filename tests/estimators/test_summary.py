"""Who speaks in a fitted model, and how much."""

import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from magnet_sklearn._estimators._summary import (
    contribution_frame,
    summary_frame,
    summary_line,
)

STAGES = ["preprocessing", "experts", "networks and graph"]


@pytest.fixture(scope="module")
def model():
    return make_classifier(gate=0.25, max_epochs=1).fit(*make_patients())._model


@pytest.fixture(scope="module")
def several():
    estimator = clone(INSTANCES["MagnetMultiTask"]).set_params(gate=1.0, max_epochs=1)
    return estimator.fit(*target_for(estimator))._model


def values(frame, part):
    return frame[frame["part"] == part].set_index("name")["value"]


def test_gates_and_seconds_are_those_of_the_model(model):
    frame = summary_frame(model)

    assert values(frame, "gate").to_dict() == {"network": 0.25, "graph": 0.25}
    assert values(frame, "seconds").index.tolist() == STAGES
    assert_array_equal(values(frame, "seconds"), [time for _, time in model.seconds])


def test_trust_is_by_modality_and_families_by_name(model):
    frame, offset = summary_frame(model), model.experts.offsets_[0]

    trust = values(frame, "trust in modality")
    assert trust.index.tolist() == ["rna", "protein", "clinical"]
    assert_array_equal(trust, offset.combination_.trust_)
    for part in ("family", "joint family"):
        assert values(frame, part).index.tolist() == list(offset.experts_.families_)
        assert_allclose(values(frame, part).sum(), 1)


def test_each_task_has_rows_of_its_own(several):
    frame = summary_frame(several)

    tasks = several.target.task_names()
    assert list(dict.fromkeys(frame["task"])) == [*tasks, ""]
    gains = frame[frame["part"] == "gain of networks"]
    assert gains["task"].tolist() == tasks
    assert_array_equal(gains["value"], np.asarray(several.ensemble.gain_)[:, 0])
    of_graph = frame[frame["part"] == "gain of graph"]
    assert of_graph["task"].tolist() == tasks
    assert_array_equal(of_graph["value"], several.ensemble.gain_of_graph_[:, 0])


def test_a_single_modality_has_no_joint_experts():
    X, y = make_patients()
    rna = {"rna": np.nan_to_num(X["rna"])}

    model = make_classifier(max_epochs=1).fit(rna, y)._model

    assert not summary_frame(model)["part"].str.contains("joint").any()


def test_without_experts_nobody_but_the_networks_is_listed():
    clf = make_classifier(experts=None, max_epochs=1).fit(*make_patients())

    frame = summary_frame(clf._model)

    assert set(frame["part"]) == {"gate", "gain of networks", "seconds"}
    assert summary_line(clf._model).startswith("experts: none; gates: network")


@pytest.mark.parametrize("gate", [0.0, 0.5])
def test_line_says_whether_the_experts_are_alone(gate):
    clf = make_classifier(gate=gate, max_epochs=1).fit(*make_patients())

    line = summary_line(clf._model)

    assert f"network {gate:.2f}, graph {gate:.2f}" in line
    assert ("closed: predictions are the experts alone" in line) == (gate == 0)


def test_contributions_to_two_classes_are_log_odds_of_the_second(model):
    X = make_patients(5)[0]
    parts = np.random.default_rng(0).normal(size=(5, 6, 2))

    frame = contribution_frame(model, parts, X.index)

    assert frame.columns.tolist() == [*X, "joint", "network", "graph"]
    assert frame.index.equals(X.index)
    assert_allclose(frame, parts[:, :, 1] - parts[:, :, 0])


def test_contributions_to_several_outputs_are_in_the_units_of_each(several):
    X = make_patients(5)[0]
    n_outputs = several.target.loss.n_outputs
    parts = np.random.default_rng(0).normal(size=(5, 6, n_outputs))

    frame = contribution_frame(several, parts, X.index)

    scale = several.target.output_scale()
    assert frame.columns.names == ["part", "output"]
    for part, name in enumerate(["rna", "protein", "clinical", "joint"]):
        assert_allclose(frame[name], parts[:, part] @ scale.weights)
    dose = several.target.tasks_["dose"]
    assert_allclose(
        frame["graph", "dose"],
        parts[:, 5, several.target.loss.tasks()[0].outputs.start]
        * dose.scaler_.scale_[0],
    )


def summary_of(experts):
    X, y = make_patients()
    clf = make_classifier(experts=experts).fit(X, y)
    frame = clf.summary_
    parts = {
        part: dict(zip(rows["name"], rows["value"], strict=True))
        for part, rows in frame.groupby("part")
    }
    return clf.offset_, parts


def test_weights_of_families_are_those_of_the_combination():
    offset, parts = summary_of("auto")

    for part, weights in (
        ("family", offset.combination_.family_weights_),
        ("joint family", offset.combination_.joint_family_weights_),
    ):
        assert list(parts[part]) == ["linear", "kernel", "forest"]
        assert_allclose(list(parts[part].values()), weights)


def test_a_family_weighs_only_on_modalities_that_have_it():
    X, _ = make_patients()
    first, *others = list(X)
    own = {first: "sparse", **dict.fromkeys(others, "linear"), "joint": "forest"}

    _, parts = summary_of(own)

    share = 1 / (len(own) - 1)
    assert parts["family"] == pytest.approx({"linear": 1 - share, "sparse": share})
    assert parts["joint family"] == {"forest": 1.0}


def test_modalities_and_joint_experts_are_left_out_where_there_are_none():
    X, _ = make_patients()
    first, *others = list(X)

    _, parts = summary_of({first: None, "joint": None})

    assert list(parts["trust in modality"]) == others
    assert "joint family" not in parts
    assert "share of joint experts" not in parts
    assert sum(parts["family"].values()) == pytest.approx(1)


def test_gain_of_a_closed_graph_is_not_listed():
    model = make_classifier(gate=0.0, max_epochs=1).fit(*make_patients())._model

    assert "gain of graph" not in set(summary_frame(model)["part"])
