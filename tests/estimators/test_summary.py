"""Who speaks in a fitted model, and how much."""

import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose


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


def test_without_experts_no_family_is_named():
    assert "family" not in summary_of(None)[1]
