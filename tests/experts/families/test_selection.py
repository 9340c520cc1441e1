"""Which families of experts each view gets."""

import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from magnet_sklearn.experts import ClassEvidence, SurvivalEvidence
from magnet_sklearn.experts.families import (
    FAMILIES,
    OwnFamily,
    in_order,
    select_families,
)
from magnet_sklearn.experts.families._sparse import SparseFamily

AUTO = ["linear", "kernel", "forest"]
MODALITIES = ["rna", "protein"]


def names(experts, modalities=MODALITIES, evidence=None, skipped=()):
    kind = evidence or ClassEvidence()
    chosen = select_families(experts, kind, modalities, [*skipped])
    return [list(families) for families in chosen]


@pytest.mark.parametrize(
    ("experts", "expected"),
    [
        ("auto", AUTO),
        ("sparse", ["sparse"]),
        (["linear", "boosting"], ["linear", "boosting"]),
        (("auto", "sparse"), [*AUTO, "sparse"]),
        (SparseFamily(), ["sparse"]),
        (LogisticRegression(), ["own"]),
        (["linear", LogisticRegression()], ["linear", "own"]),
    ],
)
def test_every_view_gets_the_families_that_are_named(experts, expected):
    assert names(experts) == [expected] * 3  # rna, protein and both


def test_a_dict_chooses_for_each_modality_and_auto_for_others():
    experts = {"protein": ["linear", "sparse"]}

    assert names(experts) == [AUTO, ["linear", "sparse"], AUTO]


def test_none_leaves_a_modality_without_experts():
    assert names({"rna": None, "joint": None}) == [[], AUTO, []]


def test_the_joint_key_is_all_modalities_side_by_side():
    assert names({"joint": "sparse"})[-1] == ["sparse"]


def test_two_of_a_family_are_told_apart():
    experts = [SparseFamily(), SparseFamily(0.5), LogisticRegression()]

    (chosen, *_) = select_families(experts, ClassEvidence(), MODALITIES, [])

    assert list(chosen) == ["sparse", "sparse-2", "own"]
    assert chosen["sparse-2"].l1_ratio == 0.5


def test_a_name_is_the_family_of_the_registry():
    (chosen, *_) = select_families("sparse", ClassEvidence(), MODALITIES, [])

    assert chosen["sparse"] is FAMILIES["sparse"]


def test_estimators_are_families_of_their_own():
    (chosen, *_) = select_families(
        LogisticRegression(), ClassEvidence(), MODALITIES, []
    )

    assert isinstance(chosen["own"], OwnFamily)


def test_families_are_ordered_from_simple_to_own():
    found = in_order({"own", "forest", "sparse-2", "linear", "sparse"})

    assert found == ["linear", "sparse", "sparse-2", "forest", "own"]


@pytest.mark.parametrize(
    ("experts", "message"),
    [
        ("linaer", "'linaer'.*'linear', 'sparse'.*'auto'. Did you mean 'linear'"),
        (["auto", "bosting"], "Did you mean 'boosting'"),
        ({"rna": "tree"}, "'tree', which is no family"),
        ({"rma": "linear"}, "'rma', which is no modality.*Did you mean 'rna'"),
        ({"rna": None, "protein": None, "joint": None}, "every modality without"),
        ([], "empty list"),
        ({"rna": []}, "empty list"),
    ],
)
def test_what_is_no_choice_is_refused(experts, message):
    with pytest.raises(ValueError, match=message):
        names(experts)


def test_a_modality_that_is_no_table_has_no_experts():
    assert names({"ct": None, "rna": "linear"}, skipped=["ct"])[0] == ["linear"]
    with pytest.raises(ValueError, match="'ct', whose blocks are no tables"):
        names({"ct": "linear"}, skipped=["ct"])


def test_a_modality_called_joint_cannot_be_told_from_the_joint_view():
    with pytest.raises(ValueError, match="Rename the modality"):
        names({"joint": "linear"}, ["joint", "rna"])


def test_own_estimators_are_checked_for_the_kind_of_target():
    with pytest.raises(TypeError, match="classifier"):
        names(["linear", LinearRegression()])
    with pytest.raises(TypeError, match="survival"):
        names({"rna": LinearRegression()}, evidence=SurvivalEvidence())


def test_a_family_that_cannot_learn_the_target_is_refused():
    class OrdinalEvidence(ClassEvidence):
        kind = "ordinal"

    with pytest.raises(ValueError, match="'sparse' learns no targets of the kind"):
        names("sparse", evidence=OrdinalEvidence())


def test_without_tables_the_families_are_those_of_the_joint_view():
    assert names("sparse", [], skipped=["ct"]) == [["sparse"]]
    assert names({"ct": None}, [], skipped=["ct"]) == [AUTO]
