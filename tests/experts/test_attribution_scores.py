import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.experts import SurvivalEvidence
from magnet_sklearn.experts._attribution_scores import scores_of_columns
from magnet_sklearn.experts.families import FAMILIES

KINDS = {"classes": 3, "numbers": 1, "survival": 1}


@pytest.fixture
def tables(view_of):
    rng = np.random.default_rng(0)
    train = view_of(rng.normal(size=(60, 4)))
    return train, rng.normal(size=(5, 4)), rng.normal(size=4)


def targets(table, kind):
    y = table[:, 0] + table[:, 1] ** 2
    if kind == "classes":
        return np.digitize(y, np.quantile(y, [0.3, 0.6]))
    if kind == "numbers":
        return y
    event = (np.arange(len(y)) % 3 > 0).astype(float)
    return np.column_stack([0 * y - 9, np.exp(-y), event, 0 * y])


def fitted(family, kind, view):
    family = FAMILIES[family]
    features = family.features(view, 0)
    expert = family.expert(kind, 0)
    table, y = features.of_training(view), targets(view.table, kind)
    family.cross_fit(expert, table, y, np.ones(60), [])
    features.finish(expert, view)
    return expert, features


# labels spread along similarities of whole rows: no column has a share of its own
BY_COLUMN = [name for name in FAMILIES if name != "spreading"]


def test_what_is_spread_has_no_values_of_columns(tables):
    train, table, reference = tables
    expert, features = fitted("spreading", "classes", train)

    view = train.with_table(table)

    assert scores_of_columns(expert, features, view, reference) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", BY_COLUMN)
def test_values_sum_to_the_difference_of_the_scores(family, kind, tables):
    train, table, reference = tables
    expert, features = fitted(family, kind, train)
    view = train.with_table(table)
    scores = scores_of_columns(expert, features, view, reference)
    start = train.with_table(reference[None])
    ends = [features.transform(rows) for rows in (view, start)]
    if kind != "classes":
        change = np.subtract(*map(expert.predict, ends))[:, None]
    elif scores.is_probability:
        change = np.subtract(*map(expert.predict_proba, ends))
    else:
        # logits of a class against the first one
        change = np.subtract(*(np.log(expert.predict_proba(rows)) for rows in ends))
        change = change - change[:, :1]
        scores.values[:] -= scores.values[:, :, :1].copy()
    assert_allclose(scores.values.sum(axis=1), change, atol=1e-8)
    assert np.abs(change).max() > 0.01


def test_values_of_kernels_are_integrated_gradients(tables):
    train, table, reference = tables
    expert, features = fitted("kernel", "numbers", train)

    def predict(rows):
        return expert.predict(features.transform(train.with_table(rows)))

    points = (np.arange(500) + 0.5) / 500
    expected = np.zeros(4)
    for point in points:
        rows = np.tile(reference + point * (table[0] - reference), (4, 1))
        step = 1e-5 * np.eye(4)
        gradient = (predict(rows + step) - predict(rows - step)) / 2e-5
        expected += gradient * (table[0] - reference) / len(points)
    view = train.with_table(table[:1])
    values = scores_of_columns(expert, features, view, reference).values
    assert_allclose(values[0, :, 0], expected, atol=1e-5)


def test_values_of_linear_experts_are_coefficients_times_differences(tables):
    train, table, reference = tables
    expert, features = fitted("linear", "survival", train)
    view = train.with_table(table)
    values = scores_of_columns(expert, features, view, reference).values
    assert_allclose(values[:, :, 0], (table - reference) * expert.coef_)
    assert SurvivalEvidence().reference(None, None, 1) == 0


def test_experts_of_others_are_not_known(tables):
    train, table, reference = tables
    _, features = fitted("linear", "numbers", train)
    view = train.with_table(table)
    assert scores_of_columns(object(), features, view, reference) is None
