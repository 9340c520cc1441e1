import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import (
    ClassEvidence,
    EvidenceKind,
    ExpertOffset,
    SparseFamily,
    expert_attribution,
)
from magnet_sklearn.experts._attribution import (
    evidence_of_columns,
    weights_of_evidence,
)
from magnet_sklearn.experts.families import Features
from magnet_sklearn.losses import ClassLoss

FAMILIES = ["linear", "kernel", "forest", "boosting", SparseFamily()]


def make_cohort():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    rna, age = rng.normal(size=(60, 3)) + y[:, None], rng.normal(size=(60, 1))
    rna[::4], age[1::4] = np.nan, np.nan
    return MultiModalData({"rna": rna, "age": age}), y


@pytest.fixture(scope="module", params=["families", "own"])
def fitted(request):
    X, y = make_cohort()
    own = LogisticRegression() if request.param == "own" else FAMILIES
    offset = ExpertOffset(
        own, loss=ClassLoss(3), evidence=ClassEvidence(), random_state=0
    )
    return offset.fit(X, y[:, None], weight=np.ones(60)), X


def test_values_lead_from_the_references_to_the_outputs(fitted):
    offset, X = fitted
    values = expert_attribution(offset, X, {}, np.eye(3))
    zeros = {name: np.where(np.isnan(X[name]), np.nan, 0.0) for name in X}
    start = offset.outputs(MultiModalData(zeros))
    assert_allclose(values.sum(axis=1), offset.outputs(X) - start, atol=1e-8)


def test_missing_modalities_add_exactly_nothing(fitted):
    offset, X = fitted
    values = expert_attribution(offset, X, {}, np.eye(3))
    assert (values[~X.mask[:, 0], :3] == 0).all()
    assert (values[~X.mask[:, 1], 3:] == 0).all()
    assert (values[X.mask[:, 0], :3] != 0).any()


def test_values_do_not_depend_on_other_patients(fitted):
    offset, X = fitted
    values = expert_attribution(offset, X, {}, np.eye(3))
    alone = expert_attribution(offset, X[[5]], {}, np.eye(3))
    assert_allclose(alone[0], values[5], rtol=1e-9, atol=1e-12)


def test_outputs_are_weighted_evidence(fitted):
    offset, X = fitted
    evidence = offset.experts_.predict_evidence(X)
    weights = weights_of_evidence(offset, X)
    added = np.einsum("fnv,fnvc->nc", weights, evidence.values)
    baseline = offset.combination_.baseline_
    # the share of the joint experts is in single precision
    assert_allclose(added + baseline, offset.outputs(X), atol=1e-6)


class Counts(EvidenceKind):
    kind = "numbers"

    def can_learn(self, y):
        return True

    def reference(self, y, weight, n_outputs):
        return 0.0

    def evidence(self, expert, table, reference):
        return np.log(expert(table))[:, None] - reference


def test_other_evidence_is_split_by_shapley_values(view_of):
    table, start = np.array([[1.0, 2.0], [3.0, 0.0]]), np.zeros(2)
    found = evidence_of_columns(
        Counts(),
        lambda rows: 1 + rows.prod(axis=1),
        Features(),
        view_of(table),
        start,
        0.0,
    )
    # in half of the orders a column is the last one and adds all
    assert_allclose(found[:, :, 0], [[np.log(3) / 2] * 2, [0.0, 0.0]])
