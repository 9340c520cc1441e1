"""The stability index finds drift, and by chance no more often than it says."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.metrics import population_stability_index
from magnet_sklearn.metrics._stability import largest_by_chance, pattern_stability


def _index(old, new, n_bins=10):
    return population_stability_index({"a": old}, {"a": new}, n_bins=n_bins).iloc[0]


def test_index_is_the_sum_over_bins():
    old, new = np.arange(8.0)[:, None], np.array([[0.0], [1.0], [2.0], [7.0]])
    p, q = np.array([4.5, 4.5]) / 9, np.array([3.5, 1.5]) / 5  # half a patient more

    row = _index(old, new, n_bins=2)

    assert row["psi"] == pytest.approx(((q - p) * np.log(q / p)).sum())
    assert row["n_bins"] == 2


def test_p_values_are_uniform_without_drift():
    p_values = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        p_values.append(
            _index(rng.normal(size=(400, 1)), rng.normal(size=(200, 1))).p_value
        )

    shares = [np.mean(np.array(p_values) < level) for level in (0.05, 0.25, 0.5, 0.75)]
    assert_allclose(shares, [0.05, 0.25, 0.5, 0.75], atol=0.1)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(x=frame["x"] + 1),
        lambda frame: frame.assign(x=frame["x"].where(frame["x"] > -1)),  # missing
        lambda frame: frame.assign(c="new"),
    ],
)
def test_changes_of_values_missing_cells_and_categories_are_found(change):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=300), "c": rng.choice(["a", "b"], 300)})
    table = population_stability_index({"t": frame}, {"t": change(frame.copy())})

    assert table["p_value"].iloc[0] < 1e-6
    assert table["psi"].iloc[1] == pytest.approx(0.0)


def test_patients_without_the_modality_do_not_count():
    rng = np.random.default_rng(0)
    old = rng.normal(size=(200, 2))
    new = old.copy()
    new[:150] = np.nan

    table = population_stability_index({"a": old}, {"a": new})

    assert table["n_new"].tolist() == [50, 50]
    assert (table["p_value"] > 0.01).all()
    absent = population_stability_index({"a": old, "b": old}, {"a": old})
    assert absent.loc[absent["modality"] == "b", "psi"].isna().all()


def test_patterns_drift_where_modalities_go_missing():
    rng = np.random.default_rng(0)
    old = {"a": rng.normal(size=(200, 1)), "b": rng.normal(size=(200, 1))}
    old["a"][rng.random(200) < 0.3] = np.nan
    new = {"a": old["a"][::-1].copy(), "b": np.full((200, 1), np.nan)}

    assert pattern_stability(MultiModalData(old), MultiModalData(old))[0] == 0
    psi, p_value, n_bins = pattern_stability(MultiModalData(old), MultiModalData(new))
    assert (psi > 1, p_value < 1e-6) == (True, True)
    assert pattern_stability(
        MultiModalData(old), MultiModalData({"a": old["a"]})
    ) == pytest.approx((psi, p_value, n_bins))


def test_few_patients_have_a_large_index_by_chance():
    assert largest_by_chance(10, 30, 30, 0.01) > 1
    assert largest_by_chance(10, 10_000, 10_000, 0.01) < 0.01


def test_other_modalities_and_columns_are_errors():
    a = pd.DataFrame({"x": [1.0, 2.0]})
    with pytest.raises(ValueError, match="modality 'rn' that X_reference lacks. Did"):
        population_stability_index({"rna": a}, {"rn": a})
    with pytest.raises(ValueError, match="other columns in X_new"):
        population_stability_index({"a": a}, {"a": a.rename(columns={"x": "y"})})
